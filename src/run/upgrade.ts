import { findTake } from "../ledger/batch-state.ts";
import type { UpgradeStep } from "../plan/step.ts";
import type { UpgradeOutcome } from "../provider/outcome.ts";
import type { UpgradeResolution } from "../shot/resolution.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import { afterDeferral, MOST_DEFERRALS } from "./deferral.ts";
import { noRoomProblem } from "./disk-problem.ts";
import type { Gate } from "./gate.ts";
import type { Hints } from "./hints.ts";
import type { Lanes } from "./lanes.ts";
import { openPatience } from "./patience.ts";
import { nextLookMs } from "./poll-schedule.ts";
import { about, clause, deferredProblem, type Subject } from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { overCapProblem } from "./spending-problem.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** How long to wait in one run. @see kie.ai: 1080p takes one to three minutes, 4k five to ten */
const LONGEST_WAIT_MS: Record<UpgradeResolution, number> = { "1080p": 10 * 60_000, "4k": 30 * 60_000 };
/** The vendor asks for at least this between two looks. @see kie.ai Get 1080P Video, Get 4K Video */
const SHORTEST_LOOK_MS: Record<UpgradeResolution, number> = { "1080p": 20_000, "4k": 30_000 };

/** A no while we wait for an upgrade says nothing about the call that ordered it. */
const ORDERED = "The upgrade was ordered before and may have been charged; asking again buys nothing";

interface UpgradeTools {
  readonly gate: Gate;
  readonly lanes: Lanes;
  readonly recorder: Recorder;
  readonly hints: Hints;
}

/**
 * A no that comes after an order may be a gateway's cough, and the order is paid: it is believed when it is said so often
 * in a row.
 */
const NOES_BELIEVED = 2;

/**
 * Right after a take is finished, the vendor's upgrades may not know its file yet. Once they say so this often in a row,
 * over minutes, nothing more is to be expected.
 */
const BLANKS_BELIEVED = 8;

/** An upgrade whose intent is on disk. */
interface Order {
  readonly token: string;
  /** epoch milliseconds of the intent */
  readonly since: number;
  /** what the call that bought it answered; undefined when an earlier run made it */
  readonly first: UpgradeOutcome | undefined;
}

/**
 * Asks for a larger picture of a finished take and waits for it. The first call buys; each further one is the same call
 * and the vendor's way of being asked. A no for good leaves the 720p file as it is.
 */
export async function upgrade(step: UpgradeStep, context: RunContext, tools: UpgradeTools): Promise<StepResult> {
  const order = step.why === "bought" ? orderedBefore(tools.recorder, step) : await placeOrder(step, context, tools);
  return "result" in order ? order : awaitUpgrade(step, order, context, tools);
}

async function placeOrder(step: UpgradeStep, context: RunContext, tools: UpgradeTools): Promise<Order | StepResult> {
  const { world, manifest } = context;
  const { recorder } = tools;
  const { shot, take, resolution, credits } = step;
  for (let deferrals = 1; ; deferrals++) {
    const token = world.chance.token();
    const leave = await tools.gate.pass({ event: "upgrading", shot, take, resolution, token, credits }, 0);
    if (leave.outcome === "drained") return DONE;
    if (leave.outcome === "no-room") {
      const problem = noRoomProblem(manifest, context.batchFolder, leave);
      return { result: "stop-buying", cause: "disk", problem };
    }
    if (leave.outcome === "over") {
      return { result: "stop-buying", cause: "budget", problem: overCapProblem(context.caps, leave, credits) };
    }
    const first = await askFor(step, token, context, tools);
    const isUnknown = isTaskUnknown(first);
    if (first.outcome !== "deferred" && !isUnknown) return { token, since: leave.recorded.at, first };

    const subject = { manifest, shot, take };
    const problem = isUnknown ? unknownProblem(subject, step) : deferredProblem(subject, first);
    await recorder.record({ event: "upgrade-deferred", shot, take, resolution, problem });
    if (isUnknown) return { result: "rest", problem };
    const halt = await afterDeferral(first, context);
    if (halt) return { ...halt, problem };
    const isUnreached = first.cause === "unreachable";
    if (isUnreached || deferrals === MOST_DEFERRALS || context.drain.aborted) return { result: "rest", problem };
  }
}

