import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BatchName } from "../../src/shot/id.ts";
import { isProcessAlive, processIdentity } from "../../src/world/process-identity.ts";
import { KEEPER, openBench, WIDE } from "./workbench.ts";

let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callsheet-worker-"));
  script = join(folder, "worker.mjs");
  const libsql = pathToFileURL(createRequire(import.meta.url).resolve("libsql")).href;
  await build({
    entryPoints: [fileURLToPath(new URL("fixture/worker.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    logLevel: "error",
    plugins: [
      {
        name: "libsql-from-here",
        setup: (plugins) => plugins.onResolve({ filter: /^libsql$/ }, () => ({ path: libsql, external: true })),
      },
    ],
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly hold?: string;
  readonly at?: number;
  readonly number?: number;
  readonly event?: string;
  readonly failed?: { readonly name: string; readonly reason?: string; readonly message: string };
}

interface Worker {
  readonly child: ChildProcess;
  readonly said: Said[];
  /** resolves when the worker has said so many lines, or has ended */
  lines(count: number): Promise<void>;
  /** resolves when the process is gone and all it said has been read */
  readonly ended: Promise<void>;
}

interface Work {
  readonly role: "hold" | "start" | "write";
  readonly path: string;
  readonly accountPath: string;
  readonly batch?: string;
  readonly speed?: number;
  readonly count?: number;
  /** a shell that runs before, and in whose place, Node is started */
  readonly shell?: string;
}

function start(work: Work, onTestFinished: (undo: () => void) => void): Worker {
  const { role, path, accountPath, batch = KEEPER, speed = 1, count = 0, shell } = work;
  const argv = [script, role, path, accountPath, batch, `${speed}`, `${count}`];
  const child = shell
    ? spawn("bash", ["-c", `${shell}; exec "$@"`, "bash", process.execPath, ...argv], {
        stdio: ["ignore", "pipe", "inherit"],
      })
    : spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const said: Said[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = once(child, "close").then(() => undefined);
  const news: (() => void)[] = [];
  reader.on("line", (line) => {
    // A killed process may leave half a line, which it then did not say.
    if (line.endsWith("}")) said.push(JSON.parse(line) as Said);
    for (const tell of news) tell();
  });
  const lines = (wanted: number) =>
    Promise.race([
      ended,
      new Promise<void>((resolve) => {
        const look = () => said.length >= wanted && resolve();
        news.push(look);
        look();
      }),
    ]);
  return { child, said, lines, ended };
}

test("three processes over two ledgers of one account never start more than 18 in a window", async ({
  onTestFinished,
}) => {
  const { folder: temp, options } = await openBench(onTestFinished);
  const speed = 10;
  const elsewhere = join(temp, "elsewhere", "ledger.db");
  const workers = [
    { path: options.path, batch: "keeper" },
    { path: options.path, batch: "storm" },
    { path: elsewhere, batch: "keeper" },
  ].map((where) =>
    start({ role: "start", accountPath: options.accountPath, speed, count: 20, ...where }, onTestFinished),
  );
  await Promise.all(workers.map(({ ended }) => ended));

  const starts = workers.flatMap(({ said }) => said.flatMap(({ at }) => at ?? [])).sort((a, b) => a - b);
  expect(starts).toHaveLength(60);
  const windows = starts.slice(18).map((at, index) => at - (starts[index] ?? 0));
  expect(Math.min(...windows)).toBeGreaterThanOrEqual(WIDE.windowMs / speed);
  // And the limit is used: the nineteenth does not wait much longer than it must.
  expect(Math.min(...windows)).toBeLessThan((WIDE.windowMs / speed) * 1.5);
});

test("two processes cannot hold one batch, and a killed holder is replaced at once", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const { path, accountPath } = bench.options;
  const holder = start({ role: "hold", path, accountPath }, onTestFinished);
  await holder.lines(1);
  const ledger = await bench.open();
  expect(await ledger.hold(KEEPER)).toMatchObject({ outcome: "busy", pid: holder.child.pid });
  holder.child.kill("SIGKILL");
  await once(holder.child, "exit");
  expect(await ledger.hold(KEEPER)).toMatchObject({ outcome: "held" });
});

test("of four processes that want a batch in one instant, one gets it", async ({ onTestFinished }) => {
  const { options } = await openBench(onTestFinished);
  const { path, accountPath } = options;
  const workers = [1, 2, 3, 4].map(() => start({ role: "hold", path, accountPath }, onTestFinished));
  await Promise.all(workers.map((worker) => worker.lines(1)));
  const outcomes = workers.map(({ said }) => said[0]?.hold).sort();
  expect(outcomes).toEqual(["busy", "busy", "busy", "held"]);
});

test("writers killed at any instant lose nothing they had acknowledged, in neither file", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const { path, accountPath } = bench.options;
  const batches = ["keeper", "storm"] as readonly string[] as readonly BatchName[];
  const acknowledged = new Map<BatchName, string[]>(batches.map((batch) => [batch, []]));
  for (let round = 0; round < 10; round += 1) {
    const writers = batches.map((batch) => ({
      batch,
      worker: start({ role: "write", path, accountPath, batch, count: round * 100_000 }, onTestFinished),
    }));
    await Promise.all(
      writers.map(async ({ batch, worker }) => {
        await worker.lines(4 + round);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        worker.child.kill("SIGKILL");
        await worker.ended;
        expect(worker.said[0]).toEqual({ hold: "held" });
        expect(worker.said.length).toBeGreaterThan(3);
        acknowledged.get(batch)?.push(...worker.said.slice(1).map(({ number, event }) => `shot-${number} ${event}`));
      }),
    );
  }

  const ledger = await bench.open();
  let intents = 0;
  for (const batch of batches) {
    const events = (await ledger.load(batch)).map(({ event }) => event);
    const found = events.map((event) => `${"shot" in event ? event.shot : ""} ${event.event}`);
    expect(found).toEqual(expect.arrayContaining(acknowledged.get(batch) ?? []));
    // Each kill may leave one more than was said, and no more than that.
    expect(found.length - (acknowledged.get(batch)?.length ?? 0)).toBeLessThanOrEqual(10);
    intents += events.filter(({ event }) => event === "submitting").length;
  }
  const counted = (await ledger.spending()).reduce((sum, { purchases }) => sum + purchases, 0);
  expect(counted).toBe(intents);
});

test("a disk that takes no more is an error in words, and what was acknowledged stays", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const { path, accountPath } = bench.options;
  // No file may grow beyond 64 KiB; the signal that comes with the refusal is ignored.
  const shell = "trap '' XFSZ; ulimit -f 64";
  const writer = start({ role: "write", path, accountPath, shell }, onTestFinished);
  await writer.ended;
  const { failed } = writer.said.at(-1) ?? {};
  expect(failed).toMatchObject({ name: "LedgerWriteError", reason: "io" });
  expect(failed?.message).toContain(path);
  const ledger = await bench.open();
  expect(await ledger.load(KEEPER)).toHaveLength(writer.said.length - 2);
});

test("a process is told from another that was given its pid later", () => {
  const me = processIdentity();
  expect(isProcessAlive(me)).toBe(true);
  if (me.processStartTime !== "") expect(isProcessAlive({ ...me, processStartTime: "1" })).toBe(false);
  expect(isProcessAlive({ ...me, pid: 2 ** 22 + 1 })).toBe(false);
});
