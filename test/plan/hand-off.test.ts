import { expect, test } from "vitest";
import type { Manifest, Sequence } from "../../src/manifest/manifest.ts";
import { planFilm } from "../../src/plan/film.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { View } from "../../src/plan/view.ts";
import { afterGoodRun, follows, manifest, sequence, shot, stepLines, view } from "./batch.ts";

function wanted(about: Partial<Sequence>, takes = 1): Manifest {
  return manifest([shot("a", { takes }), follows("b", "a")], [sequence("film", ["a", "b"], about)]);
}

function handOffOf(known: View) {
  const [film] = known.manifest.sequences;
  return film && planFilm(film, known, standingsOf(known))?.handOff;
}

test("a film's hand-off names each clip's take and what else there is of its shot", () => {
  const asked = wanted({ exports: ["fcpxml", "otio"] }, 2);
  const handOff = handOffOf(view(asked, afterGoodRun(asked)));
  expect(handOff?.files).toEqual([
    { format: "fcpxml", file: "films/film.fcpxml" },
    { format: "otio", file: "films/film.otio" },
  ]);
  expect(handOff?.edits.edits).toMatchObject([
    {
      shot: "a",
      startFrame: 0,
      frames: 192,
      media: { file: "../clips/a/take-1.720p.mp4" },
      origin: { take: 1, resolution: "720p", prompt: "A picture of a", task: "assumed a/1" },
      alternates: [{ media: { file: "../clips/a/take-2.720p.mp4" }, origin: { take: 2 } }],
      chain: undefined,
    },
    { shot: "b", startFrame: 192, alternates: [], chain: { how: "follows", shot: "a", take: 1 } },
  ]);
});

test("exports that are asked for later, or tell of takes that came later, are written and the film is left", () => {
  const before = afterGoodRun(wanted({ exports: [] }));
  const asked = wanted({ exports: ["edl"] });
  expect(stepLines(view(asked, before))).toEqual(["join film (hand-off changed)"]);
  const after = afterGoodRun(asked, before);
  expect(stepLines(view(asked, after))).toEqual([]);
  expect(stepLines(view(wanted({ exports: ["edl"] }, 2), after)).at(-1)).toBe("join film (hand-off changed)");
});

test("an export that is gone is written again", () => {
  const asked = wanted({ exports: ["otio"] });
  const known = afterGoodRun(asked);
  const shelf = new Map(known.shelf);
  expect(shelf.delete("films/film.otio")).toBe(true);
  expect(stepLines(view(asked, { ...known, shelf }))).toEqual(["join film (file beside it missing)"]);
});

test("a format that cannot hold the film is left out and says why", () => {
  const asked = wanted({ exports: ["otio", "edl"], frameRate: { numerator: 120, denominator: 1 } });
  const known = view(asked, afterGoodRun(asked));
  expect(handOffOf(known)?.files.map(({ format }) => format)).toEqual(["otio"]);
  expect(handOffOf(known)?.left).toMatchObject([{ format: "edl", why: expect.stringContaining("not 120") }]);
  expect(stepLines(known)).toEqual([]);
});
