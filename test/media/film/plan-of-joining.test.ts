import { expect, test } from "vitest";
import { concatList } from "../../../src/media/film/concat-list.ts";
import { sameKind } from "../../../src/media/picture/same-kind.ts";
import { FADE_SAMPLES, fadeEdges, samplesOf, soundSlots } from "../../../src/media/sound/sound-slots.ts";
import { clip, FACTS } from "../usual-facts.ts";

const NTSC = { numerator: 24000, denominator: 1001 };
test("clips that differ in nothing but their sound are one kind", () => {
  expect(sameKind([FACTS, clip({ frames: 24 }, null)])).toEqual({
    same: true,
    groups: [{ members: [0, 1], differs: [], obstacles: [] }],
  });
});

test("the largest group is the measure, and the others say in words how they differ", () => {
  const odd = clip({ width: 640, height: 360, frameRate: { numerator: 25, denominator: 1 } });
  expect(sameKind([odd, FACTS, FACTS])).toEqual({
    same: false,
    groups: [
      { members: [1, 2], differs: [], obstacles: [] },
      { members: [0], differs: ["size 640x360, not 1280x720", "frame rate 25, not 24"], obstacles: [] },
    ],
  });
});

test("clips that are alike can still be of a kind that is never copied", () => {
  const turned = clip({ rotation: 90, steady: false });
  const { same, groups } = sameKind([turned, turned]);
  expect(same).toBe(false);
  expect(groups[0]?.obstacles).toEqual(["the picture is to be turned by 90°", "its frames do not last equally long"]);
});

test("decoder settings are compared whole, not by what is shown of them", () => {
  expect(sameKind([FACTS, clip({ decoderConfig: `${"a".repeat(63)}b` })]).same).toBe(false);
});

test("300 lengths of a fraction add up to the film's, to the microsecond", () => {
  const list = concatList(
    Array.from({ length: 300 }, () => ({ path: "/a.mp4", frames: 121, startSeconds: 0 })),
    NTSC,
  );
  const total = [...list.matchAll(/^duration (\d+)us$/gm)].reduce((sum, [, length]) => sum + Number(length), 0);
  expect(total).toBe(Math.round((300 * 121 * 1001 * 1e6) / 24000));
});

test("a path with a quote is quoted, and one with a line break is refused", () => {
  const listed = { frames: 24, startSeconds: 0.0833333 };
  expect(concatList([{ ...listed, path: "/it's/a.mp4" }], { numerator: 24, denominator: 1 })).toBe(
    "ffconcat version 1.0\nfile '/it'\\''s/a.mp4'\ninpoint 83333us\nduration 1000000us\n",
  );
  expect(() => concatList([{ ...listed, path: "/a\nfile '/etc/passwd'" }], NTSC)).toThrow(RangeError);
});

test("slots fill the film without holes, and no rounding adds up", () => {
  const slots = soundSlots(
    Array.from({ length: 300 }, (_, index) => ({ startFrame: 121 * index, frames: 121, continues: false })),
    NTSC,
  );
  slots.forEach((slot, index) => {
    const before = slots[index - 1];
    if (before) expect(slot.start).toBe(before.start + before.samples);
  });
  const last = slots.at(-1);
  expect((last?.start ?? 0) + (last?.samples ?? 0)).toBe(samplesOf(300 * 121, NTSC));
});

test("sound is faded at cuts, not at the film's ends and not where it goes on", () => {
  const rate = { numerator: 24, denominator: 1 };
  const slots = soundSlots(
    [false, false, true].map((continues, index) => ({ startFrame: 24 * index, frames: 24, continues })),
    rate,
  );
  expect(slots.map(({ fadeIn, fadeOut }) => [fadeIn, fadeOut])).toEqual([
    [false, true],
    [true, false],
    [false, false],
  ]);
});

test("a fade is the same whether its slot comes whole or in pieces", () => {
  const slot = { start: 0, samples: 1_000, fadeIn: true, fadeOut: true };
  const whole = new Float32Array(2_000).fill(1);
  fadeEdges(whole, 0, slot);
  expect(whole[0]).toBeLessThan(0.001);
  expect(whole[1_999]).toBeLessThan(0.001);
  expect(whole[FADE_SAMPLES * 2]).toBe(1);
  const pieces = [new Float32Array(202).fill(1), new Float32Array(1_798).fill(1)];
  for (const [index, piece] of pieces.entries()) fadeEdges(piece, index * 101, slot);
  expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole]);
});
