import { join } from "node:path";
import { afterAll, test } from "vitest";
import { FLASHES, MARKED } from "../media/marked-clip.ts";
import { findBursts, readFrames, readSound } from "../media/read-film.ts";
import { findBuilds, openStudio, world } from "../media/studio.ts";
import { type ClipOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;
const SIZE = { width: MARKED.width, height: MARKED.height };
const FRAMES = 24;

const studio = await openStudio(tools, afterAll);
const NAMES = ["a", "b", "c", "d", "e"];
const made = new Map(
  await Promise.all(
    NAMES.map(async (name, index): Promise<[string, ClipOnDisk]> => {
      const path = await studio.make({ name, number: index + 1, frames: FRAMES });
      return [name, { path, frames: FRAMES, rate: { numerator: 24, denominator: 1 }, size: SIZE }];
    }),
  ),
);

/** A film of shots, each shown as `clip:frame`, with the seconds at which bursts are heard in it. */
async function makeFilm(shots: string, sequence: string, missing: readonly string[] = []) {
  const folder = join(studio.folder, crypto.randomUUID());
  const yaml = `shots:\n${shots}sequences:\n  - { id: film, loudness: off, ${sequence} }\n`;
  const clips = new Map(NAMES.map((name) => [name, missing.includes(name) ? "missing" : made.get(name)] as const));
  const there = [...clips].flatMap(([name, clip]) => (clip ? [[name, clip] as const] : []));
  const joined = await joinOnDisk(await putOnDisk(folder, yaml, new Map(there)), studio.media, SIZE);
  if (joined.result.result !== "done") throw new Error(JSON.stringify(joined.result));
  const seen = await readFrames(tools.ffmpeg.path, world, folder, joined.path);
  const bursts = findBursts(await readSound(tools.ffmpeg.path, world, folder, joined.path));
  return { film: joined.film, seen: seen.map(({ clip, frame }) => `${clip}:${frame}`), bursts };
}

const range = (clip: number, from: number, end: number) =>
  Array.from({ length: end - from }, (_, index) => `${clip}:${from + index}`);

/** Seconds at which the frames that flash stand in a film. */
function flashesIn(frames: readonly string[]): readonly number[] {
  const flashes = FLASHES.map(String);
  return frames.flatMap((frame, index) => (flashes.includes(frame.split(":")[1] ?? "") ? [index / 24] : []));
}

test.concurrent("a chain is cut where its shots repeat frames and where the author cut it, each for itself", async ({
  expect,
}) => {
  const { film, seen, bursts } = await makeFilm(
    `
  - { id: a, prompt: p }
  - { id: b, prompt: p, follows: a, seam_trim: 2 }
  - { id: c, prompt: p, follows: b, seam_trim: 2 }
  - { id: d, prompt: p, extends: c, seam_trim: 2 }
  - { id: e, prompt: p, follows: d, seam_trim: 1 }
`,
    "shots: [{ shot: a, in: 0.125 }, { shot: b, out: 0.75 }, c, { shot: d, in: 0.125 }, { shot: e, out: 0.5 }]",
  );
  // What the author cut at a seam stays as it was cut; the other side of the clip is cut by its own seam.
  const wanted = [range(1, 3, 22), range(2, 0, 18), range(3, 0, 24), range(4, 3, 23), range(5, 0, 12)].flat();
  expect(film.frames).toBe(wanted.length);
  expect(seen).toEqual(wanted);
  const flashes = flashesIn(wanted);
  expect(bursts).toHaveLength(flashes.length);
  for (const [index, burst] of bursts.entries()) expect(Math.abs(burst - (flashes[index] ?? 0))).toBeLessThan(0.001);
});

const THREE = NAMES.map((id) => `  - { id: ${id}, prompt: p }\n`).join("");
const dissolved = (shot: string, rest = "") =>
  `{ shot: ${shot}${rest}, transition: dissolve, transition_seconds: 0.25 }`;

test.concurrent("a slate is dissolved into and out of, and a shot that is skipped takes its own transition along", async ({
  expect,
}) => {
  const order = `shots: [a, ${dissolved("b", ", out: 1")}, ${dissolved("c")}]`;
  const slated = await makeFilm(THREE, `${order}, on_missing: slate`, ["b"]);
  const places = slated.film.clips.map(({ shows, startFrame, frames, transition }) => [
    ...[shows, startFrame, frames, transition?.frames ?? 0],
  ]);
  expect(places).toEqual([
    ["take", 0, 24, 0],
    ["slate", 18, 24, 6],
    ["take", 36, 24, 6],
  ]);
  expect(slated.seen).toHaveLength(60);
  expect(slated.seen.slice(0, 18)).toEqual(range(1, 0, 18));
  expect(slated.seen.slice(42)).toEqual(range(3, 6, 24));
  // None of the card's frames is one of a clip: its upper edge, where these are numbered, is plain.
  expect(slated.seen.slice(24, 36).filter((frame) => frame !== slated.seen[24])).toEqual([]);

  const skipped = await makeFilm(THREE, `${order}, on_missing: skip`, ["b"]);
  expect(skipped.film.clips.map(({ shot, startFrame }) => [shot, startFrame])).toEqual([
    ["a", 0],
    ["c", 18],
  ]);
  expect(skipped.seen).toHaveLength(42);
  expect([...skipped.seen.slice(0, 18), ...skipped.seen.slice(24)]).toEqual([...range(1, 0, 18), ...range(3, 6, 24)]);

  const beheaded = await makeFilm(THREE, `shots: [a, ${dissolved("c")}], on_missing: skip`, ["a"]);
  expect(beheaded.seen).toEqual(range(3, 0, 24));
});
