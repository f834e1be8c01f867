import type { UpgradeStep } from "../plan/step.ts";
import type { UpgradeOutcome } from "../provider/outcome.ts";
import type { UpgradeResolution } from "../shot/resolution.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import type { Lanes } from "./lanes.ts";
import { isOverdue } from "./patience.ts";
import { nextLookMs } from "./poll-schedule.ts";
import { about, deferredProblem, refusedProblem, type Subject } from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { overCapProblem } from "./spending-problem.ts";
import { DONE, type StepResult } from "./step-result.ts";
import { afterDeferral } from "./submit.ts";

/** How long to wait in one run. @see kie.ai: 1080p takes one to three minutes, 4k five to ten */
const LONGEST_WAIT_MS: Record<UpgradeResolution, number> = { "1080p": 10 * 60_000, "4k": 30 * 60_000 };
/** The vendor asks for at least this between two looks. @see kie.ai Get 1080P Video, Get 4K Video */
const SHORTEST_LOOK_MS: Record<UpgradeResolution, number> = { "1080p": 20_000, "4k": 30_000 };

/**
 * Asks for a larger picture of a finished take and waits for it. The first call buys; each further one is the same call
 * and the vendor's way of being asked. A no for good leaves the 720p file as it is.
 */
export async function upgrade(
  step: UpgradeStep,
  context: RunContext,
  tools: { readonly gate: Gate; readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  const { world, ledger } = context;
  const { recorder, lanes } = tools;
  const { shot, take, resolution, task } = step;
  const subject = { manifest: context.manifest, shot, take };
  const call = resolution === "4k" ? context.provider.get4k : context.provider.get1080p;
  const bought = step.why === "bought" ? boughtBefore(recorder, step) : undefined;
  const token = bought?.token ?? world.chance.token();
  let since = bought?.since ?? 0;
  let isFirst = false;

  if (!bought) {
    const leave = await tools.gate.pass(
      { event: "upgrading", shot, take, resolution, token, credits: step.credits },
      0,
    );
    if (leave.outcome === "drained") return DONE;
    if (leave.outcome === "over") {
      return { result: "stop-buying", cause: "budget", problem: overCapProblem(context.manifest, leave, step.credits) };
    }
    recorder.accept(leave.recorded);
    since = leave.recorded.at;
    isFirst = true;
  }

  const kind = `upgrade:${resolution}` as const;
  const startedLooking = world.clock.now();
  let failures = 0;
  for (;;) {
    const outcome = await lanes.polls.add(() => call(task, 0, context.leave));
    if (context.leave.aborted) return DONE;
    const ageMs = world.clock.elapsed(since);
    let delayMs = Math.max(
      SHORTEST_LOOK_MS[resolution],
      nextLookMs(ageMs, (await ledger.account()).durations.get(kind) ?? []),
    );
    switch (outcome.outcome) {
      case "upgraded": {
        const tookMs = Math.round(ageMs);
        await recorder.record({ event: "upgraded", shot, take, resolution, urls: outcome.urls, tookMs });
        await ledger.settle(token, "made");
        if (!bought) await ledger.learn(kind, tookMs);
        return DONE;
      }
      case "refused":
        await recorder.record({
          event: "upgrade-refused",
          shot,
          take,
          resolution,
          problem: keptProblem(subject, resolution, outcome),
        });
        await ledger.settle(token, isFirst ? "unbought" : "made");
        return DONE;
      case "deferred": {
        const problem = deferredProblem(subject, outcome);
        if (isFirst) {
          await recorder.record({ event: "upgrade-deferred", shot, take, resolution, problem });
          await ledger.settle(token, "unbought");
          const halt = await afterDeferral(outcome, context);
          if (halt) return { ...halt, problem };
          if (outcome.cause === "unreachable") return { result: "rest", problem };
          // Nothing was bought: the step is due again, and waits at the gate until the pause is over.
          return DONE;
        }
        if (outcome.cause === "key") return { result: "stop", problem };
        delayMs = Math.max(delayMs, backoffMs(++failures, world.chance, outcome.retryAfterMs));
        break;
      }
      case "unclear":
        delayMs = Math.max(delayMs, backoffMs(++failures, world.chance, outcome.retryAfterMs));
        context.watch({ news: "retrying", step, why: outcome.message, inMs: delayMs });
        break;
      case "unfinished":
      case "pending":
        failures = 0;
        break;
    }
    // From here on the vendor may have begun: a later "no credits" is no proof that nothing was bought.
    isFirst = false;
    if (isOverdue(world.clock, startedLooking, LONGEST_WAIT_MS[resolution])) {
      return { result: "rest", problem: stillUpgradingProblem(subject, resolution, ageMs) };
    }
    const isOver = await world.clock.sleep(delayMs, context.drain).then(
      () => false,
      () => true,
    );
    if (isOver) return DONE;
  }
}

function boughtBefore(recorder: Recorder, { shot, take: number, resolution }: UpgradeStep) {
  const take = recorder
    .view()
    .state.takes.get(shot)
    ?.find((each) => each.number === number);
  const found = take?.upgrades.get(resolution);
  if (!found) throw new Error(`run: the ${resolution} of ${shot}/${number} was never bought`);
  return found;
}

function keptProblem(
  subject: Subject,
  resolution: UpgradeResolution,
  refused: UpgradeOutcome & { outcome: "refused" },
) {
  const { message } = refusedProblem(subject, refused);
  const fix = `The 720p file is kept and used. For ${resolution}, buy another take: --force ${subject.shot}.`;
  return { ...about(subject, "upgrade-refused", "", fix), message: `${message}; its ${resolution} will not come` };
}

function stillUpgradingProblem(subject: Subject, resolution: UpgradeResolution, ageMs: number) {
  const minutes = Math.round(ageMs / 60_000);
  const fix = "Run the same command again: it goes on waiting and buys nothing twice.";
  return about(subject, "still-upgrading", `is bought at ${resolution} and not ready after ${minutes} minutes`, fix);
}
