import { expect, test } from "vitest";
import { openFolder, problemsOf } from "./manifest-folder.ts";

const film = (...lines: readonly string[]) =>
  `shots:\n  - { id: a, prompt: p }\n  - { id: b, prompt: p }\nsequences:\n  - id: film\n${lines
    .map((line) => `    ${line}\n`)
    .join("")}`;

/** What is written, and its problem: `line:column+length message [rule] fix`. */
const rows: readonly (readonly [behaviour: string, manifest: string, ...problems: readonly string[]])[] = [
  [
    "without a clip before it",
    film("shots: [{ shot: a, transition: dissolve }, b]"),
    '6:36+8 clip 1 of sequence "film" asks for a transition (dissolve) and has no clip before it [transition-first] Take transition out.',
  ],
  [
    "longer than the clip before it",
    film("shots: [{ shot: a, out: 0.25 }, { shot: b, transition: dissolve }]"),
    '6:60+8 the transition before clip 2 of sequence "film" lasts 12 frames, and clip 1 has 6 [transition-too-long] Write at most 0.25 s.',
  ],
  [
    "longer than its own clip",
    film("shots: [a, { shot: b, out: 0.25, transition: wipe_left, transition_seconds: 1 }]"),
    '6:81+1 the transition before clip 2 of sequence "film" lasts 24 frames, and clip 2 has 6 [transition-too-long] Write at most 0.25 s.',
  ],
  [
    "together with the one before longer than the clip between them",
    film("transition: dissolve", "shots: [a, { shot: b, out: 0.75 }, a]"),
    '6:17+8 the transition before clip 3 of sequence "film" lasts 12 frames, and clip 2 has 18, 12 of them in the transition before it [transition-too-long] Write at most 0.25 s.',
  ],
  [
    "after one that takes all of the clip between them",
    film("shots: [a, b, a]", "transition: fade_black", "transition_seconds: 8"),
    '8:25+1 the transition before clip 3 of sequence "film" lasts 192 frames, and clip 2 has 192, 192 of them in the transition before it [transition-too-long] Make the transition before clip 2 shorter, or write cut here.',
  ],
  [
    "that holds, and so takes nothing of its own clip",
    film("shots: [{ shot: a, out: 0.5 }, { shot: b, out: 0.1, transition: hold, transition_seconds: 0.75 }]"),
    '6:95+4 the transition before clip 2 of sequence "film" lasts 18 frames, and clip 1 has 12 [transition-too-long] Write at most 0.5 s.',
  ],
  [
    "that holds and fits",
    film("shots: [{ shot: a, out: 0.5 }, { shot: b, out: 0.1, transition: hold, transition_seconds: 0.5 }]"),
  ],
  ["that takes all of both clips", film("shots: [a, b]", "transition: dissolve", "transition_seconds: 8")],
];

test.for(rows)("a transition %s", async ([, manifest, ...problems], { onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  expect(problemsOf(await folder.read())).toEqual(problems);
});
