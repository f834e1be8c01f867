import type { Reservation } from "../ledger/ledger.ts";
import type { Cap } from "../manifest/manifest.ts";
import type { Place } from "../shot/place.ts";
import { isAbove } from "../shot/price.ts";
import type { Problem } from "../shot/problem.ts";

/** The limits on spending of one batch, flags and files taken together. */
export interface Caps {
  readonly run: Cap | undefined;
  readonly day: Cap | undefined;
}

/** What is known of the money before a run begins; undefined where the balance is not known. */
export interface Purse {
  readonly caps: Caps;
  readonly spentToday: number;
  readonly balance: number | undefined;
}

/** What a batch is going to cost, and what all batches of the command cost that spend from the same account. Credits. */
export interface Cost {
  readonly own: number;
  readonly together: number;
  /** how many of the command's manifests cost something */
  readonly manifests: number;
}

/**
 * Why a batch must not begin to buy: its likely price passes a cap or the balance. What all batches of a command share
 * is held against what they cost together: judged one by one, each might fit and all of them not. Only a worst case
 * that passes a limit is no obstacle, as the caps are checked again at every purchase.
 */
export function unaffordable(
  cost: Cost,
  { caps, spentToday, balance }: Purse,
): { readonly cause: "budget" | "credits"; readonly problem: Problem } | undefined {
  if (cost.own === 0) return undefined;
  const over = (cause: "budget" | "credits", rule: string, what: Over) => ({
    cause,
    problem: {
      rule,
      message: `${what.costs}; ${what.limit}. Nothing was bought`,
      fix: what.fix,
      place: what.place,
    },
  });
  const ownWords = `this run would cost ${cost.own} credits`;
  const allWords =
    cost.manifests > 1 ? `these ${cost.manifests} manifests would cost ${cost.together} credits together` : ownWords;

  const { run, day } = caps;
  if (run) {
    const isFlag = run.place === null;
    const [credits, costs] = isFlag ? [cost.together, allWords] : [cost.own, ownWords];
    const limit = isFlag ? `the cap of --budget is ${run.credits}` : `its cap is ${run.credits}`;
    const fix = `${raiseRun(run)}, or choose shots with --only.`;
    if (isAbove(credits, run.credits)) return over("budget", "budget-run", { costs, limit, fix, place: run.place });
  }
  if (day && isAbove(cost.together + spentToday, day.credits)) {
    const limit = `the day's cap is ${day.credits}, of which ${spentToday} are spent or reserved`;
    const fix = "Raise budget.day, choose shots with --only, or wait for tomorrow.";
    return over("budget", "budget-day", { costs: allWords, limit, fix, place: day.place });
  }
  if (balance !== undefined && isAbove(cost.together, balance)) {
    const fix = "Top up, or choose shots with --only.";
    return over("credits", "balance", { costs: allWords, limit: `the account has ${balance}`, fix, place: null });
  }
  return undefined;
}

interface Over {
  readonly costs: string;
  readonly limit: string;
  readonly fix: string;
  readonly place: Place | null;
}

/** The next purchase would pass a cap. */
export function overCapProblem(
  caps: Caps,
  { cap, capCredits, spentCredits }: Extract<Reservation, { outcome: "over" }>,
  nextCredits: number,
): Problem {
  const name = cap === "run" ? "this run's" : "the day's";
  const raise = cap === "run" ? raiseRun(caps.run) : "Raise budget.day, or wait for tomorrow";
  return {
    rule: `budget-${cap}`,
    message: `buying stopped at ${name} cap of ${capCredits} credits: ${spentCredits} are spent or reserved, the next purchase costs ${nextCredits}`,
    fix: `${raise} and run the same command again; what is bought is finished and not paid for twice.`,
    place: caps[cap]?.place ?? null,
  };
}

function raiseRun(cap: Cap | undefined): string {
  return cap?.place === null ? "Raise --budget" : "Raise budget.run or --budget";
}
