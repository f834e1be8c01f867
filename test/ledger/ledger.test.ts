import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { HoldLostError } from "../../src/ledger/ledger.ts";
import type { BatchName, Sha256 } from "../../src/shot/id.ts";
import { handClock, intent, KEEPER, NOON, openBench, submitted, WIDE } from "./workbench.ts";

const STORM = "storm" as BatchName;

test("events come back in order, batch by batch, from the file and not from memory", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  const recorded = await ledger.append(KEEPER, [submitted(1), submitted(2)]);
  await ledger.append(STORM, [submitted(3)]);
  bench.clock.advance(5);
  const [last] = await ledger.append(KEEPER, [submitted(4)]);

  expect(recorded.map(({ seq, at }) => [seq, at])).toEqual([
    [1, NOON],
    [2, NOON],
  ]);
  const again = await bench.open();
  expect(await again.load(KEEPER)).toEqual([...recorded, last]);
  expect((await again.load(STORM)).map(({ event }) => event)).toEqual([submitted(3)]);
  expect(await again.load("nobody" as BatchName)).toEqual([]);
});

test("appends of one turn share one commit, in the order they were asked for", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  const changesBefore = changeCounter(bench.options.path);
  const all = await Promise.all([1, 2, 3, 4, 5].map((number) => ledger.append(KEEPER, [submitted(number)])));
  expect(all.flat().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(changeCounter(bench.options.path) - changesBefore).toBe(1);
});

test("one call that fails does not take down those that share its commit", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  await ledger.reserve(KEEPER, intent(1), WIDE);
  const [same, other] = await Promise.allSettled([
    ledger.reserve(KEEPER, intent(1), WIDE), // a token is used once
    ledger.append(KEEPER, [submitted(1)]),
  ]);
  expect(same.status).toBe("rejected");
  expect(other.status).toBe("fulfilled");
  expect((await ledger.load(KEEPER)).map(({ event }) => event.event)).toEqual(["submitting", "submitted"]);
});

test("files are private and the folders above them are made", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  await ledger.reserve(KEEPER, intent(1), WIDE);
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(mode(bench.options.path)).toBe("600");
  expect(mode(`${bench.options.path}-journal`)).toBe("600");
  expect(mode(bench.options.accountPath)).toBe("600");
  expect(mode(dirname(bench.options.accountPath))).toBe("700");
  expect(readdirSync(dirname(bench.options.path)).sort()).toEqual(["ledger.db", "ledger.db-journal"]);
});

test("for reading, what is not there counts as empty, and nothing is made or written", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open({ create: false });
  expect(await ledger.load(KEEPER)).toEqual([]);
  expect(await ledger.account()).toMatchObject({ spentToday: 0, running: 0, pausedUntil: undefined });
  await expect(ledger.append(KEEPER, [submitted(1)])).rejects.toThrow(/reading only/);
  expect(readdirSync(bench.folder)).toEqual([]);
});

test("a reader sees what a running process has written so far", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const writer = await bench.open();
  await writer.hold(KEEPER);
  await writer.reserve(KEEPER, intent(1), WIDE);
  const reader = await bench.open({ create: false });
  expect(await reader.load(KEEPER)).toHaveLength(1);
  expect(await reader.account()).toMatchObject({ spentToday: 60, running: 1 });
});

test("the nineteenth start waits exactly until the first has left the window", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  for (let number = 0; number < 18; number += 1) {
    expect(await ledger.reserve(KEEPER, intent(number), WIDE)).toMatchObject({ outcome: "granted" });
    bench.clock.advance(100);
  }
  const wait = { outcome: "wait", because: "window", waitMs: 10_500 - 1_800 };
  expect(await ledger.reserve(KEEPER, intent(18), WIDE)).toEqual(wait);
  expect(await ledger.load(KEEPER)).toHaveLength(18);

  bench.clock.advance(wait.waitMs - 1);
  expect(await ledger.reserve(KEEPER, intent(18), WIDE)).toMatchObject({ because: "window", waitMs: 1 });
  bench.clock.advance(1);
  expect(await ledger.reserve(KEEPER, intent(18), WIDE)).toMatchObject({ outcome: "granted" });
  expect(await ledger.reserve(KEEPER, intent(19), WIDE)).toMatchObject({ because: "window", waitMs: 100 });
});

test("waits are nominal: at speed 10 the window is a tenth as long here", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished, handClock(NOON, 10));
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const terms = { ...WIDE, starts: 1 };
  await ledger.reserve(KEEPER, intent(1), terms);
  bench.clock.advance(50);
  expect(await ledger.reserve(KEEPER, intent(2), terms)).toMatchObject({ waitMs: 10_000 });
  bench.clock.advance(1_000);
  expect(await ledger.reserve(KEEPER, intent(2), terms)).toMatchObject({ outcome: "granted" });
});

