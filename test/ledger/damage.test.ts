import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type Database from "libsql";
import { expect, test } from "vitest";
import { LedgerError, LedgerWriteError } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import type { BatchName, ShotId } from "../../src/shot/id.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { type Bench, intent, KEEPER, openBench, submitted, WIDE } from "./workbench.ts";

const LibSql = createRequire(import.meta.url)("libsql") as typeof Database;

/** A ledger with a dozen shots, closed, and what is to be read from it. */
async function sample(bench: Bench) {
  const ledger = await bench.open();
  const hold = await ledger.hold(KEEPER);
  for (let number = 0; number < 12; number += 1) {
    await ledger.reserve(KEEPER, intent(number), WIDE);
    await ledger.append(KEEPER, [submitted(number)]);
    await ledger.append("storm" as BatchName, [submitted(100 + number)]);
  }
  const events = await ledger.load(KEEPER);
  if (hold.outcome === "held") await hold.release();
  await ledger.close();
  return { events, bytes: readFileSync(bench.options.path), accountBytes: readFileSync(bench.options.accountPath) };
}

/** What comes of opening and reading: the events, or the error's words. */
async function look({ options, clock }: Bench, create: boolean) {
  try {
    const ledger = await openLedger({ ...options, create }, { clock, chance: openChance() });
    try {
      return await ledger.load(KEEPER);
    } finally {
      await ledger.close();
    }
  } catch (error) {
    return error;
  }
}

function sql(path: string, statements: string): void {
  const database = new LibSql(path);
  database.exec(statements);
  database.close();
}

test("a ledger cut short anywhere is refused, by name and with a way out, and left as it is", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const { path } = bench.options;
  const { bytes, events } = await sample(bench);
  const lengths = new Set<number>();
  for (let length = 0; length < bytes.length; length += 211) lengths.add(length);
  for (let page = 4096; page <= bytes.length; page += 4096)
    lengths
      .add(page - 1)
      .add(page)
      .add(page + 1);
  for (const length of lengths) {
    if (length >= bytes.length) continue;
    const cut = bytes.subarray(0, length);
    writeFileSync(path, cut);
    const outcome = await look(bench, length % 2 === 0);
    expect(outcome, `cut to ${length} bytes`).toBeInstanceOf(LedgerError);
    expect(outcome).toMatchObject({ path, fix: expect.stringMatching(/copy of the file/) });
    expect(readFileSync(path).equals(cut), `cut to ${length} bytes`).toBe(true);
  }
  writeFileSync(path, bytes);
  expect(await look(bench, true)).toEqual(events);
});

test("an account file cut short is refused and names itself, not the ledger", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const { accountPath } = bench.options;
  const { accountBytes } = await sample(bench);
  for (const length of [0, 1, 99, 4096, 10_000, accountBytes.length - 1]) {
    writeFileSync(accountPath, accountBytes.subarray(0, length));
    expect(await look(bench, true), `cut to ${length} bytes`).toMatchObject({
      name: "LedgerError",
      path: accountPath,
      message: expect.stringContaining(accountPath),
      fix: expect.stringMatching(/Move it aside/),
    });
  }
});

test("a flipped bit anywhere is reported or does not matter: no event is ever read wrong", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const { path } = bench.options;
  const { bytes, events } = await sample(bench);
  let reported = 0;
  for (let bit = 3; bit < bytes.length * 8; bit += 641) {
    const flipped = Buffer.from(bytes);
    const at = Math.floor(bit / 8);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (bit % 8)), at);
    writeFileSync(path, flipped);
    const outcome = await look(bench, false);
    if (outcome instanceof LedgerError) reported += 1;
    else expect(outcome, `bit ${bit % 8} of byte ${at}`).toEqual(events);
  }
  expect(reported).toBeGreaterThan(50);
});

