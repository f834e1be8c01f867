import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { markOf } from "../../src/simulator/mark.ts";
import { factsOf, marksOf } from "./film-facts.ts";
import { largeManifest, makeLargeBatch } from "./large-batch.ts";
import { openStudio } from "./studio.ts";

// Drawing, enlarging and joining real pictures on few cores takes its time.
vi.setConfig({ testTimeout: 240_000 });

// Takes that are bought in the same order for the same prompts are the same pictures, and drawn once for all tests.
const QUICK = "switches: { fast: [10, 20], upgrade1080p: [20, 30], upgrade4k: [30, 40], extension: [10, 20] }";

test("a film of takes in three sizes has every frame of each once and in order, with sound to the last second", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { clips: "burned", seed: 7, faults: QUICK });
  const shots = ["1080p", "720p", "4k"]
    .map((resolution, index) => `  - { id: s${index}, prompt: Shot ${index}, resolution: ${resolution} }`)
    .join("\n");
  await studio.write("film.yaml", `name: film\nshots:\n${shots}\n`);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  const { shots: made, sequences } = await studio.summary("film");
  expect(sequences).toMatchObject([{ state: "joined", seconds: 24, frames: 3 * 192 }]);

  const path = join(studio.folder, "output/film/films/film.mp4");
  const film = await factsOf(studio, path);
  // One shot of each size was asked for: of equals, the smallest.
  expect(film).toMatchObject({ width: 1280, height: 720, frames: 3 * 192 });
  expect(Math.abs(film.pictureSeconds - film.soundSeconds)).toBeLessThan(0.025);
  const wanted = made.flatMap(({ task }) =>
    Array.from({ length: 192 }, (_, frame) => ({ frame, take: markOf(task ?? "") })),
  );
  expect(await marksOf(studio, path, 720)).toEqual(wanted);
});

test("a film in 1080p with cuts inside its clips is exact to the frame", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { clips: "burned", seed: 7, faults: QUICK });
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: a, prompt: Shot 0, resolution: 1080p }
  - { id: b, prompt: Shot 1 }
sequences:
  - { id: cut, size: 1080p, shots: [{ shot: b, in: 1.02, out: 2.5 }, { shot: a, in: 7 }, { shot: b, out: 0.5 }] }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  const { shots, sequences } = await studio.summary("film");
  const [a = 0, b = 0] = shots.map(({ task }) => markOf(task ?? ""));
  const range = (take: number, from: number, end: number) =>
    Array.from({ length: end - from }, (_, index) => ({ take, frame: from + index }));
  // 1.02 s of 24 frames a second is frame 24, 2.5 s is 60.
  const wanted = [...range(b, 24, 60), ...range(a, 168, 192), ...range(b, 0, 12)];
  expect(sequences).toMatchObject([{ frames: wanted.length }]);
  const path = join(studio.folder, "output/film/films/cut.mp4");
  expect(await marksOf(studio, path, 1080)).toEqual(wanted);
  const film = await factsOf(studio, path);
  expect(film).toMatchObject({ width: 1920, height: 1080, frames: wanted.length });
  expect(Math.abs(film.pictureSeconds - film.soundSeconds)).toBeLessThan(0.025);
});

test("a follower is sent its parent's last frame as a picture, and an extension goes out before the parent's 1080p", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { clips: "burned", seed: 7, faults: QUICK });
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: door, prompt: Shot 0, resolution: 1080p }
  - { id: hall, prompt: A hall, follows: door }
  - { id: lamp, prompt: A lamp, extends: door, seam_trim: off }
sequences:
  - { id: film, shots: [door, lamp, hall], size: 720p }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  const { calls } = studio.vendor.purchases();
  const first = (target: string) => calls.findIndex((call) => call.target === target && call.code === 200);
  expect(first("extend")).toBeLessThan(calls.findIndex(({ target }) => target === "get-1080p-video"));
  expect(first("extend")).toBeGreaterThan(0);

  const batch = join(studio.folder, "output/film");
  const [frame = ""] = await readdir(join(batch, "work/frames"));
  const upload = calls.find(({ target }) => target.endsWith("-upload"));
  expect(upload).toMatchObject({ code: 200 });
  const sent = await readFile(join(batch, "work/frames", frame));
  expect(sent.subarray(1, 4).toString()).toBe("PNG");
  const { shots, sequences } = await studio.summary("film");
  const door = markOf(shots[0]?.task ?? "");
  expect(await marksOf(studio, join(batch, "work/frames", frame), 720)).toEqual([{ frame: 191, take: door }]);

  // The vendor fails a take whose picture is not of the type that its name says.
  const { request } = JSON.parse(await readFile(join(batch, "clips/hall/take-1.json"), "utf8"));
  expect(request.stills.first).toMatchObject({ from: "last-frame", shot: "door", take: 1 });
  expect(studio.vendor.purchases().warnings).toEqual([]);
  const known = await studio.vendorUpload(createHash("sha256").update(sent).digest("hex"));
  expect(known?.equals(sent)).toBe(true);
  expect(sequences).toMatchObject([{ frames: 3 * 192 }]);
});

test("of two takes the picked one is upgraded, followed and shown", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { faults: QUICK });
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: storm, prompt: A storm, takes: 2, pick: 2, resolution: 1080p }
  - { id: calm, prompt: A calm, follows: storm }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(studio.bought().filter((prompt) => prompt === "A storm")).toHaveLength(2);
  const { shots } = await studio.summary("film");
  expect(shots[0]).toMatchObject({ take: 2, file: "clips/storm/take-2.1080p.mp4", credits: 125 });
  const upgrades = studio.vendor.purchases().tasks.filter(({ kind }) => kind === "upgrade");
  expect(upgrades.map(({ of }) => of)).toEqual([shots[0]?.task]);
  const { request } = JSON.parse(await studio.read("output/film/clips/calm/take-1.json"));
  expect(request.stills.first).toMatchObject({ take: 2, task: shots[0]?.task });
});

test("24 shots are made and some of them joined; 500 are planned in a moment", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { balance: 100_000 });
  await studio.write("large.yaml", largeManifest("large", 500));
  const planned = await studio.callsheet("plan", "large.yaml");
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(planned.tookMs).toBeLessThan(15_000); // half a second where nothing else runs
  console.info(`a plan of 500 shots: ${Math.round(planned.tookMs)} ms`);
  await makeLargeBatch(studio, 24);
});
