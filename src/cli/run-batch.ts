import { creditsSpent, findTake } from "../ledger/batch-state.ts";
import { type FilmStatus, filmStatuses } from "../plan/film-status.ts";
import type { Plan } from "../plan/plan-run.ts";
import { type ShotStatus, shotStatuses } from "../plan/shot-status.ts";
import { unconfirmedTakes } from "../report/exit-code.ts";
import type { BalanceTrace, OpeningBalance } from "../run/balance-trace.ts";
import type { Callbacks } from "../run/callbacks.ts";
import { carryOut, type Outcome } from "../run/carry-out.ts";
import { unanswered } from "../run/hints.ts";
import { chargeByBalance } from "../run/learn-prices.ts";
import type { News } from "../run/news.ts";
import { unaffordable } from "../run/spending-problem.ts";
import { balanceAfter } from "./balance.ts";
import type { Batch } from "./batch.ts";
import type { Fund } from "./funds.ts";
import type { PreparedBatch } from "./prepare-batch.ts";
import { openVendor, type Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Signals } from "./signals.ts";

/** One batch after a run. */
export interface BatchEnd {
  readonly batch: Batch;
  readonly plan: Plan;
  readonly outcome: Outcome;
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** credits by the ledger, of this run */
  readonly spent: number;
  /** credits left on the account afterwards; undefined when nobody said */
  readonly balance: number | undefined;
  /** how it moved beside what was bought; undefined when it was not read before and after */
  readonly trace: BalanceTrace | undefined;
}

export interface RunTerms {
  readonly settings: Settings;
  readonly signals: Signals;
  /** names the run; with `--budget` all batches of the command share one cap, and so one name */
  readonly run: string;
  readonly cores: number;
  readonly callbacks?: Callbacks | undefined;
  readonly watch: (news: News) => void;
}

interface CarryOptions {
  /** set where there is no money for the plan */
  readonly stopped?: Outcome["stopped"] | undefined;
  readonly openingBalance?: OpeningBalance | undefined;
  readonly buysNothing?: boolean;
}

/** Carries a prepared batch out, or as much of it as its fund allows, and lets go of it. */
export async function runBatch(prepared: PreparedBatch, fund: Fund, terms: RunTerms): Promise<BatchEnd> {
  const { batch, plan, session, hold } = prepared;
  try {
    const { likely: together, manifests } = fund.together;
    const stopped = unaffordable({ own: plan.price.likely, together, manifests }, fund.purse) ?? prepared.tooSmall;
    if (stopped) terms.watch({ news: "buying-stopped", problem: stopped.problem });

    const outcome = await carryOutPlan(prepared, { stopped, openingBalance: fund.openingBalance }, terms);
    const spent = creditsSpent(outcome.view.state) - creditsSpent(batch.view.state);
    const hasBought = spent > 0 || unconfirmedTakes(outcome.view).length > 0;
    const after = hasBought ? await balanceAfter(session, terms.signals) : undefined;
    const trace = await traceOf(fund.openingBalance, after, { batch, outcome, session });
    if (trace) await learnPrice(outcome, trace, fund, session);
    const balance = hasBought ? after : fund.purse.balance;
    const [shots, films] = [shotStatuses(outcome.view), filmStatuses(outcome.view)];
    return { batch, plan, outcome, shots, films, spent, balance, trace };
  } finally {
    await hold.release();
  }
}

/** What happened to the balance over a run. What was bought before it and failed in it was paid back in it. */
async function traceOf(
  opening: OpeningBalance | undefined,
  balance: number | undefined,
  { batch, outcome, session }: Pick<BatchEnd, "batch" | "outcome"> & Pick<PreparedBatch, "session">,
): Promise<BalanceTrace | undefined> {
  if (!opening || balance === undefined) return undefined;
  const { charged, open, failed } = await session.ledger.spentSince(opening.at);
  const paidBack = [...batch.view.state.takes.values()].flat().reduce((sum, take) => {
    const isFailed = findTake(outcome.view.state, take.shot, take.number)?.purchase === "failed";
    return take.purchase === "generating" && isFailed ? sum + take.credits : sum;
  }, 0);
  const doubtful = open + failed + paidBack;
  return { since: opening.at, fell: opening.credits - balance, explained: charged - paidBack, doubtful };
}

/** Where the vendor does not say what a purchase cost, the balance may. */
async function learnPrice(
  { view }: Outcome,
  trace: BalanceTrace,
  { charges }: Fund,
  { ledger }: Session,
): Promise<void> {
  const charge = chargeByBalance(view.state, trace);
  if (!charge) return;
  const told = (await ledger.account()).charges.get(charge.kind)?.length ?? 0;
  if (told === (charges.get(charge.kind)?.length ?? 0)) await ledger.learnCharge(charge.kind, charge.credits);
}

/** Runs the plan of a batch that this process holds, between the two events that bound a run in the ledger. */
export async function carryOutPlan(
  { batch, plan, caps, session }: Pick<PreparedBatch, "batch" | "plan" | "caps" | "session">,
  { stopped, openingBalance, buysNothing = false }: CarryOptions,
  { settings, signals, watch, run, cores, callbacks }: RunTerms,
): Promise<Outcome> {
  const { media, ledger, world } = session;
  const { manifest, view, folder } = batch;
  const isIdle = plan.steps.length === 0 && !(callbacks && unanswered(view).length > 0);
  if (isIdle || !media) return { view, rested: [], stopped, keyProblem: undefined, left: [] };
  // Without a key all that is left is local work: nobody is asked.
  const provider = session.provider ?? (await openVendor(settings, "", world));
  const prices = `${view.prices.source} ${view.prices.date}`;
  const spentBefore = creditsSpent(view.state);
  await ledger.append(manifest.name, [{ event: "run-started", run, manifest: manifest.shown, prices }]);
  const outcome = await carryOut(
    plan,
    {
      world,
      provider,
      ledger,
      media,
      manifest,
      prices: view.prices,
      wish: view.wish,
      batchFolder: folder,
      run,
      caps,
      openingBalance,
      allowLoopback: settings.isLoopback,
      callbacks,
      watch,
      drain: signals.drain,
      leave: signals.leave,
    },
    { cores, buysNothing, ...(stopped ? { stopped } : {}) },
  );
  const spent = creditsSpent(outcome.view.state) - spentBefore;
  await ledger.append(manifest.name, [{ event: "run-ended", run, planned: plan.price.likely, spent }]);
  return outcome;
}