test("a clock set back neither opens the window early nor shuts it for good", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const terms = { ...WIDE, starts: 2 };
  await ledger.reserve(KEEPER, intent(1), terms);
  await ledger.reserve(KEEPER, intent(2), terms);
  await ledger.pause("rate", undefined);

  bench.clock.set(NOON - 3_600_000);
  const paused = await ledger.reserve(KEEPER, intent(3), terms);
  expect(paused).toMatchObject({ outcome: "wait", because: "pause" });
  const pauseMs = paused.outcome === "wait" ? paused.waitMs : 0;
  expect(pauseMs).toBeGreaterThanOrEqual(10_500);
  expect(pauseMs).toBeLessThanOrEqual(12_501);
  bench.clock.advance(pauseMs);
  expect(await ledger.reserve(KEEPER, intent(3), terms)).toMatchObject({ because: "window", waitMs: 10_500 });
  bench.clock.advance(10_499);
  expect(await ledger.reserve(KEEPER, intent(3), terms)).toMatchObject({ because: "window", waitMs: 1 });
  bench.clock.advance(1);
  expect(await ledger.reserve(KEEPER, intent(3), terms)).toMatchObject({ outcome: "granted" });
});

test("a place among the running is taken by the intent and given back when its task ends", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const terms = { ...WIDE, running: 3 };
  for (const number of [1, 2, 3]) await ledger.reserve(KEEPER, intent(number), terms);
  await ledger.settle(token(1), "running");
  expect(await ledger.reserve(KEEPER, intent(4), terms)).toMatchObject({ outcome: "wait", because: "running" });

  for (const [freed, outcome] of [
    [1, "made"],
    [2, "unbought"],
    [3, "unconfirmed"],
  ] as const) {
    await ledger.settle(token(freed), outcome);
    expect(await ledger.reserve(KEEPER, intent(10 + freed), terms)).toMatchObject({ outcome: "granted" });
    expect(await ledger.account()).toMatchObject({ running: 3 });
  }
});

test("a task outlives its process: its place is kept for half an hour and no longer", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished, handClock(NOON, 10));
  const dying = await bench.open();
  await dying.hold(KEEPER);
  await dying.reserve(KEEPER, intent(1), WIDE);
  await dying.close();

  const isAlive = () => false;
  const after = await bench.open({ isAlive });
  bench.clock.advance(179_999);
  expect(await after.account()).toMatchObject({ running: 1 });
  bench.clock.advance(1);
  expect(await after.account()).toMatchObject({ running: 0 });
  expect(await (await bench.open()).account()).toMatchObject({ running: 1 }); // its process lives: it will settle
});

test("the run's cap stops before it is passed and counts all that is not known to be unbought", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const terms = { ...WIDE, runCap: 180 };
  for (const number of [1, 2, 3]) await ledger.reserve(KEEPER, intent(number), terms);
  const over = { outcome: "over", cap: "run", capCredits: 180, spentCredits: 180 };
  expect(await ledger.reserve(KEEPER, intent(4), terms)).toEqual(over);
  await ledger.settle(token(1), "unconfirmed");
  expect(await ledger.reserve(KEEPER, intent(4), terms)).toEqual(over);
  await ledger.settle(token(2), "unbought");
  expect(await ledger.reserve(KEEPER, intent(4), terms)).toMatchObject({ outcome: "granted" });
  expect(await ledger.reserve(KEEPER, intent(5), { ...terms, run: "run-2" })).toMatchObject({ outcome: "granted" });
});

test("fractions of credits reach a cap exactly, and do not pass it", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const tenth = (number: number) => ({ ...intent(number), credits: 0.1 });
  const terms = { ...WIDE, runCap: 0.3 };
  for (const number of [1, 2, 3]) {
    expect(await ledger.reserve(KEEPER, tenth(number), terms)).toMatchObject({ outcome: "granted" });
  }
  expect(await ledger.reserve(KEEPER, tenth(4), terms)).toMatchObject({ outcome: "over" });
});

test("the day's cap holds over two output folders of one account and begins anew at midnight", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished, handClock(new Date(2026, 10, 21, 23, 59, 50).getTime()));
  const here = await bench.open();
  const there = await bench.open({ path: join(bench.folder, "elsewhere", "ledger.db") });
  await here.hold(KEEPER);
  await there.hold(STORM);
  const terms = { ...WIDE, dayCap: 100 };
  await here.reserve(KEEPER, intent(1), terms);
  expect(await there.reserve(STORM, intent(2), { ...terms, run: "run-2" })).toEqual({
    outcome: "over",
    cap: "day",
    capCredits: 100,
    spentCredits: 60,
  });
  expect(await there.load(STORM)).toEqual([]);
  bench.clock.advance(10_000);
  expect(await there.reserve(STORM, intent(2), { ...terms, run: "run-2" })).toMatchObject({ outcome: "granted" });
  await there.settle(token(2), "unconfirmed");
  expect(await here.spending()).toEqual([
    { day: "2026-11-21", credits: 60, unconfirmedCredits: 0, purchases: 1 },
    { day: "2026-11-22", credits: 60, unconfirmedCredits: 60, purchases: 1 },
  ]);
});