test("what is no ledger is refused and not touched", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const { path } = bench.options;
  mkdirSync(dirname(path), { recursive: true });
  const text = "This is a shopping list. ".repeat(400);
  writeFileSync(path, text);
  expect(await look(bench, true)).toMatchObject({ name: "LedgerError", path });
  expect(readFileSync(path, "utf8")).toBe(text);

  rmSync(path);
  sql(path, "CREATE TABLE shopping (item TEXT)");
  expect(await look(bench, true)).toMatchObject({ message: expect.stringMatching(/not one of callsheet's ledgers/) });

  rmSync(path);
  mkdirSync(path);
  expect(await look(bench, true)).toMatchObject({ message: expect.stringMatching(/is a folder/) });
});

test("files that lie in each other's place are told apart", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  await sample(bench);
  copyFileSync(bench.options.accountPath, bench.options.path);
  expect(await look(bench, true)).toMatchObject({ name: "LedgerError", path: bench.options.path });
});

test("a ledger of a newer callsheet is refused and left as it is", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const { path } = bench.options;
  await sample(bench);
  sql(path, "PRAGMA user_version = 2");
  const before = readFileSync(path);
  expect(await look(bench, true)).toMatchObject({
    name: "LedgerError",
    message: `${path} has version 2, this callsheet knows versions up to 1`,
    fix: expect.stringMatching(/Update callsheet/),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("an event of an unknown name is refused: what it means for money nobody here knows", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.append(KEEPER, [
    { event: "gifted", shot: "harbour" as ShotId } as unknown as ReturnType<typeof submitted>,
  ]);
  await expect(ledger.load(KEEPER)).rejects.toMatchObject({
    name: "LedgerError",
    message: expect.stringMatching(/"gifted"/),
  });
});

test("events cannot be changed or removed, and one that vanished all the same is missed", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const { path } = bench.options;
  await sample(bench);
  expect(() => sql(path, "UPDATE event SET at = 0")).toThrow(/never changed/);
  expect(() => sql(path, "DELETE FROM event WHERE seq = 5")).toThrow(/never removed/);
  sql(
    path,
    "DROP TRIGGER event_is_kept; DELETE FROM event WHERE seq = (SELECT max(seq) FROM event WHERE batch = 'keeper')",
  );
  expect(await look(bench, true)).toMatchObject({ message: expect.stringMatching(/has 23 events, it should have 24/) });
});

test("a folder that cannot be made is an error that says which", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const blocked = join(bench.folder, "file");
  writeFileSync(blocked, "");
  const path = join(blocked, "output", "ledger.db");
  const outcome = await look({ ...bench, options: { ...bench.options, path } }, true);
  expect(outcome).toBeInstanceOf(LedgerWriteError);
  expect(outcome).toMatchObject({ reason: "denied", path });
});

test("a ledger that another process keeps locked is waited for", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  const other = new LibSql(bench.options.path);
  onTestFinished(() => {
    other.close();
  });
  other.exec("BEGIN EXCLUSIVE");
  setTimeout(() => other.exec("COMMIT"), 50);
  expect(await ledger.append(KEEPER, [submitted(1)])).toHaveLength(1);
});

test("speed is told, not judged", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  const plenty = { ...WIDE, starts: 10_000, running: 10_000 };
  const appendMs = await eachMs(100, (number) => ledger.append(KEEPER, [submitted(number)]));
  const reserveMs = await eachMs(100, (number) => ledger.reserve(KEEPER, intent(number), plenty));
  const waitMs = await eachMs(100, (number) => ledger.reserve(KEEPER, intent(200 + number), { ...WIDE, starts: 1 }));
  const sharedMs = await eachMs(1, () =>
    Promise.all(Array.from({ length: 2_000 }, (_, number) => ledger.append(KEEPER, [submitted(number)]))),
  );
  const accountMs = await eachMs(100, () => ledger.account());
  const loadMs = await eachMs(5, () => ledger.load(KEEPER));
  const openMs = await eachMs(5, async () => {
    await (await bench.open()).close();
  });
  console.log(
    `ledger: ${Math.round(1000 / appendMs)} commits/s; append ${appendMs.toFixed(2)}, reserve ${reserveMs.toFixed(2)}, ` +
      `wait ${waitMs.toFixed(2)}, account ${accountMs.toFixed(2)}, 2000 appends at once ${sharedMs.toFixed(0)}, ` +
      `open ${openMs.toFixed(1)}, load 2200 events ${loadMs.toFixed(1)} ms`,
  );
  expect(await ledger.load(KEEPER)).toHaveLength(2_200);
});

async function eachMs(times: number, act: (number: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (let number = 0; number < times; number += 1) await act(number);
  return (performance.now() - begun) / times;
}
