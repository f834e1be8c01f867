import { test } from "vitest";
import { unmet } from "../media/demands.ts";
import { findBuilds, openStudio } from "../media/studio.ts";
import { judgeCut, makeCutFilm, seam } from "./cut-film.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

test.concurrent("a film of trims and transitions keeps what it copies, renders the rest to 40 dB, and is in step throughout", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const cuts = [{ first: 3 }, seam("dissolve", 5), { end: 41, ...seam("hold", 4) }, seam("fade_black", 5)];
  const film = await makeCutFilm(studio, { gop: 12, cuts }, 48);
  expect(film.joined.film.frames).toBe(45 + 48 - 5 + 41 + 48 - 5);
  expect(unmet(await judgeCut(studio, film))).toEqual([]);
});

/** Key frames at 0, 12, 24 and 36, of which only 0 and 24 part what is before them from what is behind. */
const OPEN_GROUPS = [
  ...["-bf", "3", "-x264-params", "open-gop=1:b-adapt=0"],
  ...["-forced-idr", "1", "-force_key_frames", "expr:eq(n,24)"],
];

test.concurrent("clips with open groups are cut where all can be decoded, also at frames that lie before their key frame", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const cuts = [
    { end: 41 },
    seam("dissolve", 5),
    { first: 11, ...seam("hold", 4) },
    { first: 35, ...seam("wipe_up", 5) },
  ];
  const film = await makeCutFilm(studio, { gop: 12, options: OPEN_GROUPS, cuts }, 48);
  const { cutPoints } = (await studio.media.facts(film.clips[0]?.path ?? "")).video;
  expect(cutPoints).toMatchObject({ starts: [0, 24], closed: false });
  expect(unmet(await judgeCut(studio, film))).toEqual([]);
});