async function awaitUpgrade(
  step: UpgradeStep,
  { token, since, first }: Order,
  context: RunContext,
  tools: UpgradeTools,
): Promise<StepResult> {
  const { world, ledger, manifest } = context;
  const { recorder, hints } = tools;
  const { shot, take, resolution } = step;
  const subject = { manifest, shot, take };
  const kind = `upgrade:${resolution}` as const;
  const patience = openPatience(world.clock, since);
  let failures = 0;
  let noes = 0;
  let blanks = 0;
  /** the first call and all since: then nothing was begun */
  let isBlankThroughout = first !== undefined;
  for (let outcome = first; ; outcome = undefined) {
    const isFirst = outcome !== undefined;
    outcome ??= await askFor(step, token, context, tools);
    if (context.leave.aborted) return DONE;
    const isBlank = outcome.outcome === "empty" || outcome.outcome === "unfinished";
    isBlankThroughout &&= isBlank;
    if (isBlank) blanks += 1;
    else if (outcome.outcome === "pending") blanks = 0;
    const ageMs = patience.ageMs();
    const durations = (await ledger.account()).durations.get(kind) ?? [];
    const usualMs = Math.max(SHORTEST_LOOK_MS[resolution], nextLookMs(ageMs, durations));
    // Of 1080p the vendor tells nobody.
    let delayMs = resolution === "4k" ? hints.paced(token, usualMs) : usualMs;
    switch (outcome.outcome) {
      case "upgraded": {
        const tookMs = Math.round(ageMs);
        await recorder.record({ event: "upgraded", shot, take, resolution, urls: outcome.urls, tookMs });
        if (first) await ledger.learn(kind, tookMs);
        return DONE;
      }
      case "refused": {
        if (!isFirst && ++noes < NOES_BELIEVED) break;
        if (isTaskUnknown(outcome)) {
          await ledger.settle(token, "made");
          return { result: "rest", problem: unknownProblem(subject, step) };
        }
        const problem = keptProblem(subject, resolution, `${clause(outcome.message)} (code ${outcome.code})`, isFirst);
        await recorder.record({ event: "upgrade-refused", shot, take, resolution, isUnbought: isFirst, problem });
        return DONE;
      }
      case "deferred":
        // The vendor may have begun: a "no credits" now is no proof that nothing was bought.
        if (outcome.cause === "key") return { result: "stop", problem: deferredProblem(subject, outcome, ORDERED) };
        if (outcome.cause === "credits" || outcome.cause === "key-cap") {
          await ledger.settle(token, "made");
          return { result: "stop-buying", cause: outcome.cause, problem: deferredProblem(subject, outcome, ORDERED) };
        }
        delayMs = Math.max(delayMs, backoffMs(++failures, world.chance, outcome.retryAfterMs));
        break;
      case "unclear":
        delayMs = Math.max(delayMs, backoffMs(++failures, world.chance, outcome.retryAfterMs));
        context.watch({ news: "retrying", step, why: outcome.message, inMs: delayMs });
        break;
      case "empty":
      case "unfinished":
        if (blanks >= BLANKS_BELIEVED) {
          const isUnbought = isBlankThroughout;
          const problem = keptProblem(subject, resolution, clause(outcome.message), isUnbought);
          await recorder.record({ event: "upgrade-refused", shot, take, resolution, isUnbought, problem });
          return DONE;
        }
        failures = 0;
        noes = 0;
        break;
      case "pending":
        failures = 0;
        noes = 0;
        break;
    }
    if (patience.isOver(LONGEST_WAIT_MS[resolution])) {
      await ledger.settle(token, "made");
      return { result: "rest", problem: stillUpgradingProblem(subject, resolution, ageMs) };
    }
    if (!(await hints.untilLook(token, delayMs, SHORTEST_LOOK_MS[resolution]))) return DONE;
  }
}

function askFor(
  { resolution, task }: UpgradeStep,
  token: string,
  { provider, callbacks, leave }: RunContext,
  { lanes }: UpgradeTools,
): Promise<UpgradeOutcome> {
  return lanes.polls.add(() =>
    resolution === "4k"
      ? provider.get4k(task, 0, leave, callbacks?.addressFor(token))
      : provider.get1080p(task, 0, leave),
  );
}

function orderedBefore(recorder: Recorder, { shot, take: number, resolution }: UpgradeStep): Order {
  const found = findTake(recorder.view().state, shot, number)?.upgrades.get(resolution);
  if (!found) throw new Error(`run: the ${resolution} of ${shot}/${number} was never bought`);
  return { token: found.token, since: found.since, first: undefined };
}

/** Each key sees its own tasks alone: that one does not know the take is no word on what was bought with another. */
function isTaskUnknown(outcome: UpgradeOutcome): outcome is UpgradeOutcome & { outcome: "refused" } {
  return outcome.outcome === "refused" && outcome.cause === "not-found";
}

function unknownProblem(subject: Subject, { task, resolution }: UpgradeStep) {
  const fix = "Check KIE_API_KEY and KIE_API_URL and run the same command again: nothing is bought twice.";
  const what = `cannot be had at ${resolution}: the vendor does not know its task ${task} under this key. The 720p file is kept`;
  return about(subject, "task-unknown", what, fix);
}

function keptProblem(subject: Subject, resolution: UpgradeResolution, said: string, isUnbought: boolean) {
  const paid = isUnbought ? "Nothing was bought for it" : "What it cost may be spent";
  const fix = `The 720p file is kept and used. For ${resolution}, buy another take with --force ${subject.shot} and name that one under pick.`;
  return about(subject, "upgrade-refused", `does not come at ${resolution}: the vendor says: ${said}. ${paid}`, fix);
}

function stillUpgradingProblem(subject: Subject, resolution: UpgradeResolution, ageMs: number) {
  const minutes = Math.round(ageMs / 60_000);
  const fix = "Run the same command again: it goes on waiting and buys nothing twice.";
  return about(subject, "still-upgrading", `is bought at ${resolution} and not ready after ${minutes} minutes`, fix);
}
