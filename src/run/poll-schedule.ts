/** With fewer finished tasks than this nothing was learnt yet. */
const FEWEST_SAMPLES = 5;
const UNLEARNT = { firstMs: 10_000, gapMs: 10_000, slowAfterMs: 300_000, slowGapMs: 30_000 };
const SHORTEST_GAP_MS = 3_000;
const LONGEST_GAP_MS = 60_000;
/** Somebody waits this many seconds rather than spend one more request. */
const SECONDS_WORTH_A_POLL = 1;
/** A task far beyond all that was seen still may finish: about one in 2,000 s. */
const LEAST_HAZARD_PER_SECOND = 1 / 2_000;

/**
 * When to look at a task next, in nominal milliseconds from now.
 *
 * The best rate of looking follows the square root of the chance that the task finishes just now, given that it has
 * not: rare while nothing can be ready, dense when most are, rarer again for stragglers.
 *
 * @param age - nominal milliseconds since it was submitted
 * @param durations - how long finished tasks of its kind took, in nominal milliseconds, in any order
 * @see docs/decisions.md, polling
 */
export function nextLookMs(age: number, durations: readonly number[]): number {
  // A clock that was set back makes a task look unborn: it is looked at as a new one.
  const ageMs = Math.max(0, age);
  if (durations.length < FEWEST_SAMPLES) return unlearntLookMs(ageMs);
  const sorted = durations.toSorted((a, b) => a - b);
  const earliest = quantile(sorted, 0.02);
  if (ageMs < earliest) return Math.max(SHORTEST_GAP_MS, earliest - ageMs);
  const gapMs = Math.sqrt((2 * SECONDS_WORTH_A_POLL) / hazardPerSecond(ageMs, sorted)) * 1000;
  return Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, gapMs));
}

/** When a task of this age should be ready, in nominal milliseconds from now; undefined while nothing was learnt. */
export function expectedMs(ageMs: number, durations: readonly number[]): number | undefined {
  const left = durations.filter((duration) => duration > ageMs).toSorted((a, b) => a - b);
  return left.length === 0 ? undefined : quantile(left, 0.5) - ageMs;
}

function unlearntLookMs(ageMs: number): number {
  if (ageMs < UNLEARNT.firstMs) return UNLEARNT.firstMs - ageMs;
  return ageMs < UNLEARNT.slowAfterMs ? UNLEARNT.gapMs : UNLEARNT.slowGapMs;
}

/** Finished in a window around this age, over those that were still going when it began; a rough but steady estimate. */
function hazardPerSecond(ageMs: number, sorted: readonly number[]): number {
  const median = quantile(sorted, 0.5);
  const windowMs = Math.max(SHORTEST_GAP_MS, median / 5);
  const still = sorted.filter((duration) => duration > ageMs - windowMs / 2).length;
  const within = sorted.filter((duration) => Math.abs(duration - ageMs) <= windowMs / 2).length;
  if (still === 0) return LEAST_HAZARD_PER_SECOND;
  return Math.max(LEAST_HAZARD_PER_SECOND, within / still / (windowMs / 1000));
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
