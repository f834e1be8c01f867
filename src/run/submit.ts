import type { BatchState } from "../ledger/batch-state.ts";
import { findTake } from "../ledger/batch-state.ts";
import type { SubmitStep } from "../plan/step.ts";
import type { SubmitOutcome } from "../provider/outcome.ts";
import type { Problem } from "../shot/problem.ts";
import type { ExtendRequest } from "../shot/take.ts";
import { backoffMs } from "./backoff.ts";
import { traceBalance } from "./balance-trace.ts";
import type { RunContext } from "./context.ts";
import { afterDeferral, MOST_DEFERRALS } from "./deferral.ts";
import { noRoomProblem } from "./disk-problem.ts";
import type { Gate } from "./gate.ts";
import { about, deferredProblem, refusedProblem, type Subject, unconfirmedProblem } from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { overCapProblem } from "./spending-problem.ts";
import { DONE, type StepResult } from "./step-result.ts";
import type { Stills } from "./stills.ts";
import { UnrecordedTask } from "./unrecorded-task.ts";

/** Tries to reach the vendor at all before the shot is left for the next run. */
const MOST_UNREACHED = 6;

/** Buys one take: the intent is on disk before the request leaves, the answer right after it came. */
export async function submit(
  step: SubmitStep,
  context: RunContext,
  tools: { readonly gate: Gate; readonly stills: Stills; readonly recorder: Recorder },
): Promise<StepResult> {
  const { recorder } = tools;
  const { world } = context;
  const subject = { manifest: context.manifest, shot: step.shot, take: step.take, prompt: step.request.prompt };

  let unreached = 0;
  for (let deferrals = 1; ; deferrals++) {
    const stills = await tools.stills.urlsFor(step.request);
    if (stills.outcome === "not-ready") {
      const fix = "Run the same command again; nothing was bought.";
      const problem = about(
        subject,
        "upload-failed",
        `could not be sent: a picture was not uploaded: ${stills.why}`,
        fix,
      );
      return stills.keyRefused ? { result: "stop", problem } : { result: "rest", problem };
    }
    const token = world.chance.token();
    const { shot, take, request, requestHash, credits } = step;
    const leave = await tools.gate.pass(
      {
        event: "submitting",
        shot,
        take,
        token,
        request,
        requestHash,
        credits,
        ...(step.why === "forced" && { overtakes: true }),
      },
      step.waiting,
    );
    if (leave.outcome === "drained") return DONE;
    if (leave.outcome === "no-room") {
      const problem = noRoomProblem(context.manifest, context.batchFolder, leave);
      return { result: "stop-buying", cause: "disk", problem };
    }
    if (leave.outcome === "over") {
      return { result: "stop-buying", cause: "budget", problem: overCapProblem(context.caps, leave, credits) };
    }

    const outcome = doubtRepeated(await send(step, stills.urls, token, context), recorder.view().state);
    switch (outcome.outcome) {
      case "accepted":
        await recorder.record({ event: "submitted", shot, take, task: outcome.task }).catch((cause: unknown) => {
          throw new UnrecordedTask(context.manifest, shot, take, outcome.task, { cause });
        });
        return DONE;
      case "refused":
        if (request.kind === "extend" && outcome.cause === "not-found") {
          const problem = parentUnknownProblem(subject, request.parent);
          await recorder.record({ event: "deferred", shot, take, problem });
          return { result: "rest", problem };
        }
        await recorder.record({ event: "refused", shot, take, problem: refusedProblem(subject, outcome) });
        return DONE;
      case "uncertain": {
        const trace = await traceBalance(context.openingBalance, credits, context);
        // A callback may have brought the answer meanwhile.
        if (findTake(recorder.view().state, shot, take)?.purchase !== "submitting") return DONE;
        const problem = unconfirmedProblem(subject, outcome.why, leave.recorded.at, credits, trace);
        await recorder.record({ event: "unconfirmed", shot, take, problem });
        return DONE;
      }
      case "deferred": {
        const problem = deferredProblem(subject, outcome);
        await recorder.record({ event: "deferred", shot, take, problem });
        const result = await afterDeferral(outcome, context);
        if (result) return { ...result, problem };
        if (deferrals === MOST_DEFERRALS || context.drain.aborted) return { result: "rest", problem };
        if (outcome.cause !== "unreachable") break;
        if (++unreached === MOST_UNREACHED) return { result: "rest", problem };
        const inMs = backoffMs(unreached, world.chance, outcome.retryAfterMs);
        context.watch({ news: "retrying", step, why: outcome.message, inMs });
        await world.clock.sleep(inMs, context.drain).catch(() => undefined);
      }
    }
  }
}

/** One task is one purchase: an answer that names the task of another take is that one's, told again by something in between. */
function doubtRepeated(outcome: SubmitOutcome, state: BatchState): SubmitOutcome {
  if (outcome.outcome !== "accepted") return outcome;
  const owner = [...state.takes.values()].flat().find(({ task }) => task === outcome.task);
  if (!owner) return outcome;
  return {
    outcome: "uncertain",
    why: `the answer names task ${outcome.task}, which is take ${owner.number} of shot "${owner.shot}"`,
  };
}

/** Each key sees its own tasks alone, so this no is about the key as likely as about the shot. */
function parentUnknownProblem(subject: Subject, parent: ExtendRequest["parent"]): Problem {
  return about(
    subject,
    "task-unknown",
    `waits: it extends shot "${parent.shot}", whose task ${parent.task} the vendor does not know under this key. Nothing was bought`,
    `Check KIE_API_KEY and KIE_API_URL and run the same command again. If https://kie.ai/logs does not have the task either, buy "${parent.shot}" again with --force ${parent.shot} and name that take under pick.`,
  );
}

/** The request itself is not stopped by a drain: its answer decides whether something was bought. */
function send(
  { request }: SubmitStep,
  urls: readonly string[],
  token: string,
  { provider, callbacks, leave }: RunContext,
): Promise<SubmitOutcome> {
  const seed = request.seed === undefined ? {} : { seed: request.seed };
  const answer = callbacks ? { callBackUrl: callbacks.addressFor(token) } : {};
  if (request.kind === "extend") {
    const { prompt, model, parent } = request;
    return provider.extend({ task: parent.task, prompt, model, ...seed, ...answer }, leave);
  }
  const { prompt, model, aspectRatio, translate, stills } = request;
  return provider.generate(
    { prompt, model, aspectRatio, translate, ...seed, ...answer, stills: { use: stills.use, urls } },
    leave,
  );
}
