import { expect, test } from "vitest";
import type { OnMissing, Sequence, Shot } from "../../src/manifest/manifest.ts";
import { planWithStandIns } from "../../src/plan/film.ts";
import { filmStatuses } from "../../src/plan/film-status.ts";
import { nextSteps } from "../../src/plan/next-steps.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { View } from "../../src/plan/view.ts";
import type { ShotId } from "../../src/shot/id.ts";
import { afterGoodRun, extend, type Known, manifest, sequence, shot, stepLines, view } from "./batch.ts";

type Film = Partial<Sequence>;

/** A film of these shots in which all went well but for `missing`, which were never bought. */
function lacking(missing: readonly string[], shots: readonly Shot[], about: Film, more: Film = {}): View {
  const film = sequence(
    "film",
    shots.map(({ id }) => id),
    about,
  );
  const bought = shots.filter(({ id }) => !missing.includes(id));
  return view(manifest(shots, [{ ...film, ...more }]), afterGoodRun(manifest(bought, [])));
}

function filmOf(known: View) {
  const [film] = known.manifest.sequences;
  return film && planWithStandIns(film, known, standingsOf(known));
}

function shown(known: View) {
  return filmOf(known)?.clips.map(({ shows, shot: id, frames }) => `${shows} ${id} ${frames}`);
}

const [a, b, c] = [shot("a"), shot("b"), shot("c")];
const clip = (id: string, about: Partial<Sequence["clips"][number]> = {}) => {
  return {
    shot: id as ShotId,
    place: a.place,
    in: undefined,
    out: undefined,
    transition: undefined,
    fit: "pad" as const,
    ...about,
  };
};

test("hold joins nothing, slate puts a card of the clip's length in its place, skip leaves it out", () => {
  const by = (onMissing: OnMissing) => shown(lacking(["b"], [a, b, c], { onMissing }));
  expect(by("hold")).toBeUndefined();
  expect(by("slate")).toEqual(["take a 192", "slate b 192", "take c 192"]);
  expect(by("skip")).toEqual(["take a 192", "take c 192"]);
});

test("a slate is as long as its trim at the film's rate, and the film is as long as it will be", () => {
  const clips = [clip("a"), clip("b", { in: 0.5, out: 7.5 }), clip("b", { out: 1 }), clip("b")];
  for (const [frameRate, lengths] of [
    [undefined, [192, 168, 24, 192]],
    [{ numerator: 25, denominator: 1 }, [200, 175, 25, 200]],
    [{ numerator: 24000, denominator: 1001 }, [192, 168, 24, 192]],
  ] as const) {
    const film: Film = { onMissing: "slate", clips, frameRate };
    const slated = filmOf(lacking(["b"], [a, b], film));
    expect(slated?.clips.map(({ frames }) => frames)).toEqual(lengths);
    expect(slated?.standIns).toEqual([{ shot: "b", by: "slate" }]);
    const whole = planRun(lacking([], [a, b], film), 0).steps[0]?.step;
    expect(whole?.kind === "join" && whole.film.frames).toBe(slated?.frames);
    expect(whole?.kind === "join" && whole.film.filmHash).not.toBe(slated?.filmHash);
  }
});

test("a film of which not one clip is there is held: cards alone are no film", () => {
  for (const onMissing of ["slate", "skip"] as const) {
    expect(shown(lacking(["a", "b"], [a, b], { onMissing }))).toBeUndefined();
  }
});

test("a slate says what is wanted and why it is not there", () => {
  const problem = { rule: "refused", message: 'shot "b" (take 1) was refused', fix: null, place: null };
  const film = sequence("film", ["a", "b", "c"], { onMissing: "slate" });
  const wanted = manifest([a, b, extend("c", "b")], [film]);
  const intended = afterGoodRun(manifest([b], [])).events[0];
  if (intended?.event !== "submitting") throw new Error("unreachable");
  const known = afterGoodRun(manifest([a], []));
  const refused: Known = {
    ...known,
    events: [...known.events, intended, { event: "refused", shot: b.id, take: 1, problem }],
  };
  const slates = filmOf(view(wanted, refused))?.clips.flatMap((each) => (each.shows === "slate" ? [each.words] : []));
  expect(slates).toEqual([
    { shot: "b", state: "refused", prompt: "A picture of b", problem: problem.message },
    {
      shot: "c",
      state: "blocked",
      prompt: "A picture of c",
      problem: 'shot "c" needs shot "b", which ended badly',
    },
  ]);
  // The plan says beforehand what the run will do, and a run that has done it has nothing to do.
  expect(stepLines(view(wanted, refused))).toEqual(["join film (never joined)"]);
  const after = planRun(view(wanted, refused), 0).end;
  const joined = view(wanted, { events: [...refused.events, ...after.events], shelf: after.shelf });
  expect(stepLines(joined)).toEqual([]);
  expect(filmStatuses(joined)).toMatchObject([
    { state: "slated", file: "films/film.mp4", frames: 576, missing: ["b", "c"], standIns: [{ by: "slate" }, {}] },
  ]);
});

test("films go without clips only when nothing more will come in this run", () => {
  const known = lacking(["b"], [a, b, c], { onMissing: "skip" });
  const kinds = (closing: boolean) => nextSteps(known, { closing }).map(({ kind }) => kind);
  expect(kinds(false)).toEqual(["submit"]);
  expect(kinds(true)).toEqual(["submit", "join"]);
  // What the plan buys will be there: it joins the film whole.
  expect(planRun(known, 0).steps.at(-1)?.step).toMatchObject({ kind: "join", film: { standIns: [] } });
});

test("a shot that has only its smaller clip shows that one instead of a card", () => {
  const large = shot("b", { resolution: "4k" });
  const small = afterGoodRun(manifest([a, b], []));
  const film = sequence("film", ["a", "b"], { onMissing: "slate", size: "4k" });
  const plan = filmOf(view(manifest([a, large], [film]), small));
  expect(plan?.clips.map(({ shows }) => shows)).toEqual(["take", "take"]);
  expect(plan?.standIns).toEqual([{ shot: "b", by: "smaller clip" }]);
});

test("a film that misses shots which nobody selected is left to the run that makes them", () => {
  const known = lacking(["b"], [a, b, c], { onMissing: "slate" });
  const only = (...ids: string[]) => ({ ...known, wish: { ...known.wish, only: new Set(ids as ShotId[]) } });
  expect(nextSteps(only("a"), { closing: true })).toEqual([]);
  expect(nextSteps(only("a", "b"), { closing: true }).map(({ kind }) => kind)).toEqual(["submit", "join"]);
});

test("a film that stands there whole is not spoiled when a clip of it is gone from the disk", () => {
  const wanted = manifest([a, b], [sequence("film", ["a", "b"], { onMissing: "slate" })]);
  const done = afterGoodRun(wanted);
  const gone = { ...done, shelf: new Map([...done.shelf].filter(([path]) => !path.startsWith("clips/b/"))) };
  expect(nextSteps(view(wanted, gone), { closing: true }).map(({ kind }) => kind)).toEqual(["fetch"]);
});
