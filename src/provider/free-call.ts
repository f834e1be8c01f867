import { deferralOf } from "./deferral.ts";
import { type Reply, tell } from "./envelope.ts";
import type { FreeOutcome } from "./outcome.ts";
import { refusalOf } from "./refusal.ts";

/**
 * Sorts the answer to a call that costs nothing and may be asked again.
 *
 * @param read - the value in `data`; undefined when it is not there
 */
export function sortFree<T>(reply: Reply, read: (data: unknown) => T | undefined): FreeOutcome<T> {
  const put = deferralOf(reply);
  if (put) return put;
  if (reply.reply === "none") return { outcome: "unclear", message: reply.message, retryAfterMs: undefined };
  if (reply.reply === "unreadable") {
    return { outcome: "unclear", message: reply.message, retryAfterMs: reply.retryAfterMs };
  }
  const value = reply.code === 200 ? read(reply.data) : undefined;
  if (value !== undefined) return { outcome: "given", value };
  const message = reply.code === 200 ? `the answer lacks what was asked for (${tell(reply)})` : tell(reply);
  return refusalOf(reply) ?? { outcome: "unclear", message, retryAfterMs: reply.retryAfterMs };
}
