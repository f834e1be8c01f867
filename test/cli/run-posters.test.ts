import { readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { putProgram } from "./put-program.ts";
import { openStudio } from "./studio.ts";

vi.setConfig({ testTimeout: 240_000 });

const FILM = `
shots:
  - { id: a, prompt: A harbour }
sequences:
  - { id: film, shots: [{ shot: a, out: 1.5 }], loudness: off }
`;

test.concurrent("a film whose poster cannot be made is joined all the same, and the next run makes the poster", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  await studio.write("film.yaml", FILM);
  const { ffmpeg } = studio.tools;
  const script = `case "$*" in *mjpeg*) exit 1;; esac\nexec "${ffmpeg}" "$@"`;
  const path = await putProgram(studio, "small/ffmpeg", script);
  const ran = await studio.start(["run", "film.yaml", "--speed", "600"], { FFMPEG_PATH: path }).ended;
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(ran.stdout + ran.stderr).toContain('film "film" is whole, but films/film.jpg beside it could not be made');
  expect(ran.stdout + ran.stderr).not.toContain("put off");
  expect(ran.stdout).toContain("Run the same command again: only that is made.");
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", file: "films/film.mp4" }]);
  expect(await readdir(join(studio.folder, "output/film/work"))).not.toContain("join-film");
  const again = await studio.callsheet("run", "film.yaml");
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  expect(again.stderr).toContain('film "film" stays as it is; its poster is written again');
  expect(again.stderr).not.toContain("being joined");
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", beside: ["films/film.jpg"] }]);
  // That one was drawn from the film; with a new film it is drawn from a clip meanwhile.
  const poster = join(studio.folder, "output/film/films/film.jpg");
  const before = await readFile(poster);
  await rm(poster);
  expect((await studio.callsheet("join", "film.yaml")).exitCode).toBe(0);
  expect((await readFile(poster)).equals(before)).toBe(true);
});

const FILMS = 6;

test.concurrent("posters are drawn as many at once as films are joined", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  const sequences = Array.from({ length: FILMS }, (_, index) => {
    return `  - { id: f${index}, shots: [{ shot: a, out: ${index + 1} }], loudness: off }\n`;
  });
  await studio.write("film.yaml", `shots:\n  - { id: a, prompt: A harbour }\nsequences:\n${sequences.join("")}`);
  const log = join(studio.folder, "posters");
  const { ffmpeg } = studio.tools;
  const drawn = `echo begin >> "${log}"; sleep 0.3; "${ffmpeg}" "$@"; code=$?; echo end >> "${log}"; exit $code`;
  const script = `case "$*" in *mjpeg*) ${drawn};; esac\nexec "${ffmpeg}" "$@"`;
  const path = await putProgram(studio, "slow/ffmpeg", script);
  const ran = await studio.start(["run", "film.yaml", "--speed", "600"], { FFMPEG_PATH: path }).ended;
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);

  let [now, most, all] = [0, 0, 0];
  for (const line of (await readFile(log, "utf8")).trim().split("\n")) {
    now += line === "begin" ? 1 : -1;
    most = Math.max(most, now);
    if (line === "begin") all++;
  }
  expect(all).toBe(FILMS);
  expect(most).toBeLessThanOrEqual(Math.max(1, Math.floor(availableParallelism() / 2)));
});
