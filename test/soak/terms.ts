/** What `npm run soak` was asked for; every soak file goes on for the same time, side by side with the others. */
export interface SoakTerms {
  /** how long to go on, in minutes */
  readonly minutes: number;
  /** decides all that is drawn: the same seed tries the same */
  readonly seed: number;
  /** true once the time is over */
  readonly isOver: () => boolean;
}

/** Counts from now. Without `npm run soak` around it, a minute with seed 1. */
export function soakTerms(): SoakTerms {
  const minutes = Number(process.env["SOAK_MINUTES"] ?? 1);
  const until = performance.now() + minutes * 60_000;
  return { minutes, seed: Number(process.env["SOAK_SEED"] ?? 1), isOver: () => performance.now() >= until };
}

/** A stream of numbers from 0 to below 1 that depends on the seed alone. @see mulberry32, by Tommy Ettinger */
export function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
