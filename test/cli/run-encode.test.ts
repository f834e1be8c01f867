import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { putProgram } from "./put-program.ts";
import { openStudio, type Studio } from "./studio.ts";

vi.setConfig({ testTimeout: 240_000 });

const manifest = (encode: string) => `
shots:
  - { id: harbour, prompt: A harbour }
sequences:
  - { id: cut, shots: [{ shot: harbour, in: 0.25, out: 0.75 }], encode: ${encode} }
`;

test.concurrent("a film is encoded as ProRes where its manifest says so, and as H.264 in its place when it is changed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  await studio.write("film.yaml", manifest("{ codec: prores, preset: proxy, audio: pcm }"));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(ran.stdout + ran.stderr).toContain("everything is encoded as prores (proxy, pcm sound), less than a minute");
  const { sequences } = await studio.summary("film");
  expect(sequences).toMatchObject([{ file: "films/cut.mov", frames: 12, figures: { copiedFrames: 0 } }]);

  await studio.write("film.yaml", manifest("{ codec: h264, crf: 30, preset: ultrafast }"));
  const again = await studio.callsheet("run", "film.yaml");
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  expect(await readdir(join(studio.folder, "output/film/films"))).toEqual(["cut.jpg", "cut.mp4"]);
  expect((await studio.callsheet("plan", "film.yaml", "--detailed-exitcode")).exitCode).toBe(0);
});

test.concurrent("an encoder that ffmpeg lacks is found before anything is bought", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  // An ffmpeg whose list of encoders has no line for H.265.
  const { ffmpeg } = studio.tools;
  const path = await putProgram(studio, "small/ffmpeg", `"${ffmpeg}" "$@" | grep -v libx265`);
  await studio.write("film.yaml", manifest("{ codec: h265 }"));
  await planTells(studio, path, 'film "cut" is to be encoded as h265 with aac sound');
  const ran = await studio.start(["run", "film.yaml", "--speed", "600"], { FFMPEG_PATH: path }).ended;
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(2);
  expect(ran.stderr).toContain('film "cut" is to be encoded as h265 with aac sound');
  expect(ran.stderr).toContain("has no encoder:libx265");
  expect(studio.bought()).toEqual([]);
});

test.concurrent("a transition that ffmpeg cannot draw is found before anything is bought", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  const { ffmpeg } = studio.tools;
  const path = await putProgram(studio, "small/ffmpeg", `"${ffmpeg}" "$@" | grep -v xfade`);
  await studio.write(
    "film.yaml",
    "shots: [{ id: a, prompt: A }, { id: b, prompt: B }]\nsequences: [{ id: cut, transition: dissolve, shots: [a, b] }]\n",
  );
  await planTells(studio, path, 'film "cut" has transitions (dissolve)');
  const ran = await studio.start(["run", "film.yaml", "--speed", "600"], { FFMPEG_PATH: path }).ended;
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(2);
  expect(ran.stderr).toContain('film "cut" has transitions (dissolve)');
  expect(ran.stderr).toContain("has no filter:xfade");
  expect(studio.bought()).toEqual([]);
});

/** A plan, which needs no ffmpeg, says in the same words why a run would refuse. */
async function planTells(studio: Studio, ffmpeg: string, words: string): Promise<void> {
  const planned = await studio.start(["plan", "film.yaml"], { FFMPEG_PATH: ffmpeg }).ended;
  expect(planned.exitCode, planned.stderr).toBe(0);
  expect(planned.stdout).toContain(`A run would refuse to begin on this machine:\n${words}`);
}
