import { expect, test } from "vitest";
import type { Captions, SpokenLine } from "../../src/manifest/manifest.ts";
import { planCaptions, type SpeakingClip } from "../../src/plan/film-captions.ts";
import type { ShotId } from "../../src/shot/id.ts";
import { shot } from "./batch.ts";

const RATE = { numerator: 24, denominator: 1 };
const SIZE = { width: 1280, height: 720 };
const SOFT: Captions = { as: "soft", languages: ["en"], burned: undefined };

function line(text: string, times: { readonly in?: number; readonly out?: number } = {}): SpokenLine {
  return { texts: [{ language: undefined, text }], in: times.in, out: times.out };
}

function clip(id: string, about: Partial<SpeakingClip> = {}): SpeakingClip {
  return { shot: id as ShotId, isSlate: false, startFrame: 0, frames: 192, fromSeconds: 0, ...about };
}

function plan(
  clips: readonly SpeakingClip[],
  dialogues: Readonly<Record<string, readonly SpokenLine[]>>,
  captions = SOFT,
) {
  const shots = Object.entries(dialogues).map(([id, dialogue]) => shot(id, { dialogue }));
  return planCaptions(captions, clips, shots, RATE, SIZE);
}

/** First frame, the one past the last, and the words. */
function told(planned: ReturnType<typeof plan>, track = 0) {
  return planned.tracks[track]?.cues.map(({ startSeconds, endSeconds, lines }) => [
    ...[startSeconds * 24, endSeconds * 24],
    lines.join("/"),
  ]);
}

test("what has no times is shown as long as its shot, by where its clip stands in the film", () => {
  const clips = [clip("a"), clip("b", { startFrame: 192, frames: 48 }), clip("a", { startFrame: 240 })];
  expect(told(plan(clips, { a: [line("One")], b: [line("Two")] }))).toEqual([
    [0, 192, "One"],
    [192, 240, "Two"],
    [240, 432, "One"],
  ]);
});

test("times are those of the clip, whatever is cut off its ends", () => {
  const dialogue = [
    line("Gone", { in: 0.5, out: 1 }),
    line("Cut", { in: 1, out: 3 }),
    line("Whole", { in: 3, out: 4 }),
  ];
  const clips = [clip("b", { frames: 100 }), clip("a", { startFrame: 100, frames: 48, fromSeconds: 2 })];
  expect(told(plan(clips, { a: dialogue, b: [] }))).toEqual([
    [100, 124, "Cut"],
    [124, 148, "Whole"],
  ]);
});

test("lines without times share by their length what lies between those that have some", () => {
  const dialogue = [line("ab"), line("abcdef"), line("at", { in: 4, out: 5 }), line("rest")];
  expect(told(plan([clip("a")], { a: dialogue }))).toEqual([
    [0, 24, "ab"],
    [24, 96, "abcdef"],
    [96, 120, "at"],
    [120, 192, "rest"],
  ]);
});

test("where a transition plays, each clip's words have the half of it that is nearer to the clip", () => {
  const clips = [clip("a"), clip("b", { startFrame: 180 })];
  const dialogues = { a: [line("One")], b: [line("Two")] };
  expect(told(plan(clips, dialogues))).toEqual([
    [0, 186, "One"],
    [186, 372, "Two"],
  ]);
  const late = { a: [line("One", { in: 7.9, out: 8 })], b: [line("Two", { in: 0, out: 0.1 })] };
  expect(told(plan(clips, late))).toEqual([
    [166, 186, "One"],
    [186, 206, "Two"],
  ]);
  const crowded = { a: [line("So", { in: 7, out: 7.85 }), line("One", { in: 7.85, out: 8 })], b: [] };
  expect(told(plan(clips, crowded))).toEqual([
    [166, 167, "So"],
    [167, 186, "One"],
  ]);
});

test("a card says nothing", () => {
  expect(told(plan([clip("a", { isSlate: true })], { a: [line("One")] }))).toEqual([]);
});

test("each language has its own words at the same times, and a plain text is in the first", () => {
  const both: SpokenLine = {
    ...line("One"),
    texts: [
      { language: "de", text: "Eins" },
      { language: "en", text: "One" },
    ],
  };
  const planned = plan(
    [clip("a"), clip("b", { startFrame: 192 })],
    { a: [both], b: [line("Zwei")] },
    {
      as: "sidecar",
      languages: ["de", "en"],
      burned: undefined,
    },
  );
  expect(planned.tracks.map(({ language }) => language)).toEqual(["de", "en"]);
  expect(told(planned, 0)).toEqual([
    [0, 192, "Eins"],
    [192, 384, "Zwei"],
  ]);
  expect(told(planned, 1)).toEqual([[0, 192, "One"]]);
});

test("words that go by faster than people read name their shot", () => {
  const long = line("A very long sentence that nobody could read in so short a time.", { in: 0, out: 0.5 });
  expect(plan([clip("a")], { a: [long] }).hasty).toEqual([]); // it may stay
  expect(plan([clip("a", { frames: 12 })], { a: [long] }).hasty).toEqual(["a"]);
});
