import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Intent, LedgerEvent } from "../../src/ledger/event.ts";
import type { Ledger, Terms } from "../../src/ledger/ledger.ts";
import { type LedgerOptions, openLedger } from "../../src/ledger/open-ledger.ts";
import type { BatchName, Sha256, ShotId, TaskId } from "../../src/shot/id.ts";
import type { Clock } from "../../src/world/clock.ts";
import { isProcessAlive, processIdentity } from "../../src/world/process-identity.ts";
import { openChance } from "../../src/world/system-chance.ts";

export const KEEPER = "keeper" as BatchName;
export const NOON = new Date(2026, 10, 21, 12).getTime();
export const WIDE: Terms = {
  runCap: undefined,
  dayCap: undefined,
  run: "run-1",
  starts: 18,
  windowMs: 10_500,
  running: 60,
};

type Finally = (undo: () => Promise<void>) => void;

/** A clock that stands still until it is told otherwise. */
export interface HandClock extends Clock {
  set(now: number): void;
  advance(realMs: number): void;
}

export function handClock(now = NOON, speed = 1): HandClock {
  return {
    now: () => now,
    ticks: () => now,
    lasting: (nominalMs) => nominalMs / speed,
    elapsed: (since) => (now - since) * speed,
    sleep: () => Promise.reject(new Error("nothing in the ledger sleeps by the clock")),
    set(moment) {
      now = moment;
    },
    advance(realMs) {
      now += realMs;
    },
  };
}

export async function tempFolder(onTestFinished: Finally): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-ledger-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Bench {
  readonly folder: string;
  readonly clock: HandClock;
  readonly options: LedgerOptions;
  /** opens another ledger on the same account, by default the same file too */
  open(changes?: Partial<LedgerOptions>): Promise<Ledger>;
}

/** A temp folder with a ledger's place and an account's; what is opened is closed with the test. */
export async function openBench(onTestFinished: Finally, clock = handClock()): Promise<Bench> {
  const opened: Ledger[] = [];
  const folder = await tempFolder(onTestFinished);
  onTestFinished(async () => {
    for (const ledger of opened) await ledger.close().catch(() => undefined);
  });
  const options: LedgerOptions = {
    path: join(folder, "output", "ledger.db"),
    accountPath: join(folder, "state", "callsheet", "account.db"),
    identity: processIdentity(),
    isAlive: isProcessAlive,
    create: true,
  };
  return {
    folder,
    clock,
    options,
    async open(changes = {}) {
      const ledger = await openLedger({ ...options, ...changes }, { clock, chance: openChance() });
      opened.push(ledger);
      return ledger;
    },
  };
}

export function intent(number: number, credits = 60): Intent {
  return {
    event: "submitting",
    shot: `shot-${number}` as ShotId,
    take: 1,
    token: `${number}`.padStart(32, "0"),
    request: {
      kind: "generate",
      prompt: "A lighthouse over a sleeping harbour",
      model: "veo3_fast",
      aspectRatio: "16:9",
      translate: false,
      stills: { use: "none" },
    },
    requestHash: "0".repeat(64) as Sha256,
    credits,
  };
}

export function submitted(number: number): LedgerEvent {
  return { event: "submitted", shot: `shot-${number}` as ShotId, take: 1, task: `task-${number}` as TaskId };
}
