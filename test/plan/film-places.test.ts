import { expect, test } from "vitest";
import { placeClips } from "../../src/plan/film-places.ts";
import type { Transition } from "../../src/shot/transition.ts";

const RATE = { numerator: 24, denominator: 1 };

const clip = (frames: number, kind?: Transition["kind"], seconds = 0.5) => {
  return { frames, wanted: kind && { kind, seconds } };
};

/** `start+frames kind transition`, one a clip. */
const placed = (...clips: readonly ReturnType<typeof clip>[]) =>
  placeClips(clips, RATE).map(({ startFrame, frames, transition }) => {
    return `${startFrame}+${frames}${transition ? ` ${transition.kind} ${transition.frames}` : ""}`;
  });

test("clips overlap where a transition plays over both, and not at cuts and holds", () => {
  expect(placed(clip(192), clip(192, "dissolve"), clip(100), clip(192, "hold"), clip(48, "wipe_up", 1))).toEqual([
    "0+192",
    "180+192 dissolve 12",
    "372+100",
    "472+192 hold 12",
    "640+48 wipe_up 24",
  ]);
});

test("nothing plays before the first clip", () => {
  expect(placed(clip(192, "dissolve"), clip(192))).toEqual(["0+192", "192+192"]);
});

test("a transition is as long as clips allow that are shorter than the manifest could know", () => {
  expect(placed(clip(192), clip(18, "dissolve"), clip(192, "dissolve"))).toEqual([
    "0+192",
    "180+18 dissolve 12",
    "192+192 dissolve 6",
  ]);
  expect(placed(clip(192), clip(12, "dissolve"), clip(192, "dissolve"))).toEqual([
    "0+192",
    "180+12 dissolve 12",
    "192+192",
  ]);
  expect(placed(clip(192), clip(5, "hold"))).toEqual(["0+192", "192+5 hold 12"]);
});
