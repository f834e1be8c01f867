import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";
import { sha256Of } from "./tree.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = `
name: film
shots:
  - { id: a, prompt: A net }
  - { id: b, prompt: A boat }
sequences:
  - { id: long, shots: [a, b] }
  - { id: short, shots: [{ shot: b, in: 1, out: 3 }] }
`;

test.concurrent("join makes a deleted film again, byte for byte, without key, network or purchase", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const { calls } = studio.vendor.purchases();
  const [long, short] = ["long", "short"].map((name) => join(studio.folder, `output/film/films/${name}.mp4`)) as [
    string,
    string,
  ];
  const before = [await sha256Of(long), await sha256Of(short)];

  await rm(long);
  const all = await studio.start(["join", "film.yaml"], { KIE_API_KEY: undefined }).ended;
  expect(all).toMatchObject({ exitCode: 0, stderr: "" });
  expect(all.stdout).toMatch(
    /^output\/film\/films\/long\.mp4: 16 s, 384 frames, -1[34]\.\d LUFS, .+\n.+short\.mp4: 2 s, 48 frames, .+\n$/,
  );
  expect([await sha256Of(long), await sha256Of(short)]).toEqual(before);

  // Only the named one, also when all its pieces have to be made again.
  await rm(join(studio.folder, "output/film/work"), { recursive: true });
  const { mtimeMs } = await stat(long);
  const one = await studio.callsheet("join", "film.yaml", "short", "--json");
  expect(one).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(one.stdout)).toMatchObject({ version: 1, problems: [] });
  expect((await stat(long)).mtimeMs).toBe(mtimeMs);
  expect(await sha256Of(short)).toBe(before[1]);
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
});

test.concurrent("a film that lacks clips stays unjoined and says which: exit 1; the others are joined", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml", "--only", "b")).toMatchObject({ exitCode: 0 });
  const ran = await studio.callsheet("join", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 1 });
  expect(ran.stdout).toMatch(/^output\/film\/films\/short\.mp4: 2 s, 48 frames, -1[34]\.\d LUFS, .+\n$/);
  expect(ran.stderr).toContain('film.yaml:7:11: film "long" waits for 1 clip: a [film-held]');
});

test.concurrent("an unknown sequence is wrong usage, and the known ones are named", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.callsheet("run", "film.yaml", "--only", "b");
  const ran = await studio.callsheet("join", "film.yaml", "short", "tall");
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain('film.yaml has no sequence "tall" [unknown-sequence]');
  expect(ran.stderr).toContain("It has long, short.");
});

test.concurrent("where nothing was ever made there is no ledger to begin", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const commands = [
    ["join", "film.yaml"],
    ["forget", "film.yaml", "a"],
    ["adopt", "film.yaml", "a", "0123"],
    ["rename", "film.yaml", "x", "a"],
  ];
  for (const command of commands) {
    const ran = await studio.callsheet(...command);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain("output has no ledger: nothing of film.yaml was made there [no-ledger]");
    await expect(stat(join(studio.folder, "output"))).rejects.toThrow("ENOENT");
  }
});

test.concurrent("a clip that is no longer what was paid for is named, and the film that stands is left", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const clip = join(studio.folder, "output/film/clips/a/take-1.720p.mp4");
  const film = join(studio.folder, "output/film/films/long.mp4");
  const before = await sha256Of(film);
  await writeFile(clip, "cut short");
  const ran = await studio.callsheet("join", "film.yaml", "long");
  expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
  expect(ran.stderr).toContain("a [film-held]");
  expect(await sha256Of(film)).toBe(before);
});
