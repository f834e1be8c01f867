import type { BatchName, Sha256 } from "../shot/id.ts";
import type { Intent, LedgerEvent, Recorded } from "./event.ts";

/**
 * The only memory. One file below an output folder holds the events of all its batches; a second one, shared by all
 * output folders of a user and an account, holds what the account must share: the rate window, its pause, the day's
 * spending, running tasks, uploads, learnt durations. Both are one SQLite connection, so one transaction covers both.
 */
export interface Ledger {
  /** names of all batches that have events */
  batches(): Promise<readonly BatchName[]>;
  /** all events of a batch, oldest first */
  load(batch: BatchName): Promise<readonly Recorded[]>;
  /**
   * Durable when it resolves; calls that arrive together share a commit. What an event settles (see `settlementOf`) is
   * written to the account's file in the same transaction.
   */
  append(batch: BatchName, events: readonly LedgerEvent[]): Promise<readonly Recorded[]>;
  /**
   * Asks leave to spend, and writes the intent in the same transaction if it is given. Nobody else can spend between
   * the check and the intent: caps, window, pause and running tasks are those of all processes of the account.
   */
  reserve(batch: BatchName, intent: Intent, terms: Terms): Promise<Reservation>;
  /** for what is no event: a task was taken over, or is waited for no longer */
  settle(token: string, outcome: Settlement): Promise<void>;
  /** the vendor answered 429 or 455: nobody of the account starts anything until then */
  pause(reason: PauseReason, retryAfterMs: number | undefined): Promise<void>;
  account(): Promise<AccountState>;
  /** the account's spending by local calendar day, oldest first: all output folders together */
  spending(): Promise<readonly DaySpending[]>;
  /** what the account was charged for since a moment, by what all its processes on this machine wrote */
  spentSince(at: number): Promise<SpentSince>;
  /** remembers where a file was uploaded */
  rememberUpload(sha256: Sha256, url: string): Promise<void>;
  /** remembers how long a kind of work took, in nominal milliseconds */
  learn(kind: WorkKind, tookMs: number): Promise<void>;
  /** remembers what the vendor took for one purchase of a kind, in credits */
  learnCharge(kind: WorkKind, credits: number): Promise<void>;
  /** makes this process the only one that runs the batch */
  hold(batch: BatchName): Promise<Hold | HeldByAnother>;
  close(): Promise<void>;
}

/** `generate:veo3_fast`, `extend:veo3`, `upgrade:4k`: what is learnt apart, as it takes its own time. */
export type WorkKind = `${"generate" | "extend" | "upgrade"}:${string}`;

export interface Terms {
  /** undefined: no cap */
  readonly runCap: number | undefined;
  readonly dayCap: number | undefined;
  /** all that this run has intended so far counts against `runCap` */
  readonly run: string;
  readonly starts: number;
  readonly windowMs: number;
  readonly running: number;
}

export type Reservation =
  | { readonly outcome: "granted"; readonly recorded: Recorded<Intent> }
  /** ask again after so many nominal milliseconds */
  | { readonly outcome: "wait"; readonly waitMs: number; readonly because: "window" | "pause" | "running" }
  /** would pass a cap; nothing was written */
  | {
      readonly outcome: "over";
      readonly cap: "run" | "day";
      readonly capCredits: number;
      readonly spentCredits: number;
    };

/**
 * - `running`: accepted, counts in full and takes a place among the running
 * - `made`: counts in full, no longer runs
 * - `failed`: counts in full all the same, as that it is paid back is the vendor's word and no proof; no longer runs
 * - `unbought`: counts nothing
 * - `unconfirmed`: counts in full, no longer runs
 */
export type Settlement = "running" | "made" | "failed" | "unbought" | "unconfirmed";

export type PauseReason = "rate" | "maintenance";

export interface AccountState {
  /** epoch milliseconds; undefined when nothing holds the account back */
  readonly pausedUntil: number | undefined;
  readonly pauseReason: PauseReason | undefined;
  /** starts now allowed in a window, after what 429s taught */
  readonly startsNow: number | undefined;
  /** intents of the local calendar day that count, in credits */
  readonly spentToday: number;
  readonly running: number;
  readonly uploads: ReadonlyMap<Sha256, { readonly url: string; readonly at: number }>;
  /** nominal milliseconds, oldest first, at most 200 a kind */
  readonly durations: ReadonlyMap<WorkKind, readonly number[]>;
  /** what single purchases were seen to cost, in credits, oldest first, at most 20 a kind */
  readonly charges: ReadonlyMap<WorkKind, readonly number[]>;
}

export interface DaySpending {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** that count: at table price, unconfirmed ones included */
  readonly credits: number;
  readonly unconfirmedCredits: number;
  /** intents that count */
  readonly purchases: number;
}

/** Credits at table price of the intents since a moment. */
export interface SpentSince {
  /** accepted by the vendor and not failed */
  readonly charged: number;
  /** sent and not answered: charged or not */
  readonly open: number;
  /** accepted, failed, and paid back by the vendor's word */
  readonly failed: number;
}

export interface Hold {
  readonly outcome: "held";
  release(): Promise<void>;
}

export interface HeldByAnother {
  readonly outcome: "busy";
  readonly pid: number;
  readonly host: string;
  /** epoch milliseconds */
  readonly since: number;
}

/** The ledger cannot be read or belongs to a newer callsheet. Nothing was changed. Exit code 6. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
  constructor(
    message: string,
    readonly path: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The ledger could not be written. What was to be written is not there; all that was acknowledged before is.
 *
 * - `full`: no room on the disk
 * - `busy`: another process kept it locked for too long
 * - `denied`: this user may not write it
 * - `io`: the disk answered with an error
 */
export class LedgerWriteError extends Error {
  override readonly name = "LedgerWriteError";
  constructor(
    message: string,
    readonly reason: "full" | "busy" | "denied" | "io",
    readonly path: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another process took the batch over, as this one gave no sign of life: nothing more may be bought here. */
export class HoldLostError extends Error {
  override readonly name = "HoldLostError";
  constructor(readonly batch: BatchName) {
    super(`batch ${batch} is no longer held by this process: another one took it over while this one stood still`);
  }
}
