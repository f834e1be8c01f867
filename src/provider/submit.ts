import type { TaskId } from "../shot/id.ts";
import { deferralOf } from "./deferral.ts";
import { type Reply, tell } from "./envelope.ts";
import type { SubmitOutcome } from "./outcome.ts";
import { refusalOf } from "./refusal.ts";
import { readTaskId } from "./task-id.ts";

/**
 * Sorts the answer to a buying call.
 *
 * Accepted is only what states code 200 and names a task. Refused and deferred are only the codes known to come before
 * anything is bought, and without a task's name beside them. All the rest is uncertain, whatever it looks like.
 */
export function sortSubmit(reply: Reply): SubmitOutcome {
  const task = reply.reply === "envelope" ? readTaskId(reply.data) : undefined;
  if (reply.reply === "envelope" && reply.stated && reply.code === 200 && task !== undefined) {
    return { outcome: "accepted", task };
  }
  if (task === undefined) {
    const no = deferralOf(reply) ?? (reply.reply === "envelope" ? refusalOf(reply) : undefined);
    if (no) return no;
  }
  return { outcome: "uncertain", why: reasonForDoubt(reply, task) };
}

function reasonForDoubt(reply: Reply, task: TaskId | undefined): string {
  if (reply.reply === "none") return `no answer came (${reply.message})`;
  if (task !== undefined) return `the answer names task ${task} but says ${tell(reply)}`;
  if (reply.reply === "envelope" && reply.code === 200) return `the answer says ${tell(reply)} and names no task`;
  return `the answer leaves open whether it was bought: ${tell(reply)}`;
}
