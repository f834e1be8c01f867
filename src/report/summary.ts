import type { FilmStatus } from "../plan/film-status.ts";
import { isComplete, type ShotStatus } from "../plan/shot-status.ts";
import type { Outcome } from "../run/carry-out.ts";
import type { ClipFigures } from "../shot/clip-check.ts";
import type { FilmFigures } from "../shot/film-figures.ts";
import type { BatchName, SequenceId, ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { Resolution } from "../shot/resolution.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { ShotState } from "../shot/take.ts";

/** `summary.json`, format 1, and the last thing that `run --json` prints. Paths are relative to the batch folder. */
export interface Summary {
  readonly version: 1;
  readonly name: BatchName;
  /**
   * - `complete`: every shot of the manifest is what was asked for and every film is joined
   * - `stopped`: a spending limit, the vendor or a person ended the run before that
   * - `partial`: it ended by itself, and something is missing or short
   */
  readonly state: "complete" | "partial" | "stopped";
  readonly shots: readonly SummaryShot[];
  readonly sequences: readonly SummarySequence[];
  readonly credits: {
    readonly run: PlannedAndSpent & {
      /** how the account's balance moved, negative when it fell; null when it is not known */
      readonly balanceChange: number | null;
    };
    readonly total: PlannedAndSpent;
    /** null when it is not known */
    readonly balance: number | null;
  };
}

interface SummaryShot {
  readonly id: ShotId;
  readonly state: ShotState;
  readonly take: number | null;
  readonly task: TaskId | null;
  readonly wanted: Resolution;
  readonly resolution: Resolution | null;
  readonly file: string | null;
  readonly credits: number;
  readonly figures: ClipFigures | null;
  readonly seam: SeamFigures | null;
  readonly problem: Problem | null;
}

interface SummarySequence {
  readonly id: SequenceId;
  readonly state: "joined" | "slated" | "skipped" | "held";
  readonly file: string | null;
  readonly seconds: number | null;
  readonly frames: number | null;
  /** captions, hand-off files and the like */
  readonly beside: readonly string[];
  /** how it was made and what was measured of it */
  readonly figures: FilmFigures | null;
}

/** Credits. */
interface PlannedAndSpent {
  readonly planned: number;
  readonly spent: number;
}

export interface SummaryFacts {
  readonly name: BatchName;
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** steps that the run gave up: a shot whose takes have no problem of their own shows this one */
  readonly rested: Outcome["rested"];
  /** buying was stopped, the key was refused, or a person interrupted */
  readonly isStopped: boolean;
  readonly run: PlannedAndSpent & { readonly balanceChange?: number | undefined };
  readonly total: PlannedAndSpent;
  readonly balance: number | undefined;
}

/** Fields are named one by one: what a status learns to tell must not slip into a file that scripts read. */
export function summaryOf(facts: SummaryFacts): Summary {
  const shots = withRested(facts.shots, facts.rested);
  const isAllMade = shots.every(isComplete) && facts.films.every(({ state }) => state === "joined");
  return {
    version: 1,
    name: facts.name,
    state: isAllMade ? "complete" : facts.isStopped ? "stopped" : "partial",
    shots: shots.map(({ id, state, take, task, wanted, resolution, file, credits, figures, seam, problem }) => {
      const told = {
        figures: figures && figuresOf(figures),
        seam: seam && seamOf(seam),
        problem: problem && problemOf(problem),
      };
      return { id, state, take, task, wanted, resolution, file, credits, ...told };
    }),
    sequences: facts.films.map(({ id, state, file, seconds, frames, beside, figures }) => {
      return { id, state, file, seconds, frames, beside, figures };
    }),
    credits: {
      run: {
        planned: facts.run.planned,
        spent: facts.run.spent,
        balanceChange: facts.run.balanceChange ?? null,
      },
      total: { planned: facts.total.planned, spent: facts.total.spent },
      balance: facts.balance ?? null,
    },
  };
}

/** Every shot with its trouble: that of its takes, else that of a step which was given up in this run. */
export function withRested(shots: readonly ShotStatus[], rested: Outcome["rested"]): readonly ShotStatus[] {
  const given = new Map<ShotId, Problem>();
  for (const { step, problem } of rested) {
    if (step.kind !== "join" && !given.has(step.shot)) given.set(step.shot, problem);
  }
  return shots.map((status) => ({ ...status, problem: status.problem ?? given.get(status.id) ?? null }));
}

function figuresOf(figures: ClipFigures): ClipFigures {
  const { blackSeconds, frozenSeconds, silentSeconds, loudnessLufs, truePeakDb, clippedSamples } = figures;
  return { blackSeconds, frozenSeconds, silentSeconds, loudnessLufs, truePeakDb, clippedSamples };
}

function seamOf({ parentTake, repeats, repeatedFrames, difference, motion, drift }: SeamFigures): SeamFigures {
  const { red, green, blue } = drift;
  return { parentTake, repeats, repeatedFrames, difference, motion, drift: { red, green, blue } };
}

function problemOf({ rule, message, fix, place }: Problem): Problem {
  return {
    rule,
    message,
    fix,
    place: place && { file: place.file, line: place.line, column: place.column },
  };
}
