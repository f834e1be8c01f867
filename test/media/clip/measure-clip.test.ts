import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkClip } from "../../../src/media/clip/check-clip.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

const builds = await findBuilds();

const MOVING = "testsrc2=s=160x90:r=24:d=4";
const STILL = "color=c=teal:s=160x90:r=24:d=4,drawbox=x=20:y=20:w=40:h=30:color=orange:t=fill";
const TONE = "sine=frequency=440:sample_rate=48000:d=4,aformat=channel_layouts=stereo";
const LOUD = `${TONE},volume=24dB,aformat=sample_fmts=s16`;
/** Black with a grain, as a sensor sees it. */
const BLACK = "color=c=black:s=160x90:r=24:d=4,noise=alls=4:allf=t";
const FADED = `${MOVING},fade=in:d=1,fade=out:st=3:d=1`;

/** Picture, sound and what is found in them: on both builds, so that neither's way of saying it is taken for all. */
const rows = [
  ["a picture that moves under a tone", MOVING, TONE, []],
  ["black from end to end", BLACK, TONE, ["black"]],
  ["a fade from black and to black", FADED, TONE, []],
  ["a picture that stands still", STILL, TONE, ["frozen"]],
  ["one that stops half way", `${MOVING},trim=end=1.5,tpad=stop_mode=clone:stop_duration=2.5`, TONE, ["frozen"]],
  [
    "a light that flickers",
    `${STILL},drawbox=x=90:y=20:w=20:h=20:color=white:t=fill:enable='mod(floor(n/6),2)'`,
    TONE,
    [],
  ],
  ["a silent track", MOVING, "anullsrc=r=48000:cl=stereo,atrim=end=4", ["silent"]],
  ["a tone that was recorded too loud", MOVING, LOUD, ["clipped"]],
] as const;

for (const { build, tools } of builds) {
  describe(build, () => {
    test.concurrent.each(rows)("%s", async (_, picture, sound, expected) => {
      const tidy: (() => Promise<void>)[] = [];
      const studio = await openStudio(tools, (done) => tidy.push(done));
      try {
        const path = join(studio.folder, "clip.mp4");
        await run(world, tools.ffmpeg.path, [
          ...["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound],
          ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "24", "-pix_fmt", "yuv420p"],
          ...["-c:a", "aac", "-b:a", "128k", path],
        ]);
        const facts = await studio.media.probe(path);
        const figures = await studio.media.measure({ path, facts });
        const wanted = { resolution: "720p", aspect: "16:9", seconds: 4 } as const;
        const found = checkClip(facts, figures, wanted).filter(({ check }) => check !== "size");
        expect(
          found.map(({ check }) => check),
          JSON.stringify(figures),
        ).toEqual(expected);
        const isSilent = sound.startsWith("anullsrc");
        expect(figures.loudnessLufs === null).toBe(isSilent);
        // ffmpeg's sine has an eighth of full scale: -21.1 dB of RMS, less 0.7 dB that the filter takes off at 440 Hz.
        if (sound === TONE) expect(Math.abs((figures.loudnessLufs ?? 0) + 21.8)).toBeLessThan(0.3);
      } finally {
        for (const done of tidy) await done();
      }
    });

    test("a clip without sound has figures of its picture alone", async ({ onTestFinished }) => {
      const studio = await openStudio(tools, onTestFinished);
      const path = await studio.make({ name: "mute", number: 1, frames: 24, soundSeconds: 0 });
      const figures = await studio.media.measure({ path, facts: await studio.media.probe(path) });
      const silence = { silentSeconds: null, loudnessLufs: null, truePeakDb: null, clippedSamples: null };
      expect(figures).toEqual({ blackSeconds: 0, frozenSeconds: 0, ...silence });
    });
  });
}
