import { type BatchState, findTake, foldEvents, type Take } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { Problem } from "../shot/problem.ts";
import { assumeDone, assumeWorst } from "./assume.ts";
import { fadingProblems } from "./fading.ts";
import { type FilmStatus, filmStatuses } from "./film-status.ts";
import { nextSteps } from "./next-steps.ts";
import type { Shelf } from "./shelf.ts";
import { type ShotStatus, shotStatuses } from "./shot-status.ts";
import { standingsOf } from "./standing.ts";
import type { Step } from "./step.ts";
import { stepCredits, stepKey } from "./step.ts";
import type { View } from "./view.ts";

/** What a run would do, why, and what it costs. A value: `--dry-run` only stops early. */
export interface Plan {
  /** the view it was made from */
  readonly view: View;
  /** in an order in which every step comes after those it needs */
  readonly steps: readonly PlannedStep[];
  /** credits by the price table; the worst case adds what policies may buy again */
  readonly price: { readonly likely: number; readonly worst: number };
  /** today, before anything is done */
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** what is paid for, not here, and soon to be deleted by the vendor */
  readonly fading: readonly Problem[];
  /** what would be known after it, if all went well */
  readonly end: { readonly events: readonly LedgerEvent[]; readonly shelf: Shelf };
}

export interface PlannedStep {
  readonly key: string;
  readonly step: Step;
  /** keys of the steps it waits for */
  readonly needs: readonly string[];
}

/** A plan can grow only as long as chains of shots are; more rounds than this are a bug. */
const MOST_ROUNDS = 10_000;

/**
 * Plans by doing: asks for the next steps, assumes that all go well, folds their events and asks again. So the plan and
 * the run cannot disagree about what comes next.
 *
 * @param now - epoch milliseconds, stamped on assumed events
 */
export function planRun(view: View, now: number): Plan {
  const { steps, credits: likely, events, shelf } = assume(view, now, "well");
  const isTriedAgain = view.manifest.shots.some(({ retry }) => retry !== undefined);
  const worst = isTriedAgain ? Math.max(likely, assume(view, now, "badly").credits) : likely;
  return {
    view,
    steps,
    price: { likely, worst },
    shots: shotStatuses(view),
    films: filmStatuses(view),
    fading: fadingProblems(view, now),
    end: { events, shelf },
  };
}

/** @param going - `badly`: takes end badly as often as retry policies pay for another one, then all goes well */
function assume(view: View, now: number, going: "well" | "badly") {
  const steps: PlannedStep[] = [];
  const latest = new Map<string, string>();
  const events: LedgerEvent[] = [];
  let { state, shelf } = view;
  let credits = 0;
  for (let round = 0; ; round++) {
    const open = nextSteps({ ...view, state, shelf });
    const found = open.length > 0 ? open : nextSteps({ ...view, state, shelf }, { closing: true });
    if (found.length === 0) break;
    if (round === MOST_ROUNDS) throw new Error("plan: steps without end");
    const before = new Map(latest);
    const arrived = new Map(shelf);
    const standings = going === "badly" ? standingsOf({ ...view, state, shelf }) : undefined;
    for (const step of found) {
      const key = stepKey(step);
      steps.push({ key, step, needs: needsOf(step, before) });
      latest.set(subjectOf(step), key);
      const standing = step.kind === "join" ? undefined : standings?.get(step.shot);
      const worst = assumeWorst(step, standing, { state, prices: view.prices });
      const assumed = worst ?? assumeDone(step, takeOf(state, step));
      events.push(...assumed.events);
      state = foldEvents(
        assumed.events.map((event) => ({ seq: 0, at: now, event })),
        state,
      );
      for (const [path, bytes] of assumed.shelf) arrived.set(path, bytes);
      if (!assumed.events.some(({ event }) => event === "refused")) credits += stepCredits(step);
    }
    shelf = arrived;
  }
  return { steps, credits, events, shelf };
}

/** What a step is about: steps about one take wait for each other. */
function subjectOf(step: Step): string {
  return step.kind === "join" ? `film ${step.sequence}` : `${step.shot}/${step.take}`;
}

function needsOf(step: Step, latest: ReadonlyMap<string, string>): readonly string[] {
  const subjects =
    step.kind === "join"
      ? step.film.clips.flatMap((clip) => (clip.shows === "take" ? [`${clip.shot}/${clip.take}`] : []))
      : [subjectOf(step)];
  if (step.kind === "submit") {
    const { request } = step;
    if (request.kind === "extend") subjects.push(`${request.parent.shot}/${request.parent.take}`);
    else if (request.stills.use === "frames" && request.stills.first.from === "last-frame") {
      subjects.push(`${request.stills.first.shot}/${request.stills.first.take}`);
    }
  }
  return [...new Set(subjects)].flatMap((subject) => latest.get(subject) ?? []);
}

function takeOf(state: BatchState, step: Step): Take | undefined {
  if (step.kind === "join" || step.kind === "submit") return undefined;
  return findTake(state, step.shot, step.take);
}
