import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { planFilm } from "../../src/plan/film.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { SeamFigures } from "../../src/shot/seam-figures.ts";
import { afterGoodRun, follows, manifest, sequence, shot, view } from "./batch.ts";

const SHOTS = [shot("a"), follows("b", "a"), shot("c")];

/** First and one past the last frame of each clip, where all went well and b was found to begin like this. */
function cuts(seam: Partial<SeamFigures>, about: Parameters<typeof shot>[1] = {}, order = ["a", "b"], clip = {}) {
  const known = afterGoodRun(manifest(SHOTS));
  const events = known.events.map((event): LedgerEvent => {
    if (event.event !== "checked" || event.shot !== "b") return event;
    const rest = { parentTake: 1, difference: 0.1, motion: 4, drift: { red: 0, green: 0, blue: 0 } };
    return { ...event, seam: { repeats: "none", repeatedFrames: 0, ...rest, ...seam } };
  });
  const film = sequence("film", order);
  const clips = film.clips.map((each) => (each.shot === "b" ? { ...each, ...clip } : each));
  const wanted = manifest([shot("a"), follows("b", "a", about), shot("c")], [{ ...film, clips }]);
  const seen = view(wanted, { ...known, events });
  const [first] = wanted.sequences;
  const plan = first && planFilm(first, seen, standingsOf(seen));
  const trims = plan?.clips.map((each) =>
    each.shows === "take" && each.trim ? [each.trim.first, each.trim.end] : "all",
  );
  return { trims, frames: plan?.frames };
}

test("frames shown twice are cut off the parent's end, and where they are not the same ones off the beginning", () => {
  expect(cuts({})).toEqual({ trims: ["all", "all"], frames: 384 });
  expect(cuts({ repeats: "overlap", repeatedFrames: 1 })).toEqual({ trims: [[0, 191], "all"], frames: 383 });
  expect(cuts({ repeats: "overlap", repeatedFrames: 5 })).toEqual({ trims: [[0, 187], "all"], frames: 379 });
  expect(cuts({ repeats: "held", repeatedFrames: 4 })).toEqual({ trims: ["all", [4, 192]], frames: 380 });
});

test("nothing is cut where the parent is not shown right before, or the author cut at that place", () => {
  const seam = { repeats: "overlap", repeatedFrames: 1 } as const;
  expect(cuts(seam, {}, ["a", "c", "b"]).frames).toBe(576);
  expect(cuts(seam, {}, ["b", "a"]).frames).toBe(384);
  expect(cuts(seam, {}, ["a", "b"], { in: 1 }).trims).toEqual(["all", [24, 192]]);
  expect(cuts(seam, { seamTrim: "off" }).frames).toBe(384);
  expect(cuts(seam, { seamTrim: 3 }).trims).toEqual([[0, 189], "all"]);
});
