import { callbackBody } from "./callback.ts";
import { rendering } from "./create.ts";
import { draw } from "./draw.ts";
import type { Callback, Effect } from "./exchange.ts";
import { faultFor } from "./faults.ts";
import { isLoopback } from "./image.ts";
import { applyFact, type Fact, type Job, type Settled, type State } from "./state.ts";

export interface Advance {
  readonly state: State;
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
}

/** Lets time pass: whatever is due and rendered ends, is charged or refunded, and calls back. */
export function advance(state: State, now: number, origin: string): Advance {
  const due = [...state.jobs.values()].filter((job) => isDue(state, job, now));
  let next = state;
  const facts: Fact[] = [];
  const effects: Effect[] = [];
  for (const job of due.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))) {
    const fact = settle(next, job, now);
    next = applyFact(next, fact);
    facts.push(fact);
    const called = callBack(next, job.name, origin);
    next = called.state;
    effects.push(...called.effects);
  }
  return { state: next, facts, effects };
}

/** The next moment at which something ends by itself; undefined when nothing is under way. */
export function nextDueAt(state: State): number | undefined {
  const times = [...state.jobs.values()].filter((job) => !job.settled && isReady(state, job)).map((job) => job.dueAt);
  return times.reduce((first, at) => (first === undefined || (at !== undefined && at < first) ? at : first), undefined);
}

/** A job's file is on disk now. */
export function markRendered(state: State, job: string): State {
  return { ...state, rendered: new Set(state.rendered).add(job) };
}

/** A file could not be made: the job fails as an internal error would, and the reason is kept for whoever asks. */
export function markUnrenderable(state: State, name: string, why: string): State {
  const job = state.jobs.get(name);
  const warned = { ...state, warnings: [...state.warnings, why] };
  if (!job || job.settled) return warned;
  return { ...warned, jobs: new Map(state.jobs).set(name, { ...job, fate: { end: "failed", failure: "internal" } }) };
}

/** What was under way when a simulator was ended, to be rendered again by the next. */
export function unfinishedWork(state: State): readonly Effect[] {
  return [...state.jobs.values()].filter((job) => !job.settled).flatMap(rendering);
}

function isReady(state: State, job: Job): boolean {
  return job.fate.end === "failed" || state.rendered.has(job.name);
}

function isDue(state: State, job: Job, now: number): boolean {
  return !job.settled && job.dueAt !== undefined && job.dueAt <= now && isReady(state, job);
}

function settle(state: State, job: Job, now: number): Fact {
  const settled: Settled =
    job.fate.end === "made" ? { at: now, end: "made" } : { at: now, end: "failed", failure: job.fate.failure };
  const keeps501 = !state.plan.switches.refund501 && settled.failure === "failed";
  return { fact: "settled", job: job.name, settled, refund: settled.end === "failed" && !keeps501 };
}

/** The callback of a job that has just ended; 1080p has none, and nothing is ever sent off this machine. */
function callBack(state: State, name: string, origin: string): Pick<Advance, "state" | "effects"> {
  const job = state.jobs.get(name);
  const url = job?.callBackUrl;
  if (!job || url === undefined) return { state, effects: [] };
  if (!URL.canParse(url) || !isLoopback(new URL(url).hostname)) {
    return {
      state: { ...state, warnings: [...state.warnings, `no callback was sent to ${url}: not on this machine`] },
      effects: [],
    };
  }
  const nth = (state.counts.get("callback") ?? 0) + 1;
  const counted = { ...state, counts: new Map(state.counts).set("callback", nth) };
  const fault = faultFor(state.plan, state.seed, "callback", { ofTarget: nth, ofAll: nth });
  const twice = draw(state.seed, `duplicate ${name}`) < state.plan.switches.callbackDuplicates;
  const callback: Callback = {
    url,
    taskId: job.taskId,
    body: callbackBody(state, job, origin),
    fault: fault === "late" || fault === "drop" || fault === "duplicate" ? fault : twice ? "duplicate" : undefined,
  };
  return { state: counted, effects: [{ do: "call-back", callback }] };
}
