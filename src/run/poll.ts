import { findTake } from "../ledger/batch-state.ts";
import type { WorkKind } from "../ledger/ledger.ts";
import type { PollStep } from "../plan/step.ts";
import type { TakeRequest } from "../shot/take.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import type { Hints } from "./hints.ts";
import type { Lanes } from "./lanes.ts";
import { openPatience } from "./patience.ts";
import { nextLookMs } from "./poll-schedule.ts";
import {
  emptyProblem,
  failedProblem,
  lostProblem,
  stillGeneratingProblem,
  unclearTaskProblem,
  unknownTaskProblem,
} from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** A fresh task may be unknown for a while. @see kie.ai clients: up to 90 s were seen */
const VISIBLE_AFTER_MS = 90_000;
/** Unknown for longer than this, it does not come by waiting: another key or address may have been set by mistake. */
const UNKNOWN_AFTER_MS = 10 * 60_000;
/** The vendor itself gives up after ten minutes; an extension may take longer. */
const LONGEST_WAIT_MS = 30 * 60_000;
/** However often somebody calls about a take, it is asked for no more often than polling does at first. */
const SHORTEST_LOOK_MS = 10_000;
const MOST_EMPTY = 5;
const EMPTY_GAP_MS = 25_000;

/** Looks after a task until it is made, has failed, or the waiting has gone on for too long for one run. */
export async function poll(
  step: PollStep,
  context: RunContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder; readonly hints: Hints },
): Promise<StepResult> {
  const { world, provider, ledger } = context;
  const { lanes, recorder, hints } = tools;
  const { shot, take: number, task } = step;
  const take = findTake(recorder.view().state, shot, number);
  if (!take) throw new Error(`run: no take ${number} of ${shot} to poll`);
  const subject = { manifest: context.manifest, shot, take: number, prompt: take.request.prompt };
  const kind = workKind(take.request);
  const patience = openPatience(world.clock, take.intendedAt);
  const { ageMs } = patience;
  // A run that comes back late saw nothing of when it was ready: that would teach a wrong duration.
  const sinceBought = world.clock.elapsed(take.intendedAt);
  const sawItBegin = sinceBought >= 0 && sinceBought < VISIBLE_AFTER_MS;
  // Taken over from a run that ended: its place among the running is ours now.
  await ledger.settle(take.token, "running");
  let failures = 0;
  let empties = 0;
  let wasPending = false;

  const usualDelayMs = async () =>
    hints.paced(take.token, nextLookMs(ageMs(), (await ledger.account()).durations.get(kind) ?? []));

  let delayMs = await usualDelayMs();
  for (;;) {
    if (!(await hints.untilLook(take.token, delayMs, SHORTEST_LOOK_MS))) return DONE;
    const outcome = await lanes.polls.add(() => provider.recordInfo(task, context.leave));
    if (context.leave.aborted) return DONE;
    switch (outcome.outcome) {
      case "made": {
        const { urls, fullUrls, seed = null, fallback, creditsConsumed } = outcome.result;
        const tookMs = Math.round(ageMs());
        await recorder.record({
          event: "made",
          shot,
          take: number,
          urls,
          fullUrls,
          seed,
          upgradable: !fallback,
          tookMs,
        });
        if (creditsConsumed !== undefined) await ledger.learnCharge(kind, creditsConsumed);
        if (sawItBegin) await ledger.learn(kind, tookMs);
        return DONE;
      }
      case "failed": {
        const problem = failedProblem(subject, outcome.code, outcome.message, outcome.transient);
        await recorder.record({ event: "failed", shot, take: number, problem });
        return DONE;
      }
      case "expired":
        await recorder.record({ event: "lost", shot, take: number, problem: lostProblem(subject, outcome.message) });
        return DONE;
      case "invisible":
        if (ageMs() > UNKNOWN_AFTER_MS && patience.isOver(VISIBLE_AFTER_MS)) {
          await ledger.settle(take.token, "made");
          return { result: "rest", problem: unknownTaskProblem(subject, task) };
        }
        delayMs = ageMs() < VISIBLE_AFTER_MS ? 5_000 : 30_000;
        break;
      case "empty":
        if (++empties > MOST_EMPTY) {
          const problem = emptyProblem(subject, task, outcome.wholeUrls);
          await recorder.record({ event: "lost", shot, take: number, problem });
          return DONE;
        }
        delayMs = EMPTY_GAP_MS;
        break;
      case "deferred":
        if (outcome.cause === "key") return { result: "stop", problem: keyProblem(outcome.message) };
        delayMs = backoffMs(++failures, world.chance, outcome.retryAfterMs);
        break;
      case "unclear":
        delayMs = backoffMs(++failures, world.chance, outcome.retryAfterMs);
        context.watch({ news: "retrying", step, why: outcome.message, inMs: delayMs });
        break;
      case "pending":
        failures = 0;
        wasPending = true;
        delayMs = await usualDelayMs();
        break;
    }
    if (patience.isOver(LONGEST_WAIT_MS)) {
      // It goes on at the vendor's, but must not keep others from being bought for ever.
      await ledger.settle(take.token, "made");
      const minutes = Math.round(ageMs() / 60_000);
      const isSilent = outcome.outcome === "unclear" && !wasPending;
      const problem = isSilent
        ? unclearTaskProblem(subject, task, minutes, outcome.message)
        : stillGeneratingProblem(subject, minutes);
      return { result: "rest", problem };
    }
  }
}

/** What is learnt together: takes of one model, extensions apart. */
export function workKind(request: TakeRequest): WorkKind {
  return `${request.kind}:${request.model}`;
}

/** The vendor does not know the key: nothing more can be asked. */
function keyProblem(message: string) {
  return {
    rule: "vendor-key",
    message: `the key was refused: ${message}`,
    fix: "Set KIE_API_KEY to a valid key and run the same command again; what is bought is picked up then.",
    place: null,
  };
}
