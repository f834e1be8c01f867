import type { CallbackRefusal, CallbackRemark } from "../run/callbacks.ts";
import { countOf } from "./credits.ts";

/** A line about the callback receiver, without date and line end. */
export function callbackLine(remark: CallbackRemark): string {
  switch (remark.remark) {
    case "open":
      return remark.isSigned
        ? `callbacks are taken at ${remark.origin}, signed with KIE_WEBHOOK_KEY`
        : `callbacks are taken at ${remark.origin}; KIE_WEBHOOK_KEY is not set, so they are not checked: each only makes us look`;
    case "refused":
      return `${countOf(remark.times, "callback")} refused: ${REFUSALS[remark.why]}`;
    case "unknown":
      return `${countOf(remark.times, "callback")} about purchases that are not of this run`;
  }
}

const REFUSALS: Record<CallbackRefusal, string> = {
  missing: "not signed, although KIE_WEBHOOK_KEY is set",
  malformed: "the signature is none",
  wrong: "the signature does not fit KIE_WEBHOOK_KEY",
  stale: "signed more than five minutes ago or ahead; is this machine's clock right?",
  replayed: "the same signature was used before",
  unreadable: "not what the vendor sends",
  "too-long": "longer than any callback",
};
