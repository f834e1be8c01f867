import { findTake } from "../ledger/batch-state.ts";
import { doubtAbout } from "../plan/echo-fit.ts";
import type { RecordOutcome } from "../provider/outcome.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import type { Claim } from "./hints.ts";
import type { Lanes } from "./lanes.ts";
import type { Recorder } from "./recorder.ts";

const MOST_LOOKS = 6;

/**
 * Settles a purchase that was never answered by the task that its callback names, as `adopt` does by hand: the task's own
 * record must say that it was asked for this, and it must not be another take's. Whatever speaks against it leaves the take as it
 * was, for a person.
 */
export async function settleClaim(
  { take: { shot, number, token, request }, task }: Claim,
  context: RunContext,
  { lanes, recorder }: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<void> {
  const { provider, world, drain, leave } = context;
  const ignore = (why: string) => context.watch({ news: "callback-ignored", shot, take: number, task, why });

  for (let looks = 1; ; looks++) {
    const record = await lanes.polls.add(() => provider.recordInfo(task, leave));
    if (leave.aborted) return;
    if (tellsTheTask(record)) {
      const doubt = doubtAbout(request, token, record.echo);
      if (doubt) return ignore(doubt);
      break;
    }
    const mayPass = record.outcome !== "expired" && !(record.outcome === "deferred" && record.cause === "key");
    if (!mayPass || looks === MOST_LOOKS) return ignore(record.message);
    const retryAfterMs = record.outcome === "invisible" ? undefined : record.retryAfterMs;
    await world.clock.sleep(backoffMs(looks, world.chance, retryAfterMs), drain).catch(() => undefined);
    if (drain.aborted) return;
  }
  const { state } = recorder.view();
  const owner = [...state.takes.values()].flat().find((each) => each.task === task);
  if (owner) return ignore(`it belongs to take ${owner.number} of shot "${owner.shot}"`);
  if (findTake(state, shot, number)?.purchase !== "unconfirmed") return;
  await recorder.record({ event: "adopted", shot, take: number, task });
}

function tellsTheTask(record: RecordOutcome): record is Extract<RecordOutcome, { echo: unknown }> {
  return "echo" in record;
}
