import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio } from "./studio.ts";
import { treeOf } from "./tree.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const film = (id: string) => `
name: film
shots:
  - { id: ${id}, prompt: A net, resolution: 1080p }
  - { id: b, prompt: A boat, follows: ${id} }
  - { id: c, prompt: A quay, extends: ${id} }
${plainFilm(id, "b", "c")}`;

test.concurrent("a shot with a new id is not bought again: run offers the rename, rename moves it, run buys nothing and names its chapter", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", film("a"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const bought = studio.bought();
  const films = join(studio.folder, "output/film/films");
  const before = await treeOf(films);
  const clips = await treeOf(join(studio.folder, "output/film/clips/a"));

  await studio.write("film.yaml", film("opening"));
  const offered = await studio.callsheet("run", "film.yaml");
  expect(offered).toMatchObject({ exitCode: 1 });
  expect(offered.stdout).toContain(
    'shot "opening" was bought before as "a" (take 1), which the manifest no longer has [bought-under-another-id]',
  );
  expect(offered.stdout).toContain("Keep it: callsheet rename film.yaml a opening.");
  expect(studio.bought()).toEqual(bought);

  const renamed = await studio.callsheet("rename", "film.yaml", "a", "opening");
  expect(renamed).toMatchObject({ exitCode: 0, stderr: "", stdout: '1 take of "a" now belongs to "opening".\n' });
  expect(await readdir(join(studio.folder, "output/film/clips"))).toEqual(["b", "c", "opening"]);
  const moved = await treeOf(join(studio.folder, "output/film/clips/opening"));
  const pictures = (tree: typeof moved) => [...tree].filter(([name]) => name.endsWith(".mp4"));
  expect(pictures(moved)).toEqual(pictures(clips));
  const provenance = JSON.parse(await readFile(join(studio.folder, "output/film/clips/opening/take-1.json"), "utf8"));
  expect(provenance).toMatchObject({ shot: "opening", take: 1, request: { prompt: "A net" } });

  const { calls } = studio.vendor.purchases();
  const after = await studio.callsheet("run", "film.yaml");
  expect(after, after.stdout + after.stderr).toMatchObject({ exitCode: 0 });
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
  const again = await treeOf(films);
  expect([...again.keys()]).toEqual([...before.keys()]);
  expect(again.get("film.jpg")).toBe(before.get("film.jpg"));
  expect((await readFile(join(films, "film.mp4"))).includes("opening")).toBe(true);
  expect(await studio.summary("film")).toMatchObject({
    state: "complete",
    shots: [{ id: "opening", file: "clips/opening/take-1.1080p.mp4", credits: 65 }, { id: "b" }, { id: "c" }],
  });
});

test.concurrent("rename refuses what would lose or mix takes, and changes nothing", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const manifest = `name: film\nshots: [{ id: a, prompt: A net }, { id: b, prompt: A boat }]\n${plainFilm("a", "b")}`;
  await studio.write("film.yaml", manifest);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const clips = join(studio.folder, "output/film/clips");
  const before = await treeOf(clips);
  const cases: readonly (readonly [string, string, string])[] = [
    ["a", "b", '"b" has takes of its own'],
    ["a", "d", 'film.yaml still has a shot "a"'],
    ["zebra", "d", 'no takes of "zebra" are in the ledger'],
    ["a", "../../etc", '"../../etc" cannot be a shot\'s id'],
  ];
  for (const [from, to, words] of cases) {
    const ran = await studio.callsheet("rename", "film.yaml", from, to);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(`${words} [cannot-rename]`);
  }
  await studio.write("film.yaml", "name: film\nshots: [{ id: c, prompt: A net }, { id: b, prompt: A boat }]\n");
  const mistyped = await studio.callsheet("rename", "film.yaml", "a", "cc");
  expect(mistyped).toMatchObject({ exitCode: 2, stdout: "" });
  expect(mistyped.stderr).toContain('film.yaml has no shot "cc" [cannot-rename]');
  expect(await treeOf(clips)).toEqual(before);
});

test.concurrent("files that a person put beside the takes go with them", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A net }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await studio.write("output/film/clips/a/notes.txt", "the second wave is best\n");
  await studio.write("output/film/clips/a/stills/one.txt", "kept\n");
  await studio.write("film.yaml", "name: film\nshots: [{ id: b, prompt: A net }]\n");
  expect(await studio.callsheet("rename", "film.yaml", "a", "b")).toMatchObject({ exitCode: 0 });
  const clips = await treeOf(join(studio.folder, "output/film/clips"));
  expect([...clips.keys()]).toEqual(["a/stills/one.txt", "b/notes.txt", "b/take-1.720p.mp4", "b/take-1.json"]);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
});
