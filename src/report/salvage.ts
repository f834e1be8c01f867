import type { CheckedFile, Take } from "../ledger/batch-state.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { FilmStatus } from "../plan/film-status.ts";
import { isOnShelf } from "../plan/shelf.ts";
import type { ShotStatus } from "../plan/shot-status.ts";
import type { View } from "../plan/view.ts";
import type { Outcome } from "../run/carry-out.ts";
import type { BatchName, ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { endOf, exitCodeOf } from "./exit-code.ts";
import { type Summary, summaryOf } from "./summary.ts";

/** One batch after a salvage. */
export interface SalvagedBatch {
  readonly manifest: Manifest;
  /** absolute; `output/NAME` */
  readonly folder: string;
  /** as ledger, disk and the notes beside the clips had it when the command began */
  readonly before: View;
  /** how many takes only those notes knew */
  readonly restored: number;
  readonly outcome: Outcome;
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** what could not be fetched and is soon to be deleted by the vendor */
  readonly fading: readonly Problem[];
}

/** What became of a task that was asked about. */
export interface TaskEnd {
  readonly task: TaskId;
  /**
   * - `known`: a take has it; `settled`: it answered an unconfirmed purchase; `taken-in`: a shot without a take has it now
   * - `saved-aside`: it fits nothing, its clip is kept; `not-saved`: its clip could not be had
   * - `failed`: the vendor could not make it; `unknown`, `expired`: not to be had any more; `untold`: nobody could say
   */
  readonly end:
    | "known"
    | "settled"
    | "taken-in"
    | "saved-aside"
    | "not-saved"
    | "failed"
    | "unknown"
    | "expired"
    | "untold";
  /** the vendor's words, or why it is so; may be empty */
  readonly message: string;
  readonly batch?: BatchName;
  readonly shot?: ShotId;
  readonly take?: number;
  /** absolute */
  readonly file?: string;
}

/** Files that are here now and were not before, in the order of the takes. */
export function fetchedFiles({ before, outcome }: SalvagedBatch): readonly CheckedFile[] {
  return takesOf(outcome.view).flatMap(({ files }) =>
    [...files.values()].filter(
      (file): file is CheckedFile => isOnShelf(file, outcome.view.shelf) && before.shelf.get(file.file) !== file.bytes,
    ),
  );
}

/** Takes that are paid for and of which nothing is here; those that ended `lost` only while their shot has no other. */
export function absentTakes({ outcome, shots }: SalvagedBatch): readonly Take[] {
  const lost = new Set(shots.flatMap(({ id, state }) => (state === "lost" ? [id] : [])));
  return takesOf(outcome.view).filter(({ purchase, files, shot }) => {
    if (purchase === "lost") return lost.has(shot);
    if (purchase !== "made" && purchase !== "generating") return false;
    const [base] = [files.get("720p")];
    return base?.state !== "rejected" && !isOnShelf(base, outcome.view.shelf);
  });
}

/**
 * The exit code: what was never bought is no failure of a salvage, but whatever is paid for and not here is. A task that
 * the vendor does not know is none of either: an export holds other ids too.
 */
export function salvageEnd(
  batch: SalvagedBatch,
  tasks: readonly TaskEnd[],
  interrupted: 130 | 143 | undefined,
): number {
  const { outcome, shots, films } = batch;
  const signal = interrupted && ({ 130: "SIGINT", 143: "SIGTERM" } as const)[interrupted];
  const isTaskMissing = tasks.some(({ end }) => end === "expired" || end === "untold" || end === "not-saved");
  const isShort = outcome.rested.length > 0 || absentTakes(batch).length > 0 || isTaskMissing;
  return exitCodeOf({ ...endOf(outcome, shots, films, signal), isOverLimit: false, isShort });
}

export interface SalvageDocument {
  readonly version: 1;
  readonly tasks: readonly (Omit<TaskEnd, "batch" | "shot" | "take" | "file"> & {
    readonly batch: string | null;
    readonly shot: string | null;
    readonly take: number | null;
    /** absolute; of clips that were saved aside */
    readonly file: string | null;
  })[];
  readonly batches: readonly {
    readonly name: string;
    /** relative to the batch folder */
    readonly fetched: readonly string[];
    readonly summary: Summary;
  }[];
}

/** What `salvage --json` prints, format 1. */
export function salvageDocument(batches: readonly SalvagedBatch[], tasks: readonly TaskEnd[]): SalvageDocument {
  return {
    version: 1,
    tasks: tasks.map(({ task, end, message, batch = null, shot = null, take = null, file = null }) => {
      return { task, end, message, batch, shot, take, file };
    }),
    batches: batches.map((batch) => ({
      name: batch.manifest.name,
      fetched: fetchedFiles(batch).map(({ file }) => file),
      summary: summaryOfSalvage(batch),
    })),
  };
}

function summaryOfSalvage({ manifest, outcome, shots, films }: SalvagedBatch): Summary {
  const spent = shots.reduce((sum, { credits }) => sum + credits, 0);
  return summaryOf({
    name: manifest.name,
    shots,
    films,
    rested: outcome.rested,
    isStopped: outcome.keyProblem !== undefined,
    run: { planned: 0, spent: 0 },
    total: { planned: spent, spent },
    balance: undefined,
  });
}

function takesOf({ state }: View): readonly Take[] {
  return [...state.takes.values()].flat();
}
