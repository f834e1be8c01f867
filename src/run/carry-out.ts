import { setMaxListeners } from "node:events";
import { findTake } from "../ledger/batch-state.ts";
import { bytesBefore } from "../plan/disk-need.ts";
import { isStillDue, nextSteps } from "../plan/next-steps.ts";
import type { Plan } from "../plan/plan-run.ts";
import { isPurchase, type Step, stepKey } from "../plan/step.ts";
import type { View } from "../plan/view.ts";
import type { Problem } from "../shot/problem.ts";
import { check } from "./check.ts";
import type { RunContext } from "./context.ts";
import { diskProblem } from "./disk-problem.ts";
import { fetchTake } from "./fetch.ts";
import { openGate } from "./gate.ts";
import { openHints } from "./hints.ts";
import { join } from "./join.ts";
import { openLanes } from "./lanes.ts";
import { poll } from "./poll.ts";
import { openRecorder } from "./recorder.ts";
import { settleClaim } from "./settle-claim.ts";
import type { StepResult, StopCause } from "./step-result.ts";
import { openStills } from "./stills.ts";
import { submit } from "./submit.ts";
import { upgrade } from "./upgrade.ts";

/** How a run ended. */
export interface Outcome {
  /** where the batch stands now */
  readonly view: View;
  /** steps that were given up for this run, with the reason */
  readonly rested: readonly { readonly step: Step; readonly problem: Problem }[];
  /** set when buying was stopped before all was bought */
  readonly stopped: { readonly cause: StopCause; readonly problem: Problem } | undefined;
  /** set when the vendor refused the key */
  readonly keyProblem: Problem | undefined;
  /** steps that a Ctrl-C or a stop left undone */
  readonly left: readonly Step[];
}

/** Stands among the steps in hand for the claim that is looked into. */
const CLAIM = "claim";

/** Unanswered purchases that make it likely that the line is broken, and how close together. */
const MOST_UNCONFIRMED = { count: 3, withinMs: 60_000 };

/**
 * Runs a plan: starts every step the moment it can, and asks again what comes next after every event.
 *
 * A disk that takes no more stops the buying: what is bought next could not be kept either. Errors that nobody expected
 * stop everything at once and are thrown when all steps have ended: one as it is, several as an AggregateError, as each
 * may hold a task id that could not be written down.
 *
 * @param options - `stopped` where nothing may be bought from the outset, as there is no money for it; `buysNothing` where
 *   nothing is meant to be: what is paid for is finished all the same
 */
