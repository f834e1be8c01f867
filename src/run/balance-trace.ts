import type { Ledger } from "../ledger/ledger.ts";
import type { Provider } from "../provider/provider.ts";
import type { World } from "../world/world.ts";

/** The account's balance as it was before anything of a run was bought. */
export interface OpeningBalance {
  readonly credits: number;
  /** epoch milliseconds */
  readonly at: number;
}

/** How the balance moved since then, beside what the account's own purchases on this machine explain. Credits. */
export interface BalanceTrace {
  /** epoch milliseconds */
  readonly since: number;
  /** positive when there is less than before */
  readonly fell: number;
  readonly explained: number;
  /** purchases that may or may not have been charged, or were paid back */
  readonly doubtful: number;
}

/** Balances are told with fractions, and prices may have some: less than this is no difference. */
const TOLERANCE = 1;

/** The line has just gone silent: nobody waits long for a figure that is only a help. */
const PATIENCE_MS = 10_000;
const PATIENCE_AT_LEAST_MS = 2_000;

interface Tracing {
  readonly provider: Pick<Provider, "credit">;
  readonly ledger: Pick<Ledger, "spentSince">;
  readonly world: Pick<World, "clock">;
  readonly drain: AbortSignal;
  readonly leave: AbortSignal;
}

/**
 * Looks at the balance after a purchase of which no answer came. That purchase is still open in the ledger.
 *
 * @param credits - of the purchase in question, which explains nothing
 * @returns undefined when the balance is not known
 */
export async function traceBalance(
  opening: OpeningBalance | undefined,
  credits: number,
  context: Tracing,
): Promise<BalanceTrace | undefined> {
  const { provider, ledger, world, drain, leave } = context;
  if (!opening || drain.aborted) return undefined;
  const patience = AbortSignal.timeout(Math.max(PATIENCE_AT_LEAST_MS, Math.ceil(world.clock.lasting(PATIENCE_MS))));
  const now = await provider.credit(AbortSignal.any([patience, leave])).catch(() => undefined);
  if (now?.outcome !== "given") return undefined;
  const { charged, open, failed } = await ledger.spentSince(opening.at);
  return {
    since: opening.at,
    fell: opening.credits - now.value,
    explained: charged,
    doubtful: Math.max(0, open - credits) + failed,
  };
}

/** What the balance says about a purchase without an answer: an indication, as others may use the account. */
export function judgeTrace(
  { fell, explained, doubtful }: BalanceTrace,
  credits: number,
): "bought" | "not bought" | "unclear" {
  const unexplained = fell - explained;
  if (Math.abs(unexplained) < TOLERANCE) return "not bought";
  // Prices may have changed since the table was written, but not to another order.
  const isItsPrice = unexplained > credits / 2 && unexplained < credits * 2;
  return doubtful === 0 && isItsPrice ? "bought" : "unclear";
}

/** Whether a balance moved otherwise than purchases explain, beyond those that may or may not have been charged. */
export function isUnexplained({ fell, explained, doubtful }: BalanceTrace): boolean {
  return fell < explained - TOLERANCE || fell > explained + doubtful + TOLERANCE;
}
