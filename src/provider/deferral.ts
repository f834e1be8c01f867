import type { Reply } from "./envelope.ts";
import type { DeferralCause, Deferred } from "./outcome.ts";

/** Codes that say: not now, or not with this key. Checked before anything is created, so nothing was bought. */
const CAUSES: ReadonlyMap<number, DeferralCause> = new Map([
  [401, "key"],
  [402, "credits"],
  [429, "rate"],
  [430, "rate"], // the same as 429 on sibling products behind the same gateway
  [433, "key-cap"],
  [455, "maintenance"],
  [505, "disabled"],
]);

/** The vendor's siblings use 429 for an empty account too; the words tell which one is meant. */
const LACKS_CREDITS = /credit|insufficient|balance|top.?up/i;

/**
 * What an answer puts off; undefined when it says anything else.
 *
 * Of pages without an envelope only HTTP 401 and 429 count: both are given before a request is looked at. Any other
 * gateway status leaves open what the vendor behind it has done.
 */
export function deferralOf(reply: Reply): Deferred | undefined {
  if (reply.reply === "none") {
    if (!reply.neverSent) return undefined;
    return {
      outcome: "deferred",
      cause: "unreachable",
      code: undefined,
      message: reply.message,
      retryAfterMs: undefined,
    };
  }
  const code = reply.reply === "envelope" ? reply.code : reply.httpStatus;
  if (reply.reply === "unreadable" && code !== 401 && code !== 429) return undefined;
  // 505 is the vendor's word for a switched-off feature; as a bare status it is any gateway's
  if (reply.reply === "envelope" && !reply.stated && code >= 500) return undefined;
  const cause = CAUSES.get(code);
  if (cause === undefined) return undefined;
  const isRate = cause === "rate" && !LACKS_CREDITS.test(reply.message);
  return {
    outcome: "deferred",
    cause: cause === "rate" && !isRate ? "credits" : cause,
    code,
    message: reply.message || MEANINGS[cause],
    retryAfterMs: reply.retryAfterMs,
  };
}

/** For the vendor that says nothing. */
const MEANINGS: Readonly<Record<DeferralCause, string>> = {
  key: "the key was refused",
  credits: "no credits left",
  rate: "too many calls",
  "key-cap": "the key's own spending cap is reached",
  maintenance: "the service is under maintenance",
  disabled: "this feature is switched off",
  unreachable: "no connection could be made",
};