test("a refusal pauses every process of the account and lowers its starts", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const here = await bench.open();
  const there = await bench.open({ path: join(bench.folder, "elsewhere", "ledger.db") });
  await here.hold(KEEPER);
  await there.hold(STORM);
  for (let number = 0; number < 18; number += 1) await here.reserve(KEEPER, intent(number), WIDE);
  await here.pause("rate", 60_000);
  const waiting = await there.reserve(STORM, intent(100), WIDE);
  expect(waiting).toMatchObject({ outcome: "wait", because: "pause" });
  const state = await there.account();
  expect(state).toMatchObject({ pauseReason: "rate", startsNow: 12 });
  const pausedMs = (state.pausedUntil ?? 0) - NOON;
  expect(pausedMs).toBeGreaterThanOrEqual(60_000);
  expect(pausedMs).toBeLessThanOrEqual(62_001);
  expect(waiting).toMatchObject({ waitMs: pausedMs });
  bench.clock.advance(pausedMs);
  for (let number = 100; number < 112; number += 1) {
    expect(await there.reserve(STORM, intent(number), WIDE)).toMatchObject({ outcome: "granted" });
  }
  expect(await there.reserve(STORM, intent(112), WIDE)).toMatchObject({ because: "window" });
});

test("a batch has one holder, who is named, and is free again once released", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const [first, second] = [await bench.open(), await bench.open()];
  const held = await first.hold(KEEPER);
  const { pid, host } = bench.options.identity;
  expect(await second.hold(KEEPER)).toEqual({ outcome: "busy", pid, host, since: NOON });
  expect(await first.hold(KEEPER)).toMatchObject({ outcome: "busy" });
  expect(await second.hold(STORM)).toMatchObject({ outcome: "held" });
  if (held.outcome === "held") await held.release();
  expect(await second.hold(KEEPER)).toMatchObject({ outcome: "held" });
  await second.close();
  expect(await first.hold(KEEPER)).toMatchObject({ outcome: "held" });
});

test("a holder in another container is replaced when its heartbeat is a minute old", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const elsewhere = await bench.open({
    identity: { ...bench.options.identity, host: "other", pidNamespace: "pid:[1]", pid: 7 },
  });
  await elsewhere.hold(KEEPER);
  const here = await bench.open();
  bench.clock.advance(59_999);
  expect(await here.hold(KEEPER)).toMatchObject({ outcome: "busy", pid: 7, host: "other" });
  bench.clock.advance(1);
  expect(await here.hold(KEEPER)).toMatchObject({ outcome: "held" });
  await expect(elsewhere.reserve(KEEPER, intent(1), WIDE)).rejects.toBeInstanceOf(HoldLostError);
  expect(await here.load(KEEPER)).toEqual([]);
});

test("a foreign heartbeat ahead of our clock does not block for ever", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const elsewhere = await bench.open({ identity: { ...bench.options.identity, host: "other" } });
  await elsewhere.hold(KEEPER);
  bench.clock.set(NOON - 86_400_000);
  const here = await bench.open();
  expect(await here.hold(KEEPER)).toMatchObject({ outcome: "busy" });
  bench.clock.advance(60_000);
  expect(await here.hold(KEEPER)).toMatchObject({ outcome: "held" });
});

test("uploads and durations are remembered for the account, the newest two hundred of a kind", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  const picture = "a".repeat(64) as Sha256;
  await ledger.rememberUpload(picture, "https://files.example/1.png");
  bench.clock.advance(1_000);
  await ledger.rememberUpload(picture, "https://files.example/2.png");
  await Promise.all(Array.from({ length: 210 }, (_, n) => ledger.learn("generate:veo3_fast", n)));
  await ledger.learn("upgrade:4k", 70_000.5);
  const { uploads, durations } = await (await bench.open()).account();
  expect(uploads.get(picture)).toEqual({ url: "https://files.example/2.png", at: NOON + 1_000 });
  expect(durations.get("generate:veo3_fast")).toEqual(Array.from({ length: 200 }, (_, n) => n + 10));
  expect(durations.get("upgrade:4k")).toEqual([70_000.5]);
});

function token(number: number): string {
  return intent(number).token;
}

/** SQLite counts its commits at byte 24 of the file. */
function changeCounter(path: string): number {
  return readFileSync(path).readUInt32BE(24);
}
