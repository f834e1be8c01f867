import { expect, test } from "vitest";
import { checkClip } from "../../../src/media/clip/check-clip.ts";
import type { ClipFacts } from "../../../src/media/clip/clip-facts.ts";
import { type ClipFigures, ruleOf } from "../../../src/shot/clip-check.ts";
import { clip, FACTS } from "../usual-facts.ts";

const FIGURES: ClipFigures = {
  ...{ blackSeconds: 0, frozenSeconds: 0, silentSeconds: 0, loudnessLufs: -20, truePeakDb: -3, clippedSamples: 0 },
};
const rules = (facts: ClipFacts, aspect: "16:9" | "9:16" | "Auto" = "16:9", seconds = 8) =>
  checkClip(facts, FIGURES, { resolution: "720p", aspect, seconds }).map(({ check }) => ruleOf(check));
const inside = (figures: Partial<ClipFigures>) =>
  checkClip(FACTS, { ...FIGURES, ...figures }, { resolution: "720p", aspect: "16:9" }).map(({ message }) => message);

test("a clip as it was ordered has no problems", () => {
  expect(rules(FACTS)).toEqual([]);
  expect(rules(clip({ width: 720, height: 1280 }), "9:16")).toEqual([]);
  expect(rules(clip({ width: 720, height: 1280 }), "Auto")).toEqual([]);
  expect(rules(clip({ width: 720, height: 1280, rotation: 90 }))).toEqual([]);
});

test("what differs from the order is told, each with its own rule", () => {
  expect(rules(clip({ width: 640, height: 360 }))).toEqual(["clip-size"]);
  expect(rules(FACTS, "9:16")).toEqual(["clip-size"]);
  expect(rules(clip({ codec: "hevc" }))).toEqual(["clip-codec"]);
  expect(rules(clip({}, null))).toEqual(["clip-sound"]);
  expect(rules(clip({ durationSeconds: 7.4 }, null))).toEqual(["clip-sound", "clip-length"]);
  expect(rules(clip({ durationSeconds: 7.6 }))).toEqual([]);
  expect(rules(clip({ durationSeconds: 15 }), "16:9", 15)).toEqual(["clip-length"]);
  expect(rules(clip({ frameRate: { numerator: 30, denominator: 1 } }))).toEqual(["clip-frame-rate"]);
  expect(rules(clip({ steady: false }))).toEqual(["clip-frame-rate"]);
});

test("fades, pauses and loud music are no findings; what lasts from end to end is", () => {
  expect(
    inside({ blackSeconds: 3, frozenSeconds: 1.9, silentSeconds: 7, truePeakDb: 0.7, clippedSamples: 11 }),
  ).toEqual([]);
  expect(inside({ blackSeconds: 8, frozenSeconds: 8 })).toEqual(["the picture is black for 8.0 of 8.0 s"]);
  expect(inside({ frozenSeconds: 5 })).toEqual(["the picture stands still for 5.0 of 8.0 s"]);
  expect(inside({ silentSeconds: 7.9, truePeakDb: null })).toEqual(["the sound is silent for 7.9 of 8.0 s"]);
  expect(inside({ truePeakDb: 4, clippedSamples: 900 })).toEqual([
    "the sound is cut off at full scale: true peak 4.0 dB, loudness -20.0 LUFS",
  ]);
});

test("what could not be measured is no finding", () => {
  const nothing = { blackSeconds: null, frozenSeconds: null, silentSeconds: null, clippedSamples: null };
  expect(inside({ ...nothing, loudnessLufs: null, truePeakDb: null })).toEqual([]);
});
