import { creditsSpent } from "../ledger/batch-state.ts";
import type { Plan } from "../plan/plan-run.ts";
import { type Step, stepKey } from "../plan/step.ts";
import type { View } from "../plan/view.ts";
import type { News } from "../run/news.ts";
import type { Problem } from "../shot/problem.ts";

/** What a screen shows while a run goes, gathered from its news. Moments are epoch milliseconds. */
export interface LiveState {
  readonly view: View;
  readonly startedAt: number;
  /** credits this run is likely to cost */
  readonly plannedCredits: number;
  /** credits the batch had cost before this run */
  readonly creditsBefore: number;
  /** steps under way, by key */
  readonly inHand: ReadonlyMap<string, StepInHand>;
  /** steps given up for this run, by key */
  readonly resting: ReadonlyMap<string, { readonly step: Step; readonly problem: Problem }>;
  /** what buying waits for, if anything */
  readonly gate: { readonly because: "window" | "pause" | "running"; readonly until: number } | undefined;
  readonly stopped: Problem | undefined;
  /** until when the run waits for the callbacks of purchases that were not answered, with nothing else to do */
  readonly answersUntil: number | undefined;
}

interface StepInHand {
  readonly step: Step;
  readonly since: number;
  /** 0 to 1, of steps that tell it */
  readonly fraction: number | undefined;
  readonly retry: { readonly why: string; readonly until: number } | undefined;
}

export function beginLive(plan: Plan, now: number): LiveState {
  return {
    view: plan.view,
    startedAt: now,
    plannedCredits: plan.price.likely,
    creditsBefore: creditsSpent(plan.view.state),
    inHand: new Map(),
    resting: new Map(),
    gate: undefined,
    stopped: undefined,
    answersUntil: undefined,
  };
}

/** The state after one more piece of news. */
export function onNews(state: LiveState, news: News, now: number): LiveState {
  switch (news.news) {
    case "started":
      return withStep(state, news.step, { step: news.step, since: now, fraction: undefined, retry: undefined });
    case "ended": {
      const inHand = new Map(state.inHand);
      inHand.delete(stepKey(news.step));
      return { ...state, inHand };
    }
    case "progress":
      return change(state, news.step, { fraction: news.fraction });
    case "retrying":
      return change(state, news.step, { retry: { why: news.why, until: now + news.inMs } });
    case "recorded": {
      const { event } = news.recorded;
      const isIntent = event.event === "submitting" || event.event === "upgrading";
      return { ...state, view: news.view, gate: isIntent ? undefined : state.gate };
    }
    case "waiting":
      return { ...state, gate: { because: news.because, until: now + news.waitMs } };
    case "resting": {
      const { step, problem } = news;
      return { ...state, resting: new Map(state.resting).set(stepKey(step), { step, problem }) };
    }
    case "buying-stopped":
      return { ...state, stopped: state.stopped ?? news.problem };
    case "awaiting-callbacks":
      return { ...state, answersUntil: now + news.forMs };
    case "called":
    case "callback-ignored":
      return state;
  }
}

function change(state: LiveState, step: Step, fields: Partial<StepInHand>): LiveState {
  const before = state.inHand.get(stepKey(step));
  return before ? withStep(state, step, { ...before, ...fields }) : state;
}

function withStep(state: LiveState, step: Step, inHand: StepInHand): LiveState {
  return { ...state, inHand: new Map(state.inHand).set(stepKey(step), inHand) };
}
