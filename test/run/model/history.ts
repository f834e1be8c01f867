import type { BatchState } from "../../../src/ledger/batch-state.ts";
import type { Recorded } from "../../../src/ledger/event.ts";
import type { Manifest } from "../../../src/manifest/manifest.ts";
import type { FilmStatus } from "../../../src/plan/film-status.ts";
import type { ShotStatus } from "../../../src/plan/shot-status.ts";
import type { Charge, Job } from "../../../src/simulator/state.ts";
import type { Reel } from "./memory-clip.ts";
import type { Arrival } from "./memory-vendor.ts";

/** All that happened in one schedule, as the vendor, the ledger and the disk tell it. */
export interface History {
  readonly arrivals: readonly Arrival[];
  readonly runs: readonly RunRecord[];
  readonly batches: readonly BatchRecord[];
  /** true moments at which the machine's clock was set forward: the window cannot hold across them */
  readonly setForwardAt: readonly number[];
  /** callbacks that came, of the vendor and of strangers */
  readonly callbacks: number;
  /** every film that was joined, in the order of time */
  readonly joins: readonly JoinRecord[];
  /** where things stood before the vendor recovered and the purchases in doubt were settled */
  readonly troubled: Standing;
  readonly end: Standing;
}

/** The vendor's books, and what the account's file counts against the caps. */
export interface Standing {
  readonly jobs: ReadonlyMap<string, Job>;
  readonly charges: readonly Charge[];
  readonly countedCredits: number;
  /** events of each batch, in the order of `batches` */
  readonly events: readonly (readonly Recorded[])[];
}

export interface BatchRecord {
  readonly manifest: Manifest;
  /** as the last run left them */
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** what lies under a path relative to the batch folder; undefined for what is no reel or not there */
  readonly reel: (file: string) => Reel | undefined;
}

/** A film at the moment when it was joined. */
export interface JoinRecord {
  readonly run: string;
  /** position in `batches` */
  readonly batch: number;
  /** of the batch then */
  readonly state: BatchState;
  /** tasks whose clips it plays, and `slate of SHOT` */
  readonly shows: readonly string[];
  /** steps that the run had given up by then, by `stepKey` */
  readonly rested: ReadonlySet<string>;
  /** whether the run was to buy nothing more */
  readonly isStopped: boolean;
}

export interface RunRecord {
  readonly run: string;
  /** position in `batches` */
  readonly batch: number;
  readonly end:
    | "ended"
    /** before anything was bought, with a problem in words */
    | "refused"
    | "died"
    | "threw"
    /** did not end in time, went round in circles, or waited for nothing */
    | "endless";
  readonly why: string;
  readonly wasDrained: boolean;
  /** the run buys again what ended badly, or was forced to */
  readonly renews: boolean;
  readonly isRecovery: boolean;
  readonly caps: { readonly run: number | undefined; readonly day: number | undefined };
  /** steps that were due and not given up when an undisturbed run ended */
  readonly leftUndone: number;
  readonly tookMs: number;
  readonly doings: number;
}
