import { vi } from "vitest";
import type { Clock } from "../../../src/world/clock.ts";

/** Set forward or back, as a person or a time server does to a machine; what lasts by timers lasts on. */
export interface WallClock {
  /** milliseconds by which the machine's clock is ahead of true time */
  aheadMs: number;
}

/** Nothing is in hand, nothing is waited for, and yet it does not end. */
export class StandsStill extends Error {
  override readonly name = "StandsStill";
}

/** Time that passes only while nobody has anything to do: it jumps to the next moment that somebody waits for. */
export interface VirtualTime {
  /** true time in epoch milliseconds, whatever a machine's clock says */
  now(): number;
  clock(wall: WallClock): Clock;
  after(ms: number, act: () => void): void;
  /**
   * Lets time pass until the work has ended.
   *
   * @param isBusy - whether work is under way that no timer stands for
   * @returns false when it did not end within so many milliseconds
   * @throws StandsStill
   */
  pass(work: Promise<unknown>, isBusy: () => boolean, atMostMs: number): Promise<boolean>;
  end(): void;
}

/** Takes over `setTimeout` and `Date` until it is ended, so that libraries with timers of their own wait along. */
export function openVirtualTime(startAt: number): VirtualTime {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: startAt });
  const time: VirtualTime = {
    now: () => Date.now(),
    clock(wall) {
      const now = () => Date.now() + wall.aheadMs;
      return {
        now,
        ticks: () => Date.now(),
        lasting: (nominalMs) => nominalMs,
        elapsed: (since) => now() - since,
        sleep: (nominalMs, signal) => sleep(nominalMs, signal),
      };
    },
    after: (ms, act) => void setTimeout(act, ms),
    async pass(work, isBusy, atMostMs) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      const until = Date.now() + atMostMs;
      for (;;) {
        // Twice: what the first turn brought may have handed in something new.
        for (let turn = 0; turn < 2; turn += 1) await new Promise((next) => setImmediate(next));
        if (ended) return true;
        if (isBusy()) continue;
        if (vi.getTimerCount() === 0) throw new StandsStill("nothing is in hand and nobody waits for anything");
        if (Date.now() > until) return false;
        vi.advanceTimersToNextTimer();
      }
    },
    end: () => {
      vi.useRealTimers();
    },
  };
  return time;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
