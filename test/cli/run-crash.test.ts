import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Summary } from "../../src/report/summary.ts";
import { factsOf, faultsOf } from "./film-facts.ts";
import { openStudio, type RunningCommand, type Studio } from "./studio.ts";

// Kills at moments that only time can name; those that can be counted are test/soak/crash.test.ts.
// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

/** Ends a run as a power cut would, and waits until the system has taken it away. */
async function kill({ child, ended }: RunningCommand): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

/** The same command until it has nothing left to do, killed after each of the given times. */
async function runWithKills(studio: Studio, killsAfterMs: readonly number[], ...flags: readonly string[]) {
  for (const afterMs of killsAfterMs) {
    const running = studio.start(["run", "film.yaml", ...flags]);
    await Promise.race([sleep(afterMs), running.ended]);
    await kill(running);
  }
  return studio.callsheet("run", "film.yaml", ...flags);
}

test.concurrent("with --simulate the vendor dies with the run and comes back with all its tasks", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    "name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper }\n",
  );
  const ran = await runWithKills(studio, [900, 1_700, 2_600], "--simulate");
  expect([0, 4]).toContain(ran.exitCode);
  const batch = join(studio.folder, "output/simulated/film");
  const summary = JSON.parse(await readFile(join(batch, "summary.json"), "utf8")) as Summary;
  const journal = await readFile(join(studio.folder, "output/simulated/simulator/journal.jsonl"), "utf8");
  const bought = [...journal.matchAll(/"fact":"bought"/g)].length;
  expect(bought).toBeLessThanOrEqual(2);
  if (ran.exitCode === 0) {
    expect(bought).toBe(2);
    expect(summary.sequences).toMatchObject([{ state: "joined", frames: 2 * 192 }]);
    expect(await factsOf(studio, join(batch, "films/film.mp4"))).toMatchObject({ frames: 2 * 192 });
  }
});

test.concurrent("a run that is killed while it downloads goes on from what has come", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, {
    faults: "{ switches: { fast: [10, 20] }, faults: [{ endpoint: file, nth: [1, 2, 3], fault: slow-file }] }",
  });
  await studio.write(
    "film.yaml",
    "name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper }\n",
  );
  for (const downloads of [1, 2]) {
    const running = studio.start(["run", "film.yaml"]);
    const files = () => studio.vendor.purchases().calls.filter(({ target }) => target === "file").length;
    while (files() < downloads) await sleep(5);
    await sleep(100);
    await kill(running);
  }
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
  expect((await studio.summary("film")).sequences).toMatchObject([{ frames: 384 }]);
  expect(await factsOf(studio, join(studio.folder, "output/film/clips/a/take-1.720p.mp4"))).toMatchObject({
    frames: 192,
  });
});

test.concurrent("a run that is killed while it makes clips alike and joins them leaves no half film", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: "switches: { fast: [10, 20] }" });
  const film = (cut: string) =>
    `name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper }\nsequences: [{ id: film, shots: ${cut} }]\n`;
  await studio.write("film.yaml", film("[a, b]"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const path = join(studio.folder, "output/film/films/film.mp4");
  await studio.write("film.yaml", film("[{ shot: a, in: 0.5, out: 7 }, { shot: b, out: 3 }]"));
  for (const afterMs of [400, 600, 800, 1_000, 1_300]) {
    const running = studio.start(["run", "film.yaml"]);
    await Promise.race([sleep(afterMs), running.ended]);
    await kill(running);
    // The film that is there is a whole one: the old cut or the new.
    expect([384, 228]).toContain((await factsOf(studio, path)).frames);
  }
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const joined = await factsOf(studio, path);
  expect(joined.frames).toBe(228);
  expect(Math.abs(joined.pictureSeconds - joined.soundSeconds)).toBeLessThan(0.025);
  expect(studio.bought()).toHaveLength(2);
});

test.concurrent("the ffmpeg of a run that was killed may go on writing: the next run's film is its own", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: "switches: { fast: [10, 20] }" });
  const clips = Array.from({ length: 8 }, () => "a").join(", ");
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: a, prompt: A harbour }\nsequences: [{ id: film, shots: [${clips}] }]\n`,
  );
  const running = studio.start(["run", "film.yaml"]);
  const isWriting = () =>
    stat(join(studio.folder, "output/film/films/film.mp4.part")).then(
      ({ size }) => size > 0,
      () => false,
    );
  while (!(await isWriting())) await sleep(5);
  await kill(running);
  const next = await studio.callsheet("run", "film.yaml");
  expect(next.exitCode, next.stdout + next.stderr).toBe(0);
  const path = join(studio.folder, "output/film/films/film.mp4");
  expect(await factsOf(studio, path)).toMatchObject({ frames: 8 * 192 });
  // Every packet can be decoded: nobody else wrote into it.
  expect(await faultsOf(studio, path)).toBe("");
});
