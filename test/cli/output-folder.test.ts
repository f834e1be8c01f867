import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio } from "./studio.ts";
import { sha256Of, treeOf } from "./tree.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = `name: film\nshots: [{ id: a, prompt: A net }]\n${plainFilm("a")}`;

test.concurrent("without a ledger above the manifest the output goes to output/ where the command was typed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("films/2026/film.yaml", FILM);
  const planned = await studio.callsheet("plan", "films/2026/film.yaml");
  expect(planned.stdout).toContain("A new ledger begins: output/ledger.db.");
  expect(await studio.callsheet("run", "films/2026/film.yaml")).toMatchObject({ exitCode: 0 });
  expect(await studio.summary("film")).toMatchObject({ state: "complete" });
  const after = await studio.callsheet("plan", "films/2026/film.yaml");
  expect(after.stdout).not.toContain("A new ledger");
});

test.concurrent("the nearest output/ledger.db at or above the manifest wins over where the command was typed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("films/2026/film.yaml", FILM);
  await studio.write("films/other.yaml", FILM.replace("film", "other"));
  expect(await studio.callsheet("run", "films/other.yaml", "--output", "films/output")).toMatchObject({ exitCode: 0 });
  expect(await studio.callsheet("run", "films/2026/film.yaml")).toMatchObject({ exitCode: 0 });
  expect(await exists(studio, "films/output/film/films/film.mp4")).toBe(true);
  expect(await exists(studio, "output")).toBe(false);
  // Nearer still, and named by hand.
  expect(await studio.callsheet("run", "films/2026/film.yaml", "--output", "films/2026/output")).toMatchObject({
    exitCode: 0,
  });
  const planned = await studio.callsheet("plan", "films/2026/film.yaml", "films/other.yaml", "--json");
  const { batches } = JSON.parse(planned.stdout);
  expect(batches.map(({ steps }: { steps: unknown[] }) => steps.length)).toEqual([0, 0]);
  expect(studio.bought()).toEqual(["A net", "A net", "A net"]);
});

test.concurrent("callsheet.yaml names the folder for all manifests below it, relative to itself", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("films/callsheet.yaml", "output: made\n");
  await studio.write("films/2026/film.yaml", FILM);
  const { stdout } = await studio.callsheet("plan", "films/2026/film.yaml");
  expect(stdout).toContain("A new ledger begins: films/made/ledger.db.");
});

test.concurrent("play money stays below output/simulated: neither the ledger nor the account hears of it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const real = async () => {
    const [output, state] = [await treeOf(join(studio.folder, "output")), await treeOf(join(studio.folder, "state"))];
    return [...output, ...state].filter(([name]) => !name.startsWith("simulated/"));
  };
  const before = await real();
  const { calls } = studio.vendor.purchases();

  const planned = await studio.callsheet("plan", "film.yaml", "--simulate");
  expect(planned.stdout).toContain("A new ledger begins: output/simulated/ledger.db.");
  const ran = await studio.start(["run", "film.yaml", "--simulate"], { KIE_API_KEY: undefined }).ended;
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("output/simulated/film/films/film.mp4, 8 s");
  const status = await studio.callsheet("status", "film.yaml", "--simulate");
  expect(status.stdout).toContain("film: 1 of 1 shot made, 60 credits ($0.30) spent");

  expect(await real()).toEqual(before);
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
});

test.concurrent("two simulated runs do not share one vendor: the second ends with 75 and says what to do", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.write("other.yaml", FILM.replace("film", "other"));
  const first = studio.start(["run", "film.yaml", "--simulate", "--speed", "10"]);
  await until(() => first.stderr().includes("submitted"));
  const second = await studio.callsheet("run", "other.yaml", "--simulate");
  expect(second).toMatchObject({ exitCode: 75, stdout: "" });
  expect(second.stderr).toMatch(
    new RegExp(
      `the simulated vendor of \\S+/output/simulated is in use by process ${first.child.pid} on .*\\[simulator-busy\\]`,
    ),
  );
  const elsewhere = studio.start(["run", "other.yaml", "--simulate", "--output", "elsewhere"]);
  await until(() => elsewhere.stderr().includes("submitted"));
  // A run that is killed leaves nothing behind, and manifests of one command share their vendor.
  first.child.kill("SIGKILL");
  await first.ended;
  const both = studio.start(["run", "film.yaml", "other.yaml", "--simulate"]);
  await until(() => both.stderr().includes("other: a take 1 submitted"));
});

