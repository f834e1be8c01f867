import { expect, test } from "vitest";
import { copiedPackets, type GridClip, packetOf, planAac } from "../../../src/media/sound/aac-grid.ts";
import type { AacTrack } from "../../../src/media/sound/aac-track.ts";
import { soundSlots } from "../../../src/media/sound/sound-slots.ts";

const CLIP_FRAMES = 192;
const RATE = { numerator: 24, denominator: 1 };

/** A clip of 8 s whose packets are one byte each, so that a place names a packet. */
function track(name: string, changes: Partial<AacTrack> & { readonly count?: number } = {}): AacTrack {
  const { count = 376, ...rest } = changes;
  return {
    ...{ path: name, description: Uint8Array.of(1), channels: 2, primingSamples: 1024, heardSamples: 384_000 },
    packets: {
      count,
      offsets: Float64Array.from({ length: count }, (_, at) => at),
      sizes: new Uint32Array(count).fill(1),
    },
    ...rest,
  };
}

function clips(
  tracks: readonly AacTrack[],
  terms: { readonly frames?: number; readonly fromSample?: number; readonly continues?: boolean } = {},
): readonly GridClip[] {
  const { frames = CLIP_FRAMES, fromSample = 0, continues = false } = terms;
  const heard = tracks.map((_, index) => ({ startFrame: index * frames, frames, continues }));
  const slots = soundSlots(heard, RATE);
  return tracks.flatMap((each, index) => {
    const slot = slots[index];
    return slot ? [{ track: each, fromSample, slot }] : [];
  });
}

function planned(grid: readonly GridClip[]) {
  const answer = planAac(grid);
  if (!answer.fits) throw new Error(answer.why);
  return answer.plan;
}

test("clips of eight seconds give all packets but two on each side of a seam, and no priming but the first", () => {
  const plan = planned(clips(["a", "b", "c"].map((name) => track(name))));
  expect(plan).toMatchObject({ primingSamples: 1024, packets: 1126 });
  expect(plan.runs.map(({ first, end, shift }) => [first, end, shift])).toEqual([
    [0, 374, 0],
    [378, 749, 375],
    [753, 1126, 750],
  ]);
  expect(plan.seams).toEqual([
    { sample: 385_024, packet: 376, fades: true },
    { sample: 769_024, packet: 751, fades: true },
  ]);
  const [, second] = plan.runs;
  if (!second) throw new Error("no second run");
  // The clip's packet 0 is priming, and 1 and 2 are among those that are made anew.
  expect(copiedPackets(second)[0]).toEqual({ path: "b", start: 3, bytes: 1 });
  expect(packetOf(second, 374)).toBeUndefined();
});

test("a clip that continues the one before is not faded", () => {
  expect(planned(clips([track("a"), track("b")], { continues: true })).seams).toMatchObject([{ fades: false }]);
});

test.each([0, 1024, 2048, 2112])("clips with %i samples of priming meet on the grid", (primingSamples) => {
  const plan = planned(clips([1, 2].map((name) => track(`${name}`, { primingSamples, count: 378 }))));
  const [first, second] = plan.runs;
  // The first packet that is heard of each clip lies where its picture begins.
  const heardFrom = ({ shift = 0 } = {}) => shift * 1024 + primingSamples - plan.primingSamples;
  expect([heardFrom(first), heardFrom(second)]).toEqual([0, 384_000]);
  expect(plan.primingSamples).toBeLessThan(2048);
  expect(plan.packets).toBe(Math.ceil((plan.primingSamples + 768_000) / 1024));
});

test("clips whose priming differs by whole packets meet, others do not", () => {
  const mixed = [track("a"), track("b", { primingSamples: 0 }), track("c", { primingSamples: 2048, count: 377 })];
  expect(planned(clips(mixed)).runs.map(({ shift }) => shift)).toEqual([0, 376, 749]);
  expect(planAac(clips([track("a"), track("b", { primingSamples: 2112, count: 378 })]))).toEqual({
    fits: false,
    why: "the sound of clip 2 begins 960 samples beside the film's grid of AAC packets",
  });
});

test("trims by whole packets stay on the grid; four seconds do not", () => {
  const trimmed = planned(clips([track("a"), track("b")], { frames: 64, fromSample: 128_000 }));
  // 125 packets into each clip, and one more that only prepares the decoder.
  expect(trimmed).toMatchObject({ primingSamples: 1024, packets: 251 });
  expect(trimmed.runs.map(({ first, end, shift }) => [first, end, shift])).toEqual([
    [0, 124, -125],
    [128, 251, 0],
  ]);
  expect(planAac(clips([track("a"), track("b"), track("c")], { frames: 96 }))).toMatchObject({
    why: "the sound of clip 2 begins 512 samples beside the film's grid of AAC packets",
  });
});

test("a sound that ends before its picture is not copied, one that goes on behind it is cut", () => {
  expect(planAac(clips([track("a", { heardSamples: 379_200 })]))).toMatchObject({
    why: "the sound of clip 1 ends 100 ms before the picture",
  });
  expect(planAac(clips([track("a"), track("b", { count: 374 })]))).toMatchObject({
    why: "the sound of clip 2 ends 43 ms before the picture",
  });
  const long = { count: 380, heardSamples: 388_000 };
  expect(planned(clips([track("a", long), track("b", long)]))).toMatchObject({ packets: 751 });
});

test("channels that differ and clips with no room between their seams are refused by name", () => {
  expect(planAac(clips([track("a"), track("b", { channels: 1 })]))).toMatchObject({
    why: "the sound of clip 2 has 1 channels, that of clip 1 2",
  });
  // A fifth of a second at 30 frames a second: ten packets less a little.
  const [a, b] = clips([track("a"), track("b")]);
  if (!a || !b) throw new Error("no clips");
  const short = { ...b, slot: { ...b.slot, samples: 9600 } };
  expect(planAac([a, short])).toMatchObject({ why: "the sound of clip 2 is too short between its seams" });
});
