import { expect, test } from "vitest";
import { unmet } from "../media/demands.ts";
import { findBuilds, openStudio } from "../media/studio.ts";
import { judgeCut, makeCutFilm, seam } from "./cut-film.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

test("a film of trims and transitions keeps what it copies, renders the rest to 40 dB, and is in step throughout", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const cuts = [{ first: 3 }, seam("dissolve", 5), { end: 41, ...seam("hold", 4) }, seam("fade_black", 5)];
  const film = await makeCutFilm(studio, { gop: 12, cuts }, 48);
  expect(film.joined.film.frames).toBe(45 + 48 - 5 + 41 + 48 - 5);
  expect(unmet(await judgeCut(studio, film))).toEqual([]);
});
