import { describe, expect, test } from "vitest";
import { LOUDNESS_FILTER, readLoudness } from "../../../src/media/clip/loudness-filter.ts";
import { findBuilds, world } from "../studio.ts";

describe.each(await findBuilds())("with $build", ({ tools }) => {
  async function loudnessOf(source: string) {
    const filters = ["-f", "lavfi", "-i", source, "-af", `aformat=channel_layouts=stereo,${LOUDNESS_FILTER}`];
    const args = ["-hide_banner", "-nostdin", "-nostats", ...filters, "-f", "null", "-"];
    const { stderr } = await world.processes.run(tools.ffmpeg.path, args);
    return readLoudness(stderr);
  }

  test("a sine with peaks at -21 dBFS in both channels has -21 LUFS", async () => {
    const loudness = await loudnessOf("sine=1000:sample_rate=48000:duration=2"); // 1/8 of full scale, and 3 dB less in each of two channels
    expect(loudness?.integratedLufs).toBeCloseTo(-21.1, 1);
    expect(loudness?.truePeakDb).toBeCloseTo(-21.1, 1);
  });

  test("digital silence has neither loudness nor peak", async () => {
    expect(await loudnessOf("anullsrc,atrim=end=1")).toEqual({ integratedLufs: null, truePeakDb: null });
  });

  test("what is over in less than the gate's 0.4 s has a peak only", async () => {
    const loudness = await loudnessOf("sine=1000:sample_rate=48000:duration=0.2");
    expect(loudness?.integratedLufs).toBeNull();
    expect(loudness?.truePeakDb).toBeLessThan(-15);
  });
});

test("words that hold no summary give nothing", () => {
  expect(readLoudness("Error while decoding\n")).toBeUndefined();
  expect(readLoudness("[Parsed_ebur128_0 @ 0x1] Summary:\n\n  Integrated loudness:\n")).toBeUndefined();
});
