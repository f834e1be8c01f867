import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { SalvageDocument } from "../../src/report/salvage.ts";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const CHAIN = `
name: film
shots:
  - { id: a, prompt: A harbour, takes: 2 }
  - { id: b, prompt: A keeper, follows: a }
  - { id: c, prompt: A lamp, extends: b }
${plainFilm("a", "b", "c")}`;

/** Ids as a person copies them: here from what the vendor shows. */
function tasksOf(studio: Studio): readonly string[] {
  return studio.vendor.purchases().tasks.map(({ task }) => task);
}

async function loseLedger(studio: Studio): Promise<void> {
  await rm(join(studio.folder, "output/ledger.db"));
}

test.concurrent("clips that were deleted are fetched again, also of shots the manifest no longer names, and nothing is bought", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  await studio.write("film.yaml", CHAIN);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await rm(join(studio.folder, "output/film/clips"), { recursive: true });
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A harbour }, { id: n, prompt: A new one }]\n");

  const ran = await studio.callsheet("salvage", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("film: 4 clips fetched.");
  expect(ran.stdout).toContain("1 shot not bought: n. callsheet run film.yaml buys what is missing.");
  expect(ran.stdout).toContain("Nothing was bought: 0 credits spent.");
  expect(await readdir(join(studio.folder, "output/film/clips/c"))).toContain("take-1.720p.mp4");
  expect(studio.bought()).toHaveLength(4);
  const again = await studio.callsheet("salvage", "film.yaml");
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stdout).toContain("film: no clip was missing that could be fetched.");
});

test.concurrent("a lost ledger and lost clips: task ids alone bring the whole film back for nothing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  await studio.write("film.yaml", CHAIN);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await rm(join(studio.folder, "output"), { recursive: true });
  await studio.write(
    "log.csv",
    `time,task id,cost\n${tasksOf(studio)
      .map((task) => `now,"${task}",60`)
      .join("\n")}\n`,
  );

  const nothing = await studio.callsheet("salvage", "film.yaml");
  expect(nothing).toMatchObject({ exitCode: 2, stdout: "" });
  expect(nothing.stderr).toContain("callsheet salvage film.yaml --tasks FILE");
  const ran = await studio.callsheet("salvage", "film.yaml", "--tasks", "log.csv");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("film: 4 clips fetched; 4 takes found again.");
  expect(ran.stdout).toContain('Film "film": output/film/films/film.mp4, 24 s');
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(4);
  expect(await studio.summary("film")).toMatchObject({
    state: "complete",
    shots: [{ id: "a", take: 1, credits: 120 }, { id: "b", task: tasksOf(studio)[2] }, { id: "c" }],
    sequences: [{ state: "joined", frames: 3 * 192 }],
    credits: { run: { spent: 0 }, total: { spent: 240 } },
  });
  const plan = await studio.callsheet("plan", "film.yaml", "--json");
  expect(JSON.parse(plan.stdout)).toMatchObject({ steps: [], price: { likely: 0 } });
});

test.concurrent("a lost ledger whose clips are there: run refuses and names salvage, which takes them in by their notes", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A harbour, resolution: 1080p }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await loseLedger(studio);
  const files = studio.vendor.purchases().files.served;
  const refused = await studio.callsheet("run", "film.yaml");
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain("callsheet salvage film.yaml takes them in again without buying");
  const ran = await studio.callsheet("salvage", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("1 take found again by the notes beside the clips");
  expect(studio.vendor.purchases().files.served).toBe(files);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour", "1080p of A harbour"]);
  expect(await studio.summary("film")).toMatchObject({ state: "complete", credits: { total: { spent: 65 } } });
});

test.concurrent("an unconfirmed purchase is settled by its task, another's clip is kept aside, and unknown ids are named", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    speed: 300,
    faults: "faults: [{ endpoint: generate, nth: 2, fault: reset-after }]",
  });
  await studio.write("other.yaml", "name: other\nshots: [{ id: x, prompt: Another film }]\n");
  expect(await studio.callsheet("run", "other.yaml", "--output", "elsewhere")).toMatchObject({ exitCode: 0 });
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A net }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  const [stray = "", lost = ""] = tasksOf(studio);
  const unknown = "0123456789abcdef0123456789abcdef";
  await studio.write("ids.txt", `# from the log page\n${stray}\n${lost}\n${unknown}\n`);

  const ran = await studio.callsheet("salvage", "film.yaml", "--tasks", "ids.txt", "--json");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  const document = JSON.parse(ran.stdout) as SalvageDocument;
  expect(document.tasks).toMatchObject([
    { task: unknown, end: "unknown" },
    { task: lost, end: "settled", shot: "a", take: 1 },
    { task: stray, end: "saved-aside", file: join(studio.folder, `output/film/salvaged/${stray}.mp4`) },
  ]);
  expect(document.batches).toMatchObject([
    { fetched: ["clips/a/take-1.720p.mp4"], summary: { state: "complete", credits: { run: { spent: 0 } } } },
  ]);
  expect(JSON.parse(await studio.read(`output/film/salvaged/${stray}.json`))).toMatchObject({
    task: stray,
    request: { prompt: "Another film" },
  });
  expect(studio.bought()).toEqual(["Another film", "A net"]);
});
