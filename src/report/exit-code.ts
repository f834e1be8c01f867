import type { FilmStatus } from "../plan/film-status.ts";
import { problemToday } from "../plan/problem-today.ts";
import type { ShotStatus } from "../plan/shot-status.ts";
import { isSelected, type View } from "../plan/view.ts";
import type { Outcome } from "../run/carry-out.ts";
import { shortfallOf } from "./shortfall.ts";

/** What decides how the program ends. A field that is left out does not apply. */
export interface EndFacts {
  readonly interrupted?: "SIGINT" | "SIGTERM" | undefined;
  /** another run holds the batch */
  readonly isHeld?: boolean;
  /** an error nobody expected */
  readonly isBug?: boolean;
  readonly isLedgerDamaged?: boolean;
  /** refused by the vendor, or missing where one is needed */
  readonly isKeyRefused?: boolean;
  /** wrong usage, manifest or environment: nothing was done */
  readonly isUsageWrong?: boolean;
  /** purchases that only a person can settle */
  readonly unconfirmed?: number;
  /** refused before or stopped by budget, balance, 402 or 433 */
  readonly isOverLimit?: boolean;
  /** `plan --detailed-exitcode` found something to do */
  readonly hasWork?: boolean;
  /** a shot or film is missing or short of what was asked */
  readonly isShort?: boolean;
}

/** Each code and what it stands for, in the order in which they win. */
const CODES: readonly (readonly [number, (facts: EndFacts) => boolean])[] = [
  [130, ({ interrupted }) => interrupted === "SIGINT"],
  [143, ({ interrupted }) => interrupted === "SIGTERM"],
  [75, ({ isHeld }) => isHeld === true],
  [70, ({ isBug }) => isBug === true],
  [6, ({ isLedgerDamaged }) => isLedgerDamaged === true],
  [5, ({ isKeyRefused }) => isKeyRefused === true],
  [2, ({ isUsageWrong }) => isUsageWrong === true],
  [4, ({ unconfirmed = 0 }) => unconfirmed > 0],
  [3, ({ isOverLimit }) => isOverLimit === true],
  [10, ({ hasWork }) => hasWork === true],
  [1, ({ isShort }) => isShort === true],
];

/** The first that applies; 0: all is made. Other people's scripts rely on these numbers. */
export function exitCodeOf(facts: EndFacts): number {
  return CODES.find(([, applies]) => applies(facts))?.[0] ?? 0;
}

/** The code of several batches that ran in one command: the one that wins among all their facts. */
export function combineExitCodes(codes: readonly number[]): number {
  return CODES.find(([code]) => codes.includes(code))?.[0] ?? 0;
}

/** The facts of a run that came to its end, by itself or on a signal. */
export function endOf(
  outcome: Outcome,
  shots: readonly ShotStatus[],
  films: readonly FilmStatus[],
  interrupted: EndFacts["interrupted"],
): EndFacts {
  const short = shortfallOf(outcome.view, shots, films);
  const cause = outcome.stopped?.cause;
  return {
    interrupted,
    isKeyRefused: outcome.keyProblem !== undefined,
    unconfirmed: unconfirmedTakes(outcome.view).length,
    isOverLimit: cause === "budget" || cause === "credits" || cause === "key-cap",
    isShort: short.shots.length > 0 || short.films.length > 0,
  };
}

/**
 * Purchases of the selected shots that may have been made, whichever take they are: money that nobody has accounted for.
 * An intent without an answer is one too when the run was left at once.
 */
export function unconfirmedTakes(view: View) {
  return [...view.state.takes.values()]
    .flat()
    .filter(({ shot, purchase }) => isSelected(view, shot) && ["unconfirmed", "submitting"].includes(purchase))
    .map((take) => ({ ...take, problem: problemToday(take, view.manifest) }));
}
