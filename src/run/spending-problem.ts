import type { Reservation } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Problem } from "../shot/problem.ts";

/** What is known of the money before a run begins; undefined where there is no cap, or the balance is not known. */
export interface Purse {
  readonly runCap: number | undefined;
  readonly dayCap: number | undefined;
  readonly spentToday: number;
  readonly balance: number | undefined;
}

/**
 * Why a run must not begin to buy: its likely price passes a cap or the balance. Only a worst case that passes them is
 * no obstacle, as the caps are checked again at every purchase.
 */
export function unaffordable(
  manifest: Manifest,
  likely: number,
  { runCap, dayCap, spentToday, balance }: Purse,
): { readonly cause: "budget" | "credits"; readonly problem: Problem } | undefined {
  if (likely === 0) return undefined;
  const place = { file: manifest.shown, line: 1, column: 1 };
  const over = (cause: "budget" | "credits", rule: string, limit: string, fix: string) => ({
    cause,
    problem: { rule, message: `this run would cost ${likely} credits; ${limit}. Nothing was bought`, fix, place },
  });
  if (runCap !== undefined && likely > runCap) {
    return over(
      "budget",
      "budget-run",
      `its cap is ${runCap}`,
      "Raise budget.run or --budget, or choose shots with --only.",
    );
  }
  if (dayCap !== undefined && likely + spentToday > dayCap) {
    const limit = `the day's cap is ${dayCap}, of which ${spentToday} are spent or reserved`;
    return over("budget", "budget-day", limit, "Raise budget.day, choose shots with --only, or wait for tomorrow.");
  }
  if (balance !== undefined && likely > balance) {
    return over("credits", "balance", `the account has ${balance}`, "Top up, or choose shots with --only.");
  }
  return undefined;
}

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