test.concurrent("a simulated vendor whose journal is broken says that only play money is in it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.write("output/simulated/simulator/journal.jsonl", "no journal\n");
  const ran = await studio.callsheet("run", "film.yaml", "--simulate");
  expect(ran).toMatchObject({ exitCode: 6, stdout: "" });
  expect(ran.stderr).toContain("journal.jsonl:1: no line of a simulator's journal [simulator-journal]");
  expect(ran.stderr).toContain("Only play money is in it: remove ");
});

test.concurrent("a batch may not be called like a folder of ours", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  for (const name of ["log", "simulated", "simulator"]) {
    await studio.write(`${name}.yaml`, "shots: [{ id: a, prompt: A net }]\n");
    expect(await studio.callsheet("plan", `${name}.yaml`)).toMatchObject({ exitCode: 2, stdout: "" });
  }
});

test.concurrent("a file where the folder should be is named, by every command: exit 2", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.write("output", "a file\n");
  const commands = [["plan"], ["run"], ["run", "--simulate"], ["status"], ["join"]];
  for (const [command = "", ...flags] of commands) {
    const ran = await studio.callsheet(command, "film.yaml", ...flags);
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(
      "output is a file; films and the ledger go into a folder of that name [output-folder]",
    );
  }
  const below = await studio.callsheet("plan", "film.yaml", "--output", "film.yaml/deep/er");
  expect(below).toMatchObject({ exitCode: 2, stdout: "" });
  expect(below.stderr).toContain("film.yaml is a file;");
  expect(await studio.read("output")).toBe("a file\n");
});

test.concurrent("an account folder that cannot be made is named once, with its way out", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const ran = await studio.start(["run", "film.yaml"], { XDG_STATE_HOME: join(studio.folder, "film.yaml") }).ended;
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toMatch(/^\S+\/callsheet\/[0-9a-f]{32}\.db cannot be made: .*\[ledger-denied\]$/m);
  expect(ran.stderr).toContain("XDG_STATE_HOME");
  expect(studio.bought()).toEqual([]);
});

test.concurrent.for<readonly [string, (path: string) => Promise<void>]>([
  ["cut short", async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 5000))],
  ["overwritten in the middle", async (path: string) => writeFile(path, (await readFile(path)).fill(0x41, 4096, 8192))],
  ["no ledger at all", (path: string) => writeFile(path, "once there was a ledger here\n".repeat(50))],
  ["of a newer version", async (path: string) => writeFile(path, withVersion(await readFile(path), 99))],
])(
  "a ledger that is %s is left as it is, and every command ends with 6 and the way out",
  async ([what, damage], { onTestFinished }) => {
    const studio = await openStudio(onTestFinished);
    await studio.write("film.yaml", FILM);
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
    const ledger = join(studio.folder, "output/ledger.db");
    await damage(ledger);
    const before = await sha256Of(ledger);
    const { calls } = studio.vendor.purchases();
    for (const command of ["run", "plan", "status", "join"]) {
      const ran = await studio.callsheet(command, "film.yaml");
      expect(ran, ran.stderr).toMatchObject({ exitCode: 6, stdout: "" });
      expect(ran.stderr).toContain(ledger);
      expect(ran.stderr).toContain("[ledger-damaged]");
      expect(ran.stderr).toContain(what === "of a newer version" ? "Update callsheet" : "Put back a copy");
      expect(ran.stderr).not.toContain("0 credits spent");
      expect(await sha256Of(ledger)).toBe(before);
    }
    expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
  },
);

test.concurrent("a folder called ledger.db is no ledger", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await mkdir(join(studio.folder, "output/ledger.db"), { recursive: true });
  const ran = await studio.callsheet("plan", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 6, stdout: "" });
  expect(ran.stderr).toContain("is a folder, not a file");
});

/** @see SQLite file format, database header: the user version stands at offset 60, big-endian */
function withVersion(bytes: Buffer, version: number): Buffer {
  bytes.writeUInt32BE(version, 60);
  return bytes;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}

function exists({ folder }: Studio, path: string): Promise<boolean> {
  return stat(join(folder, path)).then(
    () => true,
    () => false,
  );
}
