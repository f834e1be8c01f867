import { type BatchState, creditsSpent } from "../ledger/batch-state.ts";
import { countOf, showMoney } from "./credits.ts";

/**
 * What a run that broke off had spent by then, for the end of its last message.
 *
 * @param before - the batch when the run began
 * @param now - the last that is known to be written down
 */
export function tellEarlyEnd(before: BatchState, now: BatchState): string {
  const spent = creditsSpent(now) - creditsSpent(before);
  const takes = [...now.takes.values()].flat();
  const sent = takes.filter(({ purchase }) => purchase === "submitting").length;
  const paid = takes.filter(({ purchase }) => purchase === "generating").length;
  const parts = [
    spent === 0 ? "Nothing is known to have been spent by this run" : `${showMoney(spent)} spent by this run`,
    ...(paid > 0 ? [`${countOf(paid, "take")} paid and still at the vendor's`] : []),
    ...(sent > 0 ? [`${countOf(sent, "purchase")} sent whose answer could not be written down`] : []),
  ];
  return `${parts.join("; ")}. The same command goes on from there and buys nothing twice.`;
}
