import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import type { Shot } from "../../src/manifest/manifest.ts";
import { planFilm } from "../../src/plan/film.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { ColourLevels, SeamFigures } from "../../src/shot/seam-figures.ts";
import { afterGoodRun, follows, manifest, sequence, shot, view } from "./batch.ts";

/** What is added to the colours of b and c in the chain a, b, c, each found to begin like this. */
function added(seams: Record<string, Partial<SeamFigures>>, about: Record<string, Partial<Shot>>) {
  const shots = [shot("a"), follows("b", "a", about["b"]), follows("c", "b", about["c"])];
  const wanted = manifest(shots, [sequence("film", ["a", "b", "c"])]);
  const known = afterGoodRun(wanted);
  const events = known.events.map((event): LedgerEvent => {
    const seam = event.event === "checked" ? seams[event.shot] : undefined;
    if (event.event !== "checked" || !seam) return event;
    const rest = { parentTake: 1, difference: 0.1, motion: 4, drift: NONE };
    return { ...event, seam: { repeats: "none", repeatedFrames: 0, ...rest, ...seam } };
  });
  const seen = view(wanted, { ...known, events });
  const [first] = wanted.sequences;
  const plan = first && planFilm(first, seen, standingsOf(seen));
  return plan?.clips.map((clip) =>
    clip.shows === "take" ? clip.matched && [clip.matched.to, clip.matched.add] : "card",
  );
}

const NONE: ColourLevels = { red: 0, green: 0, blue: 0 };
const drift = (red: number, green = 0, blue = 0): Partial<SeamFigures> => ({ drift: { red, green, blue } });
const MATCH = { colourMatch: true };

test("a follower's drift is taken back where its shot asks for it, and along a chain all of it", () => {
  const seams = { b: drift(3, -1.5), c: drift(2, 0, 1) };
  expect(added(seams, {})).toEqual([undefined, undefined, undefined]);
  expect(added(seams, { b: MATCH, c: MATCH })).toEqual([
    undefined,
    ["a", { red: -3, green: 1.5, blue: 0 }],
    ["b", { red: -5, green: 1.5, blue: -1 }],
  ]);
  // Its parent is shown as it came.
  expect(added(seams, { c: MATCH })?.[2]).toEqual(["b", { red: -2, green: 0, blue: -1 }]);
});

test("a follower stays as it is where nobody would see the drift, or its beginning is another picture", () => {
  expect(added({ b: drift(0.4, -0.4) }, { b: MATCH })?.[1]).toBeUndefined();
  expect(added({ b: drift(13) }, { b: MATCH })?.[1]).toBeUndefined();
  expect(added({ b: { ...drift(3), repeats: "whole" } }, { b: MATCH })?.[1]).toBeUndefined();
  expect(added({}, { b: MATCH })?.[1]).toBeUndefined();
});

test("what drifted little by little is taken back too, but no more than blacks and whites bear", () => {
  const asked = { b: MATCH, c: MATCH };
  expect(added({ b: drift(0.4), c: drift(0.4) }, asked)).toEqual([
    undefined,
    undefined,
    ["b", { red: -0.8, green: 0, blue: 0 }],
  ]);
  expect(added({ b: drift(11), c: drift(11) }, asked)?.[2]).toEqual(["b", { red: -16, green: 0, blue: 0 }]);
});
