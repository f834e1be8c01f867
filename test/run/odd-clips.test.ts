import { expect, test } from "vitest";
import { variants } from "../media/clip-variants.ts";
import { demandsOf, unmet } from "../media/demands.ts";
import { findBuilds, openStudio, world } from "../media/studio.ts";
import { judgeMade, makeOddFilm, wholeIfUsual } from "./odd-film.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const all = variants("tiny");

test.concurrent("clips of every odd kind, each between two usual ones, make a film that is exact and in step", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const film = await makeOddFilm(
    studio,
    all.filter(({ broken }) => !broken),
    24,
  );
  expect(film.joined.result).toEqual({ result: "done" });
  expect(film.joined.figures).toMatchObject({ way: "fast", doubts: [] });
  const judged = await judgeMade(studio, film, { copied: wholeIfUsual });
  expect(unmet(demandsOf(judged))).toEqual([]);
});

test.concurrent.each(all.filter(({ broken }) => broken))(
  "a clip that is $name makes no film, and leaves none half made",
  async (broken) => {
    const tidy: (() => Promise<void>)[] = [];
    try {
      const studio = await openStudio(tools, (done) => tidy.push(done));
      const { joined } = await makeOddFilm(studio, [broken], 24);
      expect(joined.result).toMatchObject({ result: "rest", problem: { rule: "join-failed" } });
      expect(await world.files.list(`${joined.path}/..`)).toEqual([]);
    } finally {
      for (const done of tidy) await done();
    }
  },
);
