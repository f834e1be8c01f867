import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { mountDisk } from "./small-disk.ts";
import { openStudio, type RunningCommand } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = "name: film\nshots:\n  - { id: a, prompt: A harbour }\n";
const MIB = 1024 ** 2;

/** Resolves when a run has said something, or is over. */
async function untilSaid(running: RunningCommand, words: string): Promise<void> {
  while (!running.stderr().includes(words) && running.child.exitCode === null) await sleep(5);
}

test.concurrent("a disk that is too small, then full, then read-only loses nothing: the last run finishes", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const disk = await mountDisk(join(studio.folder, "output/film"), onTestFinished);
  if (!disk) return;

  await disk.leave(50 * MIB);
  const refused = await studio.callsheet("run", "film.yaml");
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toMatch(/needs about \d+ MiB of disk for .*output\/film, and 50 MiB are free there/);
  expect(refused.stderr).toContain("[disk-space]");
  expect(studio.bought()).toEqual([]);

  await disk.makeRoom();
  const running = studio.start(["run", "film.yaml"]);
  await untilSaid(running, "submitted (");
  await disk.leave(0);
  const full = await running.ended;
  expect(full.exitCode).toBe(1);
  expect(full.stdout).toContain('shot "a" (take 1) is made and paid, but its 720p file could not be written: no room');
  expect(full.stdout).toContain("60 credits ($0.30) spent");
  expect(full.stderr).toContain("summary.json could not be written: ENOSPC");

  await disk.makeRoom();
  await disk.readOnly(true);
  const denied = await studio.callsheet("run", "film.yaml");
  expect(denied.exitCode).toBe(1);
  expect(denied.stdout).toContain("its 720p file could not be written: it may not be written (EROFS");

  await disk.readOnly(false);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour"]);
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", frames: 192 }]);
});

test.concurrent("a disk that runs low in the middle stops the buying, and what is paid is finished", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", `${FILM}  - { id: b, prompt: A hall, follows: a }\n`);
  const disk = await mountDisk(join(studio.folder, "output/film"), onTestFinished);
  if (!disk) return;
  const running = studio.start(["run", "film.yaml"]);
  await untilSaid(running, "submitted (");
  await disk.leave(60 * MIB);
  const ran = await running.ended;
  expect(ran.exitCode).toBe(1);
  expect(ran.stdout).toMatch(/buying stopped as the disk is nearly full: \d+ MiB are free .* need about \d+ MiB/);
  expect(studio.bought()).toEqual(["A harbour"]);
  expect(await studio.summary("film")).toMatchObject({ shots: [{ state: "checked" }, { state: "planned" }] });
});

test.concurrent("a ledger that finds no room ends the run at once and says what was spent", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const disk = await mountDisk(join(studio.folder, "output"), onTestFinished);
  if (!disk) return;
  const running = studio.start(["run", "film.yaml"]);
  await untilSaid(running, "submitted (");
  await disk.leave(0);
  const ran = await running.ended;
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain("[ledger-full]");
  expect(ran.stderr).toContain("60 credits ($0.30) spent by this run");
  await disk.makeRoom();
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour"]);
});

test.concurrent("a log that cannot be written changes nothing else", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const disk = await mountDisk(join(studio.folder, "output/log"), onTestFinished);
  if (!disk) return;
  await disk.readOnly(true);
  expect(await studio.callsheet("run", "film.yaml", "--quiet")).toMatchObject({ exitCode: 0, stderr: "" });
});
