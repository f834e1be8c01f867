import { setImmediate } from "node:timers/promises";

/** Bytes moved before others in this process get their turn: some milliseconds of a quick disk. */
const TURN_BYTES = 4 * 2 ** 20;

/** What took longer did not come from memory, and nobody else could do anything meanwhile. */
const SLOW_MS = 5;

/** So often another thread is asked then, before this one tries again. */
const SLOW_PIECES = 200;

/**
 * Asks a disk for something: `now` in this thread, or `later` in another.
 *
 * @param bytes - that are moved, or could be meanwhile
 */
export type Pace = <T>(bytes: number, now: () => T, later: () => Promise<T>) => Promise<T>;

/**
 * Lets a disk be asked at once as long as the system has what it is asked for in its memory, where handing that to another
 * thread and back costs several times what is done there. A disk that keeps us waiting is waited for elsewhere.
 */
export function openPace(nowMs: () => number = () => performance.now()): Pace {
  let moved = 0;
  let elsewhere = 0;
  return async (bytes, now, later) => {
    if (elsewhere > 0) {
      elsewhere--;
      return later();
    }
    const startedAt = nowMs();
    try {
      return now();
    } finally {
      // That something is not there may take as long to say.
      if (nowMs() - startedAt > SLOW_MS) elsewhere = SLOW_PIECES;
      moved += bytes;
      if (moved >= TURN_BYTES) {
        moved = 0;
        await setImmediate();
      }
    }
  };
}
