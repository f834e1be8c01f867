import type { Reservation } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Problem } from "../shot/problem.ts";

/** The next purchase would pass a cap. */
export function overCapProblem(
  manifest: Manifest,
  { cap, capCredits, spentCredits }: Extract<Reservation, { outcome: "over" }>,
  nextCredits: number,
): Problem {
  const name = cap === "run" ? "this run's" : "the day's";
  const raise = cap === "run" ? "Raise budget.run or --budget" : "Raise budget.day, or wait for tomorrow";
  return {
    rule: `budget-${cap}`,
    message: `buying stopped at ${name} cap of ${capCredits} credits: ${spentCredits} are spent or reserved, the next purchase costs ${nextCredits}`,
    fix: `${raise} and run the same command again; what is bought is finished and not paid for twice.`,
    place: { file: manifest.shown, line: 1, column: 1 },
  };
}
