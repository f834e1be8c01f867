import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Intent, LedgerEvent } from "../../src/ledger/event.ts";
import { LedgerError } from "../../src/ledger/ledger.ts";
import { settlementsOf } from "../../src/ledger/settlement.ts";
import type { ShotId } from "../../src/shot/id.ts";
import { intent, KEEPER, NOON, openBench, submitted, WIDE } from "./workbench.ts";

const SHOT = "shot-1" as ShotId;
const problem = { rule: "x", message: "x", fix: "x", place: null };
const of1 = { shot: SHOT, take: 1 } as const;
const buys = intent(1);
const upgrades: Intent = { event: "upgrading", ...of1, resolution: "4k", token: "u".repeat(32), credits: 120 };
const made = { event: "made", ...of1, urls: [], fullUrls: [], seed: null, upgradable: true, tookMs: 1 } as const;
const recorded = (events: readonly LedgerEvent[]) => events.map((event, index) => ({ seq: index + 1, at: 0, event }));

test.each<[LedgerEvent, string]>([
  [{ ...submitted(1) }, "running"],
  [{ event: "adopted", ...of1, task: "t" as never }, "running"],
  [made, "made"],
  [{ event: "failed", ...of1, problem }, "failed"],
  [{ event: "lost", ...of1, problem }, "made"],
  [{ event: "unconfirmed", ...of1, problem }, "unconfirmed"],
  [{ event: "deferred", ...of1, problem }, "unbought"],
  [{ event: "refused", ...of1, problem }, "unbought"],
  [{ event: "forgotten", ...of1 }, "unbought"],
])("$event of a take settles its purchase", (event, outcome) => {
  expect([...settlementsOf(recorded([buys, upgrades, event]))]).toEqual([[buys.token, outcome]]);
});

test.each<[LedgerEvent, string]>([
  [{ event: "upgraded", ...of1, resolution: "4k", urls: [], tookMs: 1 }, "made"],
  [{ event: "upgrade-deferred", ...of1, resolution: "4k", problem }, "unbought"],
  [{ event: "upgrade-refused", ...of1, resolution: "4k", isUnbought: true, problem }, "unbought"],
  [{ event: "upgrade-refused", ...of1, resolution: "4k", isUnbought: false, problem }, "made"],
])("$event settles the upgrade and not its take", (event, outcome) => {
  expect([...settlementsOf(recorded([buys, upgrades, event]))]).toEqual([[upgrades.token, outcome]]);
});

test("a number that was put off and sent again is settled for each intent by itself, also under a new id", () => {
  const again = { ...buys, token: "2".repeat(32) };
  const to = "door" as ShotId;
  const events: LedgerEvent[] = [
    buys,
    { event: "deferred", ...of1, problem },
    again,
    { event: "renamed", shot: SHOT, to },
    { ...made, shot: to },
  ];
  expect([...settlementsOf(recorded(events))]).toEqual([
    [buys.token, "unbought"],
    [again.token, "made"],
  ]);
});

test("an answer counts against the caps and among the running from the moment it is written", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  await ledger.hold(KEEPER);
  for (const number of [1, 2]) await ledger.reserve(KEEPER, intent(number), WIDE);
  await Promise.all([
    ledger.append(KEEPER, [{ event: "refused", ...of1, problem }]),
    ledger.append(KEEPER, [submitted(2)]),
  ]);
  expect(await ledger.account()).toMatchObject({ running: 1, spentToday: 60 });
  await ledger.append(KEEPER, [{ ...made, shot: "shot-2" as ShotId }]);
  expect(await ledger.account()).toMatchObject({ running: 0, spentToday: 60 });
});

test("an account file that did not hear of an answer is told by the next process that holds the batch", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const first = await bench.open();
  const hold = await first.hold(KEEPER);
  for (const number of [1, 2]) await first.reserve(KEEPER, intent(number), WIDE);
  if (hold.outcome === "held") await hold.release();
  // The same ledger beside another account's file: as after a kill between the two writes of an older version.
  const elsewhere = await bench.open({ accountPath: join(bench.folder, "other.db") });
  await elsewhere.append(KEEPER, [{ event: "refused", ...of1, problem }, submitted(2)]);
  expect(await first.account()).toMatchObject({ running: 2, spentToday: 120 });
  await first.hold(KEEPER);
  expect(await first.account()).toMatchObject({ running: 1, spentToday: 60 });
});

test("an account file that is gone is told again what its batches bought today, and no more", async ({
  onTestFinished,
}) => {
  const bench = await openBench(onTestFinished);
  const first = await bench.open();
  const hold = await first.hold(KEEPER);
  bench.clock.set(NOON - 24 * 3600_000);
  await first.reserve(KEEPER, intent(3), WIDE);
  bench.clock.set(NOON);
  for (const number of [1, 2]) await first.reserve(KEEPER, intent(number), WIDE);
  await first.append(KEEPER, [{ event: "refused", ...of1, problem }, submitted(2)]);
  if (hold.outcome === "held") await hold.release();

  const anew = await bench.open({ accountPath: join(bench.folder, "anew.db") });
  for (const _ of ["once", "again"]) {
    const held = await anew.hold(KEEPER);
    expect(await anew.account()).toMatchObject({ running: 1, spentToday: 60 });
    expect(await anew.reserve(KEEPER, intent(4), { ...WIDE, dayCap: 119 })).toMatchObject({
      outcome: "over",
      cap: "day",
    });
    if (held.outcome === "held") await held.release();
  }
});

test("an answer is written even while the account's file cannot be", async ({ onTestFinished }) => {
  const bench = await openBench(onTestFinished);
  const ledger = await bench.open();
  const hold = await ledger.hold(KEEPER);
  await ledger.reserve(KEEPER, intent(1), WIDE);
  const whole = await readFile(bench.options.accountPath);
  await writeFile(bench.options.accountPath, Buffer.alloc(whole.length, "x"));
  await expect(ledger.settle(buys.token, "made")).rejects.toThrow(LedgerError);
  expect(await ledger.append(KEEPER, [{ event: "refused", ...of1, problem }])).toHaveLength(1);

  await writeFile(bench.options.accountPath, whole);
  expect(await ledger.account()).toMatchObject({ running: 1, spentToday: 60 });
  if (hold.outcome === "held") await hold.release();
  await ledger.hold(KEEPER);
  expect(await ledger.account()).toMatchObject({ running: 0, spentToday: 0 });
});
