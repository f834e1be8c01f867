import type { Clock } from "../world/clock.ts";

/** A simulated vendor may be sped up, the machine that draws its clips is not: so long at least we wait by the wall clock. */
const LEAST_REAL_MS = 2 * 60_000;

/**
 * Whether the waiting has gone on for long enough for one run.
 *
 * @param since - epoch milliseconds
 * @param nominalMs - how long the vendor may take
 */
export function isOverdue(clock: Clock, since: number, nominalMs: number): boolean {
  return clock.elapsed(since) > nominalMs && clock.now() - since > Math.min(nominalMs, LEAST_REAL_MS);
}
