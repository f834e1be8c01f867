import { expect, test } from "vitest";
import type { ClipFacts } from "../../src/media/clip/clip-facts.ts";
import { planFilm } from "../../src/plan/film.ts";
import { filmOutlook, knownFiles } from "../../src/plan/film-outlook.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { Sha256 } from "../../src/shot/id.ts";
import type { Transition } from "../../src/shot/transition.ts";
import { checked, film, manifest, shot, viewOf } from "../report/builders.ts";

const RATE = { numerator: 24, denominator: 1 };
const FRAMES = 192;

/** A clip of 8 s with one key frame, as many models make them. */
function facts(about: Partial<ClipFacts["video"]> = {}): ClipFacts {
  return {
    video: {
      ...{ streamIndex: 0, codec: "h264", profile: "High", pixelFormat: "yuv420p", width: 1280, height: 720 },
      ...{ sampleAspect: "1:1", rotation: 0, frameRate: RATE, steady: true, frames: FRAMES, editHidesFrames: false },
      ...{ durationSeconds: 8, startSeconds: 0, timescale: 12288, colour: "bt709/bt709/bt709/tv", decoderConfig: "a" },
      ...{ parameterSets: [0], cutPoints: { starts: [0], ends: range(1, FRAMES + 1), closed: true } },
      ...about,
    },
    audio: null,
  };
}

function range(from: number, end: number): readonly number[] {
  return Array.from({ length: end - from }, (_, index) => from + index);
}

/** A film of three shots that are there, with these transitions before the second and the third. */
function outlookOf(transitions: readonly (Transition["kind"] | undefined)[], seen: Record<string, ClipFacts>) {
  const shots = ["a", "b", "c"].map((id) => shot(id));
  const cut = film("film", ["a", "b", "c"]);
  const clips = cut.clips.map((clip, index) => {
    const kind = transitions[index - 1];
    return { ...clip, transition: kind && { kind, seconds: 0.5 } };
  });
  const view = viewOf(
    manifest(shots, { sequences: [{ ...cut, clips }] }),
    shots.flatMap((each) => checked(each)),
  );
  const [sequence] = view.manifest.sequences;
  const planned = sequence && planFilm(sequence, view, standingsOf(view));
  if (!planned) throw new Error("test: no film");
  const known = Object.entries(seen).map(([id, each]) => [`clips/${id}/take-1.720p.mp4` as Sha256, each] as const);
  return filmOutlook(planned, new Map(known), knownFiles(view));
}

test("a clip with one key frame is encoded whole behind a dissolve: the outlook says so and offers to hold", () => {
  const outlook = outlookOf(["dissolve", undefined], { a: facts(), b: facts(), c: facts() });
  expect(outlook).toEqual({
    encodedFrames: { least: 192, most: 192 },
    encoded: [
      { why: "no key frame where it is cut", frames: 180, shots: ["b"] },
      { why: "dissolve", frames: 12, shots: ["b"] },
    ],
    unseen: 0,
    overlapFrames: 12,
    hold: { seams: 1, encodedFrames: 12, frames: 576 },
  });
});

test("where nothing is dear, nothing is offered", () => {
  const seen = { a: facts(), b: facts(), c: facts() };
  expect(outlookOf(["hold", undefined], seen)).toMatchObject({ encodedFrames: { most: 12 }, hold: undefined });
  const often = facts({ cutPoints: { starts: range(0, FRAMES), ends: range(1, FRAMES + 1), closed: true } });
  expect(outlookOf(["dissolve", "dissolve"], { a: often, b: often, c: often })).toMatchObject({ hold: undefined });
});

test("clips that nobody saw are as they were ordered, with a key frame anywhere or only at the beginning", () => {
  expect(outlookOf([undefined, undefined], {})).toMatchObject({ encodedFrames: { least: 0, most: 0 }, unseen: 3 });
  const outlook = outlookOf([undefined, "wipe_up"], { a: facts() });
  expect(outlook).toMatchObject({ encodedFrames: { least: 12, most: 12 + 180 + 180 }, unseen: 2, hold: undefined });
  expect(outlook.encoded).toEqual([{ why: "wipe up", frames: 12, shots: ["c"] }]);
});
