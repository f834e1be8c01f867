import { join } from "node:path";
import { expect, test } from "vitest";
import { hearFilm } from "../media/hear-film.ts";
import { flashesOf, MARKED, makeClip } from "../media/marked-clip.ts";
import { hashesOf, readPackets } from "../media/packets.ts";
import { world } from "../media/studio.ts";
import { type ClipOnDisk, putOnDisk } from "../run/film-on-disk.ts";
import { openStudio } from "./studio.ts";

/** 1.6 s: 75 packets of sound, so that clips meet on the grid of packets as those of 8 s do. */
const FRAMES = 40;
const CLIP = { frames: FRAMES, rate: { numerator: 25, denominator: 1 } };
const SAMPLES = 76_800;

const FILM = `
name: film
shots:
  - { id: a, prompt: A net }
  - { id: b, prompt: A boat }
sequences:
  - { id: whole, loudness: off, shots: [a, b, a] }
  - { id: cut, loudness: off, shots: [{ shot: a, out: 1 }, b] }
`;

test("a film whose sound nobody asked to change has its clips' own packets, in step at every marker", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { ffmpeg } = studio.tools;
  const clips = new Map<string, ClipOnDisk>();
  for (const [index, name] of ["a", "b"].entries()) {
    const path = await makeClip(ffmpeg, world, studio.folder, { ...CLIP, name, number: index + 1 });
    clips.set(name, { ...CLIP, path, size: MARKED });
  }
  await putOnDisk(studio.folder, FILM, clips);

  const joined = await studio.callsheet("run", "film.yaml");
  expect(joined, joined.stderr).toMatchObject({ exitCode: 0 });
  const [whole, cut] = (await studio.summary("film")).sequences;
  expect(whole?.figures).toMatchObject({ way: "fast", sound: "copied" });
  expect(whole?.figures?.worstSeamDb).toBeLessThan(-24);
  expect(cut?.figures).toMatchObject({
    sound: "encoded",
    whyEncoded: "the sound of clip 2 begins 896 samples beside the film's grid of AAC packets",
  });

  const path = join(studio.folder, "output/film/films/whole.mp4");
  const own: string[] = [];
  for (const name of ["a", "b", "a"]) {
    const [priming, ...heard] = hashesOf(await readPackets(ffmpeg, world, join(studio.folder, `${name}.mp4`), "a:0"));
    own.push(...(own.length === 0 && priming ? [priming] : []), ...heard);
  }
  const found = hashesOf(await readPackets(ffmpeg, world, path, "a:0"));
  const changed = found.flatMap((hash, index) => (hash === own[index] ? [] : [index]));
  expect(found).toHaveLength(own.length);
  expect(changed).toEqual([74, 75, 76, 77, 149, 150, 151, 152]);

  const sound = await hearFilm(studio.tools, world, studio.folder, path);
  const flashes = [0, 1, 2].flatMap((clip) => flashesOf(CLIP).map((frame) => (clip * FRAMES + frame) / 25));
  expect(sound.samples).toBeGreaterThanOrEqual(3 * SAMPLES);
  expect(sound.bursts).toHaveLength(flashes.length);
  for (const [index, sample] of sound.bursts.entries()) {
    const seen = flashes[index] ?? 0;
    expect(Math.abs(sound.timeOf(sample) - seen)).toBeLessThan(0.0001);
    expect(Math.abs(sample / 48_000 - seen)).toBeLessThan(0.0001);
  }
});