export async function carryOut(
  plan: Plan,
  terms: RunContext,
  options: { readonly cores: number; readonly stopped?: Outcome["stopped"]; readonly buysNothing?: boolean },
): Promise<Outcome> {
  // Whoever waits for the vendor is woken when a step has broken: nothing that comes could be written down.
  const broken = new AbortController();
  const drain = AbortSignal.any([terms.drain, broken.signal]);
  // Every step that waits listens: without this, Node warns of a leak once eleven shots generate at a time.
  setMaxListeners(0, drain, terms.leave);
  const context = { ...terms, drain };
  const recorder = openRecorder(context, plan.view);
  const lanes = openLanes(options.cores);
  let stopped = options.stopped;
  let keyProblem: Problem | undefined;
  const bugs: unknown[] = [];
  const isShut = () => stopped !== undefined || keyProblem !== undefined || bugs.length > 0;
  const gate = openGate(context, {
    isShut,
    isDue: (intent) => isStillDue(intent, recorder.view()),
    bytesBefore: (intent) => bytesBefore(intent, recorder.view()),
    accept: recorder.accept,
  });
  const stills = openStills(context, lanes, recorder);
  const hints = openHints(context, recorder);
  const tools = { recorder, lanes, gate, stills, hints };

  const inHand = new Set<string>();
  const rested = new Map<string, { step: Step; problem: Problem }>();
  const unconfirmed: number[] = [];

  const take = (step: Step, key: string, result: StepResult) => {
    switch (result.result) {
      case "done":
        return;
      case "rest":
        rested.set(key, { step, problem: result.problem });
        return context.watch({ news: "resting", step, problem: result.problem });
      case "stop-buying":
        rested.set(key, { step, problem: result.problem });
        if (stopped) return context.watch({ news: "resting", step, problem: result.problem });
        stopped = { cause: result.cause, problem: result.problem };
        return context.watch({ news: "buying-stopped", problem: result.problem });
      case "stop":
        keyProblem ??= result.problem;
        return context.watch({ news: "buying-stopped", problem: result.problem });
    }
  };
  const start = async (step: Step, key: string) => {
    context.watch({ news: "started", step });
    try {
      take(step, key, await perform(step));
      if (step.kind === "submit") watchForSilence(step);
    } catch (error) {
      const problem = diskProblem(error, step, context);
      // A picture that cannot be read is one shot's trouble; whether there is room, the gate looks by itself.
      if (problem && step.kind === "submit") take(step, key, { result: "rest", problem });
      else if (problem) take(step, key, { result: "stop-buying", cause: "disk", problem });
      else {
        bugs.push(error);
        broken.abort(new Error("a step has broken"));
      }
    } finally {
      inHand.delete(key);
      context.watch({ news: "ended", step });
      recorder.ring();
    }
  };
  const perform = (step: Step): Promise<StepResult> => {
    switch (step.kind) {
      case "submit":
        return submit(step, context, tools);
      case "poll":
        return poll(step, context, tools);
      case "fetch":
        return fetchTake(step, context, tools);
      case "check":
        return check(step, context, tools);
      case "upgrade":
        return upgrade(step, context, tools);
      case "join":
        return join(step, context, tools);
    }
  };
  /** One at a time: whoever calls us must not be able to make us ask without bound. */
  const followClaims = async () => {
    const claim = inHand.has(CLAIM) || isEnding() ? undefined : hints.nextClaim();
    if (!claim) return;
    inHand.add(CLAIM);
    try {
      await settleClaim(claim, context, tools);
    } catch (error) {
      bugs.push(error);
    } finally {
      inHand.delete(CLAIM);
      recorder.ring();
    }
  };
  /** Several purchases without an answer in a row mean a broken line: each further one would be another open question. */
  const watchForSilence = (step: Step & { kind: "submit" }) => {
    const bought = findTake(recorder.view().state, step.shot, step.take);
    if (bought?.purchase !== "unconfirmed" || !bought.problem) return;
    unconfirmed.push(context.world.clock.now());
    const recent = unconfirmed.filter((at) => context.world.clock.elapsed(at) < MOST_UNCONFIRMED.withinMs);
    if (recent.length < MOST_UNCONFIRMED.count || stopped) return;
    stopped = { cause: "unconfirmed", problem: bought.problem };
    context.watch({ news: "buying-stopped", problem: bought.problem });
  };

  const isEnding = () => bugs.length > 0 || keyProblem !== undefined || context.leave.aborted;
  const mayStart = (step: Step): boolean => {
    if (isEnding()) return false;
    if (context.drain.aborted) return step.kind === "check";
    return !(stopped || options.buysNothing) || !isPurchase(step);
  };
  const due = (options = { closing: false }) =>
    nextSteps(recorder.view(), options).filter((step) => !inHand.has(stepKey(step)) && !rested.has(stepKey(step)));
  const startable = () => {
    const steps = due().filter(mayStart);
    // Only when nothing more will come in this run do films go without what they miss.
    return steps.length > 0 || inHand.size > 0 ? steps : due({ closing: true }).filter(mayStart);
  };

  for (;;) {
    for (const step of startable()) {
      const key = stepKey(step);
      inHand.add(key);
      void start(step, key);
    }
    void followClaims();
    if (inHand.size > 0) await recorder.changed();
    else if (isEnding() || !(await hints.untilAnswer())) break;
  }
  hints.close();
  if (bugs.length === 1) throw bugs[0];
  if (bugs.length > 1) throw new AggregateError(bugs, "several steps ended in a way that nobody expected");
  return { view: recorder.view(), rested: [...rested.values()], stopped, keyProblem, left: due() };
}
