import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** Longest single timer Node takes; longer waits are cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock, on which each nominal length lasts `1 / speed` as long. */
export function openClock(speed = 1): Clock {
  const clock: Clock = {
    now: () => Date.now(),
    ticks: () => performance.now(),
    lasting: (nominalMs) => nominalMs / speed,
    elapsed: (since) => (Date.now() - since) * speed,
    async sleep(nominalMs, signal) {
      let leftMs = clock.lasting(nominalMs);
      while (leftMs > 0) {
        const pieceMs = Math.min(leftMs, LONGEST_TIMER_MS);
        await wait(pieceMs, undefined, signal ? { signal } : {}).catch((error: unknown) => {
          // Node wraps the reason in an AbortError of its own; callers compare reasons.
          throw signal?.aborted ? signal.reason : error;
        });
        leftMs -= pieceMs;
      }
    },
  };
  return clock;
}
