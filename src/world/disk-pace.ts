import { setImmediate } from "node:timers/promises";

/** Bytes moved before others in this process get their turn: some milliseconds of a quick disk. */
const TURN_BYTES = 4 * 2 ** 20;

/** A piece that took longer did not come from memory, and nobody else could do anything meanwhile. */
const SLOW_MS = 5;

/** So many pieces are moved by another thread then, before this one tries again. */
const SLOW_PIECES = 200;

/**
 * Moves a piece of a file: `now` in this thread, or `later` in another.
 *
 * @returns the bytes that were moved, as both say
 */
export type Pace = (now: () => number, later: () => Promise<number>) => Promise<number>;

/**
 * Lets pieces of some hundred kilobytes be moved at once as long as the system has them in its memory, where handing them to
 * another thread and back costs several times what moving them does. A disk that keeps us waiting is waited for elsewhere.
 */
export function openPace(nowMs: () => number = () => performance.now()): Pace {
  let moved = 0;
  let elsewhere = 0;
  return async (now, later) => {
    if (elsewhere > 0) {
      elsewhere--;
      return later();
    }
    const startedAt = nowMs();
    const bytes = now();
    if (nowMs() - startedAt > SLOW_MS) elsewhere = SLOW_PIECES;
    moved += bytes;
    if (moved >= TURN_BYTES) {
      moved = 0;
      await setImmediate();
    }
    return bytes;
  };
}
