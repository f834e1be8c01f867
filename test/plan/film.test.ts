import { expect, test } from "vitest";
import type { Sequence } from "../../src/manifest/manifest.ts";
import { planFilm } from "../../src/plan/film.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { Resolution } from "../../src/shot/resolution.ts";
import { afterGoodRun, manifest, sequence, shot, view } from "./batch.ts";

function filmOf(resolutions: readonly Resolution[], about: Partial<Sequence> = {}) {
  const shots = resolutions.map((resolution, index) => shot(`s${index}`, { resolution }));
  const film = sequence(
    "film",
    shots.map(({ id }) => id),
    about,
  );
  const wanted = manifest(shots, [film]);
  const known = view(wanted, afterGoodRun(wanted));
  const plan = planFilm(film, known, standingsOf(known));
  return { ...plan, clips: plan?.clips.filter((clip) => clip.shows === "take") };
}

test("a film has the size most of its shots asked for, and shows kept 720p files where they fit", () => {
  const film = filmOf(["720p", "720p", "720p", "1080p", "4k"]);
  expect(film.size).toEqual({ width: 1280, height: 720 });
  expect(film.clips?.map(({ resolution }) => resolution)).toEqual(["720p", "720p", "720p", "720p", "720p"]);
});

test("of two sizes asked for equally often the smaller is taken", () => {
  expect(filmOf(["4k", "720p", "1080p", "1080p", "720p", "4k"]).size).toEqual({ width: 1280, height: 720 });
});

test("a larger film shows the largest file of each shot that is no larger than needed", () => {
  const film = filmOf(["720p", "1080p", "4k"], { size: "1080p" });
  expect(film.clips?.map(({ resolution }) => resolution)).toEqual(["720p", "1080p", "4k"]);
});

test("its length is the sum of its frames, trims counted to the frame", () => {
  const [first] = sequence("film", ["s0"]).clips;
  if (!first) throw new Error("unreachable");
  const film = filmOf(["720p"], { clips: [{ ...first, in: 0.5, out: 7.5 }, first] });
  expect(film.clips?.map(({ trim, frames }) => [trim, frames])).toEqual([
    [{ first: 12, end: 180 }, 168],
    [undefined, 192],
  ]);
  expect(film.frames).toBe(360);
  expect(film.seconds).toBe(15);
});

test("another rate keeps the seconds and changes the frames", () => {
  const film = filmOf(["720p", "720p"], { frameRate: { numerator: 25, denominator: 1 } });
  expect(film.frames).toBe(400);
  expect(film.seconds).toBe(16);
});
