import type { Chance } from "../world/chance.ts";

const FIRST_MS = 2_000;
const MOST_MS = 60_000;

/**
 * Nominal milliseconds before a free call is tried again: doubling from 2 s to a minute, a random half of it shaved off
 * so that many that failed together do not come back together. The vendor's own wish is a minimum.
 *
 * @param attempt - how many have failed, from 1
 */
export function backoffMs(attempt: number, chance: Chance, retryAfterMs: number | undefined): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.max(full * (0.5 + chance.number() / 2), retryAfterMs ?? 0);
}
