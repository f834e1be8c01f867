import type { ClipFigures, Finding } from "../shot/clip-check.ts";
import type { BesideFile, FilmFigures } from "../shot/film-figures.ts";
import type { FrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, Sha256, ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { PixelSize, Resolution, UpgradeResolution } from "../shot/resolution.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { TakeRequest } from "../shot/take.ts";

/**
 * What happened, in the past tense. Events are only ever added; the batch's present state is their fold.
 * Every event of a take names its shot and number. Moments are epoch milliseconds.
 */
export type LedgerEvent = TakeEvent | BatchEvent;

/** Written before the request leaves. A crash after it leaves a question, not a lie. */
export interface Submitting {
  readonly event: "submitting";
  readonly shot: ShotId;
  readonly take: number;
  /** random, one an intent: names it in the account's window, and in a callback's address */
  readonly token: string;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  /** table price, counted in full until the outcome is known */
  readonly credits: number;
  /** a person forced it: it stands before takes of its shot that still generate */
  readonly overtakes?: true;
}

/** Written before the first upgrade call of a take at a resolution leaves. */
export interface Upgrading {
  readonly event: "upgrading";
  readonly shot: ShotId;
  readonly take: number;
  readonly resolution: UpgradeResolution;
  readonly token: string;
  readonly credits: number;
}

/** The two events that may spend: they are written by `Ledger.reserve` and nothing else. */
export type Intent = Submitting | Upgrading;

export interface Salvaged {
  readonly event: "salvaged";
  readonly shot: ShotId;
  readonly take: number;
  readonly task: TaskId;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  /** table price of the day it was found: what was paid then nobody knows */
  readonly credits: number;
  /** epoch milliseconds; null when nobody says */
  readonly boughtAt: number | null;
  /** larger pictures of it that were bought then */
  readonly upgrades: readonly { readonly resolution: UpgradeResolution; readonly credits: number }[];
}

export type TakeEvent =
  | Submitting
  | { readonly event: "submitted"; readonly shot: ShotId; readonly take: number; readonly task: TaskId }
  /** answered "not now": nothing bought, and the number is free for the same intent again */
  | { readonly event: "deferred"; readonly shot: ShotId; readonly take: number; readonly problem: Problem }
  | { readonly event: "refused"; readonly shot: ShotId; readonly take: number; readonly problem: Problem }
  | { readonly event: "unconfirmed"; readonly shot: ShotId; readonly take: number; readonly problem: Problem }
  | {
      readonly event: "made";
      readonly shot: ShotId;
      readonly take: number;
      readonly urls: readonly string[];
      readonly fullUrls: readonly string[];
      readonly seed: number | null;
      /** false when the vendor's fallback model made it */
      readonly upgradable: boolean;
      /** nominal milliseconds from submitting to the first look that found it made */
      readonly tookMs: number;
    }
  | { readonly event: "failed"; readonly shot: ShotId; readonly take: number; readonly problem: Problem }
  | { readonly event: "lost"; readonly shot: ShotId; readonly take: number; readonly problem: Problem }
  /** all bytes are in the `.part` file, its size and first bytes are right */
  | {
      readonly event: "downloaded";
      readonly shot: ShotId;
      readonly take: number;
      readonly resolution: Resolution;
      readonly bytes: number;
    }
  /** the file carries its final name: it was probed and is whole */
  | {
      readonly event: "checked";
      readonly shot: ShotId;
      readonly take: number;
      /** what was asked for; `problem` says so where the file has another size */
      readonly resolution: Resolution;
      /** relative to the batch folder */
      readonly file: string;
      readonly bytes: number;
      readonly sha256: Sha256;
      readonly frames: number;
      readonly frameRate: FrameRate;
      /** of the picture as shown, in pixels */
      readonly size: PixelSize;
      /** what was measured by decoding it; not there where it was checked before that was done */
      readonly figures?: ClipFigures;
      /** what was found, in the words of the day; how serious it is, the manifest of a later day says */
      readonly findings?: readonly Finding[];
      /** where it goes on from another take, and that one's clip was there */
      readonly seam?: SeamFigures;
      /** of a check before there were findings; null since */
      readonly problem: Problem | null;
    }
  /** the file turned out not to be a usable clip; what came is kept aside, and the take stays made */
  | {
      readonly event: "rejected-file";
      readonly shot: ShotId;
      readonly take: number;
      readonly resolution: Resolution;
      readonly problem: Problem;
    }
  | Upgrading
  | {
      readonly event: "upgrade-deferred";
      readonly shot: ShotId;
      readonly take: number;
      readonly resolution: UpgradeResolution;
      readonly problem: Problem;
    }
  | {
      readonly event: "upgraded";
      readonly shot: ShotId;
      readonly take: number;
      readonly resolution: UpgradeResolution;
      readonly urls: readonly string[];
      /** nominal milliseconds from the first call to the look that found it */
      readonly tookMs: number;
    }
  /** the vendor said no for good: the 720p file is what there is */
  | {
      readonly event: "upgrade-refused";
      readonly shot: ShotId;
      readonly take: number;
      readonly resolution: UpgradeResolution;
      /** it was the first call that was refused; a later one's no leaves open what the first one cost, so it counts */
      readonly isUnbought: boolean;
      readonly problem: Problem;
    }
  /**
   * A take of a ledger that is lost, found again by its task or by the note beside its clip. It is no purchase of this
   * batch's: it counts in what the take has cost, but neither in a run's spending nor in a day's.
   */
  | Salvaged
  /** the task of a take was found by hand, or named by its callback, or a take that was given up for lost is there after all */
  | { readonly event: "adopted"; readonly shot: ShotId; readonly take: number; readonly task: TaskId }
  /** a person says that an unconfirmed take was not bought */
  | { readonly event: "forgotten"; readonly shot: ShotId; readonly take: number };

export type BatchEvent =
  | { readonly event: "run-started"; readonly run: string; readonly manifest: string; readonly prices: string }
  | {
      readonly event: "run-ended";
      readonly run: string;
      readonly planned: number;
      readonly spent: number;
    }
  /** the shot goes by another id from here on; its takes and files go with it */
  | { readonly event: "renamed"; readonly shot: ShotId; readonly to: ShotId }
  | {
      readonly event: "joined";
      readonly sequence: SequenceId;
      /** of all that decides the film's bytes */
      readonly filmHash: Sha256;
      readonly file: string;
      readonly bytes: number;
      readonly frames: number;
      readonly seconds: number;
      /** what lies beside it; absent in older ledgers */
      readonly beside?: readonly BesideFile[];
      /** absent in older ledgers */
      readonly figures?: FilmFigures;
      /** the film stood there as it should, and only what lies beside it was written */
      readonly kept?: true;
    };

/** An event as it was stored. */
export interface Recorded<E extends LedgerEvent = LedgerEvent> {
  /** rises by one an event, over all batches of the file */
  readonly seq: number;
  /** epoch milliseconds */
  readonly at: number;
  readonly event: E;
}
