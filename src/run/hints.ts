import type { BatchState, Take } from "../ledger/batch-state.ts";
import { isSelected, type View } from "../plan/view.ts";
import type { TaskId } from "../shot/id.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { Hint } from "./callbacks.ts";
import type { RunContext } from "./context.ts";
import { openPatience, type Patience } from "./patience.ts";
import type { Recorder } from "./recorder.ts";

/** Where callbacks are known to come, polling only makes up for those that get lost. @see docs/decisions.md, callbacks */
const PROVEN_GAP_MS = 60_000;

/** Whoever got hold of one token may name tasks as they like: so many are looked into. */
const MOST_TASKS = 8;

/** How old an unanswered purchase may be for its callback to be waited for. @see kie.ai: a take is given up after ten minutes, an extension may take twelve */
const ANSWERED_WITHIN_MS: Record<TakeRequest["kind"], number> = { generate: 10 * 60_000, extend: 15 * 60_000 };

/** A callback's word on a purchase whose own answer never came. */
export interface Claim {
  readonly take: Take;
  readonly task: TaskId;
}

/** What callbacks change in the run of one batch. Where none are received, waits are the clock's and nothing else happens. */
export interface Hints {
  /**
   * Waits until it is time for the next look, or a callback for the intent has come; false when the run is to end.
   *
   * @param nominalMs - how long at most
   * @param leastMs - how long at least: a callback never makes us ask more often than this
   */
  untilLook(token: string, nominalMs: number, leastMs: number): Promise<boolean>;
  /** the gap that polling of this intent keeps: longer where its callback will come, in nominal milliseconds */
  paced(token: string, nominalMs: number): number;
  /** the next claim to be looked into; the same is never given twice */
  nextClaim(): Claim | undefined;
  /** waits while a purchase may still be answered by its callback; false when there is none, or the run is to end */
  untilAnswer(): Promise<boolean>;
  close(): void;
}

export function openHints(context: RunContext, recorder: Recorder): Hints {
  const { callbacks, drain } = context;
  const { clock } = context.world;
  const called = new Set<string>();
  /** tokens that were called since their last look */
  const rung = new Set<string>();
  const wakers = new Map<string, () => void>();
  const toldTasks = new Map<string, Set<TaskId>>();
  /** not looked into yet, in the order in which they came */
  let claims: { readonly token: string; readonly task: TaskId }[] = [];
  const ages = new Map<string, Patience>();
  let isAwaitTold = false;

  const hear = (hint: Hint): boolean => {
    const { token, task } = hint;
    const found = findIntent(recorder.view().state, token);
    if (!found) return false;
    const { shot, number, purchase } = found.take;
    const told = toldTasks.get(token) ?? new Set();
    // Repeats, and all but the first few names, are neither told nor looked into: they cost next to nothing.
    const isNew = !told.has(task) && told.size < MOST_TASKS;
    if (isNew) {
      toldTasks.set(token, told.add(task));
      context.watch({ news: "called", shot, take: number, task, says: hint.says });
    }
    if (found.of === "take" && (purchase === "submitting" || purchase === "unconfirmed")) {
      if (isNew) {
        claims.push({ token, task });
        recorder.ring();
      }
    } else {
      called.add(token);
      rung.add(token);
      wakers.get(token)?.();
    }
    return true;
  };
  /** By a clock that only goes forward from the first question on. */
  const ageMs = ({ token, intendedAt }: Take): number => {
    const patience = ages.get(token) ?? openPatience(clock, intendedAt);
    ages.set(token, patience);
    return patience.ageMs();
  };
  const stopListening = callbacks?.subscribe(hear);
  /** One listener for all waits: with one each, Node warns of a leak from the eleventh take on. */
  const waits = new Set<() => void>();
  const endWaits = () => {
    for (const wake of waits) wake();
  };
  drain.addEventListener("abort", endWaits, { once: true });

  /** The wait of a token, cut short by `wake` or the run's end; false when it is to end. */
  const wait = async (nominalMs: number, offerWaker: (wake: () => void) => void): Promise<boolean> => {
    if (drain.aborted) return false;
    const cut = new AbortController();
    const wake = () => cut.abort();
    waits.add(wake);
    offerWaker(wake);
    await clock.sleep(nominalMs, cut.signal).catch(() => undefined);
    waits.delete(wake);
    return !drain.aborted;
  };

  return {
    async untilLook(token, nominalMs, leastMs) {
      const restMs = nominalMs - leastMs;
      if (!(await wait(Math.min(nominalMs, leastMs), () => {}))) return false;
      if (restMs > 0 && !rung.has(token)) {
        const goesOn = await wait(restMs, (wake) => wakers.set(token, wake));
        wakers.delete(token);
        if (!goesOn) return false;
      }
      rung.delete(token);
      return true;
    },

    paced: (token, nominalMs) =>
      callbacks?.isProven() && !called.has(token) ? Math.max(PROVEN_GAP_MS, nominalMs) : nominalMs,

    nextClaim() {
      for (const claim of claims) {
        const take = findIntent(recorder.view().state, claim.token)?.take;
        if (take?.purchase !== "unconfirmed") continue; // its own answer may still come, or came
        claims = claims.filter((each) => each !== claim);
        return { take, task: claim.task };
      }
      return undefined;
    },

    async untilAnswer() {
      const open = callbacks ? unanswered(recorder.view()) : [];
      const leftMs = Math.max(0, ...open.map((take) => ANSWERED_WITHIN_MS[take.request.kind] - ageMs(take)));
      if (leftMs === 0) return false;
      if (!isAwaitTold) context.watch({ news: "awaiting-callbacks", takes: open.length, forMs: leftMs });
      isAwaitTold = true;
      return wait(leftMs, (wake) => void recorder.changed().then(wake));
    },

    close() {
      stopListening?.();
      drain.removeEventListener("abort", endWaits);
    },
  };
}

/** Whether a run that has nothing else to do has something to wait for. */
export function unanswered(view: View): readonly Take[] {
  return [...view.state.takes.values()]
    .flat()
    .filter(({ shot, purchase }) => purchase === "unconfirmed" && isSelected(view, shot));
}

function findIntent(state: BatchState, token: string): { of: "take" | "upgrade"; take: Take } | undefined {
  for (const take of [...state.takes.values()].flat()) {
    if (take.token === token) return { of: "take", take };
    if ([...take.upgrades.values()].some((upgrade) => upgrade.token === token)) return { of: "upgrade", take };
  }
  return undefined;
}
