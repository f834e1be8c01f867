import type { Clock } from "../world/clock.ts";

/** A simulated vendor may be sped up, the machine that draws its clips is not: so long at least we wait in real time. */
const LEAST_REAL_MS = 2 * 60_000;

/** How long one waits for one task. A clock of the machine that is set meanwhile makes it neither older nor younger. */
export interface Patience {
  /** nominal milliseconds since the task was bought; at least 0 */
  readonly ageMs: () => number;
  /** whether this wait, which began when it was opened, has gone on for long enough for one run */
  readonly isOver: (nominalMs: number) => boolean;
}

/** @param boughtAt - epoch milliseconds; a moment ahead of the clock counts as now */
export function openPatience(clock: Clock, boughtAt: number): Patience {
  const ageThen = Math.max(0, clock.elapsed(boughtAt));
  const begun = clock.ticks();
  const realMs = () => clock.ticks() - begun;
  return {
    ageMs: () => ageThen + realMs() / clock.lasting(1),
    isOver: (nominalMs) => realMs() > clock.lasting(nominalMs) && realMs() > Math.min(nominalMs, LEAST_REAL_MS),
  };
}
