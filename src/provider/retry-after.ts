import type { Clock } from "../world/clock.ts";

/** No header may park a batch for longer than this; a longer wait is asked for again when it is over. */
const MOST_MS = 60 * 60 * 1000;

/**
 * How long a `Retry-After` header asks us to wait.
 *
 * @param header - seconds or an HTTP date; the vendor was never seen to send either
 * @returns nominal milliseconds, at most an hour; undefined when there is no header or no sense in it
 */
export function retryAfterMs(header: string | undefined, clock: Pick<Clock, "elapsed">): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return within(Number(text) * 1000);
  if (!/[a-z]{3}/i.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : within(-clock.elapsed(moment));
}

function within(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MOST_MS);
}
