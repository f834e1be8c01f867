import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const film = (more: { b?: string; last?: string } = {}) => `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: ${more.b ?? "A keeper"} }
  - { id: c, prompt: A storm }
sequences:
  - { id: both, shots: [a, b], loudness: off }
  - { id: last, shots: ${more.last ?? "[c]"}, loudness: off }
`;

/** Runs a manifest to its end and forgets what was bought for it. */
async function made(studio: Studio, manifest: string) {
  await studio.write("film.yaml", manifest);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const before = studio.bought().length;
  return { boughtSince: () => studio.bought().slice(before) };
}

async function filmHashes(studio: Studio): Promise<Record<string, string>> {
  const log = await studio.callsheet("join", "film.yaml", "--json");
  const { films } = JSON.parse(log.stdout) as { films: { sequence: string; filmHash: string }[] };
  return Object.fromEntries(films.map(({ sequence, filmHash }) => [sequence, filmHash]));
}

test.concurrent("a changed prompt buys that one take and joins only the films that show it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  await studio.write("film.yaml", film({ b: "Another keeper" }));

  const second = await studio.callsheet("run", "film.yaml", "--json");
  expect(second).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual(["Another keeper"]);
  expect(second.stderr).toMatch(/film "both"/i);
  expect(second.stderr).not.toMatch(/film "last": join/i);
  const { shots, credits } = await studio.summary("film");
  expect(credits.run).toMatchObject({ planned: 60, spent: 60 });
  expect(shots.map(({ take, file }) => [take, file])).toEqual([
    [1, "clips/a/take-1.720p.mp4"],
    [2, "clips/b/take-2.720p.mp4"],
    [1, "clips/c/take-1.720p.mp4"],
  ]);
});

test.concurrent("a prompt that is changed back finds its first take again and buys nothing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await made(studio, film());
  await studio.write("film.yaml", film({ b: "Another keeper" }));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const before = studio.bought().length;
  await studio.write("film.yaml", film());
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(before);
  expect((await studio.summary("film")).shots[1]).toMatchObject({ take: 1, file: "clips/b/take-1.720p.mp4" });
});

test.concurrent("another cut buys nothing and joins only that film again, to the frame", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  const before = await filmHashes(studio);
  const { calls } = studio.vendor.purchases();
  await studio.write("film.yaml", film({ last: "[{ shot: c, in: 0.5, out: 3 }, a]" }));

  const second = await studio.callsheet("run", "film.yaml");
  expect(second).toMatchObject({ exitCode: 0 });
  expect(second.stdout).toContain('Film "last": output/film/films/last.mp4, 10.5 s, 252 frames');
  expect(boughtSince()).toEqual([]);
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
  const after = await filmHashes(studio);
  expect(after["both"]).toBe(before["both"]);
  expect(after["last"]).not.toBe(before["last"]);
});

test.concurrent("a clip file that was deleted is fetched again and a deleted film joined again, both for nothing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  const batch = join(studio.folder, "output/film");
  await rm(join(batch, "clips/a/take-1.720p.mp4"));
  await rm(join(batch, "films/last.mp4"));

  const second = await studio.callsheet("run", "film.yaml");
  expect(second).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual([]);
  const { state, credits, sequences } = await studio.summary("film");
  expect({ state, run: credits.run }).toEqual({
    state: "complete",
    run: { planned: 0, spent: 0, balanceChange: null },
  });
  expect(sequences.map(({ frames }) => frames)).toEqual([384, 192]);
  expect(await studio.callsheet("plan", "film.yaml", "--detailed-exitcode")).toMatchObject({ exitCode: 0 });
});

test.concurrent("all caches of a batch may be deleted: nothing is bought or fetched for it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  const { calls } = studio.vendor.purchases();
  await rm(join(studio.folder, "output/film/work"), { recursive: true, force: true });
  await rm(join(studio.folder, "output/film/films"), { recursive: true, force: true });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual([]);
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
});

test.concurrent("a larger picture that is wished for later buys the upgrade alone", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  await studio.write("film.yaml", film().replace("A storm }", "A storm, resolution: 1080p }"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual(["1080p of A storm"]);
  const { shots, credits } = await studio.summary("film");
  expect(shots[2]).toMatchObject({ resolution: "1080p", file: "clips/c/take-1.1080p.mp4", problem: null });
  expect(credits.run).toMatchObject({ planned: 5, spent: 5 });
});

test.concurrent("--force buys one more take, and the plan of the next plain run is empty", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { boughtSince } = await made(studio, film());
  expect(await studio.callsheet("run", "film.yaml", "--force", "b")).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual(["A keeper"]);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(boughtSince()).toEqual(["A keeper"]);
  // The film goes on showing the take it showed; the new one is for the author to pick.
  expect((await studio.summary("film")).shots[1]).toMatchObject({ take: 1, credits: 120 });
  await studio.write("film.yaml", film().replace("A keeper }", "A keeper, pick: 2 }"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect((await studio.summary("film")).shots[1]).toMatchObject({ take: 2 });
});

test.concurrent("--retry-failed buys again what ended badly, also where an older wording was made", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await made(studio, film());
  const change = "Another keeper [[fail:internal-once]]";
  await studio.write("film.yaml", film({ b: `"${change}"` }));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  const before = studio.bought().length;
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(before);
  expect(await studio.callsheet("run", "film.yaml", "--retry-failed")).toMatchObject({ exitCode: 0 });
  expect(studio.bought().slice(before)).toEqual([change]);
});

test.concurrent("--only makes the chosen shots with their parents and is judged by them alone", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: door, prompt: A door }
  - { id: hall, prompt: A hall, follows: door }
  - { id: storm, prompt: A storm }
${plainFilm("door", "hall", "storm")}`,
  );
  expect(await studio.callsheet("run", "film.yaml", "--only", "ha*")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A door", "A hall"]);
  const { state, sequences } = await studio.summary("film");
  expect(state).toBe("partial");
  expect(sequences).toMatchObject([{ state: "held" }]);
  expect(await studio.callsheet("run", "film.yaml", "--only", "nowhere")).toMatchObject({ exitCode: 2 });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A door", "A hall", "A storm"]);
});

test.concurrent("a parent that is remade makes its followers due, and nothing else", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const chain = (door: string) => `
name: film
shots:
  - { id: door, prompt: ${door} }
  - { id: hall, prompt: A hall, follows: door }
  - { id: storm, prompt: A storm }
${plainFilm("door", "hall", "storm")}`;
  const { boughtSince } = await made(studio, chain("A door"));
  await studio.write("film.yaml", chain("A red door"));
  const second = await studio.callsheet("run", "film.yaml");
  expect(second).toMatchObject({ exitCode: 0 });
  expect(second.stderr).toContain("parent changed");
  expect(boughtSince()).toEqual(["A red door", "A hall"]);
});

test.concurrent("several manifests run side by side in one command, each to its own folder", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const one = (name: string, prompt: string) =>
    `name: ${name}\nshots:\n  - { id: a, prompt: "${prompt}" }\n${plainFilm("a")}`;
  await studio.write("one.yaml", one("one", "A harbour"));
  await studio.write("two.yaml", one("two", "A keeper [[fail:policy]]"));
  const ran = await studio.callsheet("run", "one.yaml", "two.yaml", "--json");
  expect(ran.exitCode).toBe(1);
  const { batches } = JSON.parse(ran.stdout);
  expect(batches).toEqual([await studio.summary("one"), await studio.summary("two")]);
  expect(batches).toMatchObject([{ state: "complete" }, { state: "partial" }]);
});
