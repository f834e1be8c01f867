import type { AccountState, WorkKind } from "../ledger/ledger.ts";
import type { Plan } from "../plan/plan-run.ts";
import type { Step } from "../plan/step.ts";
import { DEFAULT_LIMITS } from "../run/gate.ts";
import { workKind } from "../run/poll.ts";
import type { TakeRequest } from "../shot/take.ts";

/**
 * About how long a plan takes, in nominal milliseconds: its longest chain of steps, but no less than all takes need when
 * only so many run at a time. Downloads and joins are left out: next to the vendor's minutes they are seconds.
 *
 * @param durations - how long work of each kind took before
 * @returns undefined when a kind of work was never seen, and 0 when nothing is made
 */
export function planTimeMs(plan: Plan, durations: AccountState["durations"]): number | undefined {
  const requests = requestsOf(plan);
  const endsAt = new Map<string, number>();
  let all = 0;
  for (const { key, step, needs } of plan.steps) {
    const kind = kindOf(step, requests);
    const takes = kind === undefined ? 0 : median(durations.get(kind) ?? []);
    if (takes === undefined) return undefined;
    all += takes;
    endsAt.set(key, Math.max(0, ...needs.map((need) => endsAt.get(need) ?? 0)) + takes);
  }
  const running = plan.view.manifest.limits.running ?? DEFAULT_LIMITS.running;
  return Math.max(all / running, ...endsAt.values(), 0);
}

function kindOf(step: Step, requests: ReadonlyMap<string, TakeRequest>): WorkKind | undefined {
  if (step.kind === "upgrade") return `upgrade:${step.resolution}`;
  if (step.kind !== "poll") return undefined;
  const request = requests.get(`${step.shot}/${step.take}`);
  return request && workKind(request);
}

function requestsOf({ steps, view }: Plan): ReadonlyMap<string, TakeRequest> {
  const requests = new Map<string, TakeRequest>();
  for (const takes of view.state.takes.values()) {
    for (const { shot, number, request } of takes) requests.set(`${shot}/${number}`, request);
  }
  for (const { step } of steps) {
    if (step.kind === "submit") requests.set(`${step.shot}/${step.take}`, step.request);
  }
  return requests;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
