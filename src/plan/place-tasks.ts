import { applyEvent, type Take } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { RequestEcho } from "../provider/outcome.ts";
import type { Sha256, ShotId, TaskId } from "../shot/id.ts";
import type { TakeRequest } from "../shot/take.ts";
import { assumeDone } from "./assume.ts";
import { isAnswerTo } from "./echo-fit.ts";
import { nextSteps } from "./next-steps.ts";
import { takePrice } from "./price.ts";
import { standingsOf } from "./standing.ts";
import type { View } from "./view.ts";

/** A task that the vendor knows, as its record tells of it. */
export interface FoundTask {
  readonly task: TaskId;
  readonly state: "pending" | "made" | "failed";
  readonly echo: RequestEcho | undefined;
  /** epoch milliseconds, by the vendor's clock */
  readonly createdAt: number | undefined;
}

/**
 * Where a found task belongs.
 *
 * - `known`: a take has it already
 * - `settled`: it answers a purchase that was never answered
 * - `taken-in`: it is what a shot without a take asks for, bought by a ledger that is lost
 * - `ambiguous`: it answers several different requests, and its record does not say which
 * - `stray`: it answers nothing of this manifest
 */
export type Placement =
  | {
      readonly place: "known" | "settled" | "taken-in";
      readonly task: TaskId;
      readonly shot: ShotId;
      readonly take: number;
    }
  | { readonly place: "ambiguous"; readonly task: TaskId; readonly shots: readonly ShotId[] }
  | { readonly place: "stray"; readonly task: TaskId };

export interface Placed {
  /** one a task, in the order in which they were given */
  readonly placements: readonly Placement[];
  /** what the ledger is to hold of it, in order */
  readonly events: readonly LedgerEvent[];
}

/** A purchase is answered within minutes; more than this lies between no two clocks that agree on the hour. */
const CLOCKS_APART_MS = 60 * 60 * 1000;

/** A take that a task could be. */
interface Opening {
  readonly shot: ShotId;
  readonly number: number;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  /** epoch milliseconds of an intent that was never answered; undefined for a take that the ledger does not know */
  readonly intendedAt: number | undefined;
  /** in the address of the callback that the request asked for */
  readonly token: string | undefined;
}

/**
 * Finds the takes that tasks belong to. Parents come first: what a follower asks for is known once its parent has a task,
 * so each round assumes that all which was placed comes to a good end, and looks at the shots behind it.
 *
 * @param view - without a wish: every shot counts
 */
export function placeTasks(view: View, tasks: readonly FoundTask[]): Placed {
  const placements = new Map<TaskId, Placement>(knownTasks(view, tasks));
  const createdAt = new Map(tasks.map((each) => [each.task, each.createdAt]));
  const events: LedgerEvent[] = [];
  // The order of buying is the order of take numbers.
  const byAge = tasks.toSorted((a, b) => (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity));
  let scratch = assumeAllFinished(view);
  for (;;) {
    const openings = new Set(openingsOf(scratch));
    const before = events.length;
    for (const found of byAge.filter(({ task }) => !placements.has(task))) {
      const fitting = [...openings].filter((opening) => fits(opening, found, createdAt));
      const [first] = fitting;
      if (!first || new Set(fitting.map(({ requestHash }) => requestHash)).size > 1) continue;
      openings.delete(first);
      const event = eventOf(first, found, view);
      events.push(event);
      scratch = { ...scratch, state: applyEvent(scratch.state, { seq: 0, at: 0, event }) };
      const place = event.event === "adopted" ? "settled" : "taken-in";
      placements.set(found.task, { place, task: found.task, shot: first.shot, take: first.number });
    }
    if (events.length === before) {
      const rest = [...openings];
      return {
        placements: tasks.map((found) => placements.get(found.task) ?? homeless(found, rest, createdAt)),
        events,
      };
    }
    scratch = assumeAllFinished(scratch);
  }
}

function knownTasks(view: View, tasks: readonly FoundTask[]) {
  const wanted = new Set(tasks.map(({ task }) => task));
  return [...view.state.takes.values()].flat().flatMap(({ task, shot, number }) => {
    if (task === undefined || !wanted.has(task)) return [];
    return [[task, { place: "known", task, shot, take: number } as const] as const];
  });
}

/** Purchases without an answer first: to settle one closes a question, to fill a shot only saves money. */
function openingsOf(view: View): readonly Opening[] {
  const unanswered = [...view.state.takes.values()].flat().flatMap((take: Take): Opening[] => {
    const { shot, number, request, requestHash, intendedAt, token, purchase } = take;
    return purchase === "unconfirmed" ? [{ shot, number, request, requestHash, intendedAt, token }] : [];
  });
  const missing = [...standingsOf(view).values()].flatMap(({ shot, due }) =>
    due.map(({ number, request, requestHash }) => {
      return { shot: shot.id, number, request, requestHash, intendedAt: undefined, token: undefined };
    }),
  );
  return [...unanswered, ...missing];
}

function fits(opening: Opening, found: FoundTask, createdAt: ReadonlyMap<TaskId, number | undefined>): boolean {
  const { request, intendedAt, token } = opening;
  const callback = found.echo?.callBackUrl;
  if (token !== undefined && callback?.includes(token)) return true;
  if (!isAnswerTo(request, found.echo)) return false;
  if (intendedAt !== undefined) {
    return found.createdAt === undefined || Math.abs(found.createdAt - intendedAt) < CLOCKS_APART_MS;
  }
  // A failed one was paid back: the shot is bought as if it had never been.
  if (found.state === "failed") return false;
  const parent = parentTask(request);
  const parentCreatedAt = parent && createdAt.get(parent);
  return parentCreatedAt === undefined || found.createdAt === undefined || found.createdAt >= parentCreatedAt;
}

function parentTask(request: TakeRequest): TaskId | undefined {
  if (request.kind === "extend") return request.parent.task;
  const { stills } = request;
  return stills.use === "frames" && stills.first.from === "last-frame" ? stills.first.task : undefined;
}

function eventOf(opening: Opening, { task, createdAt }: FoundTask, { prices }: View) {
  const { shot, number: take, request, requestHash, intendedAt } = opening;
  if (intendedAt !== undefined) return { event: "adopted", shot, take, task } as const;
  const credits = takePrice(request, prices);
  const boughtAt = createdAt ?? null;
  return { event: "salvaged", shot, take, task, request, requestHash, credits, boughtAt, upgrades: [] } as const;
}

function homeless(
  found: FoundTask,
  openings: readonly Opening[],
  createdAt: ReadonlyMap<TaskId, number | undefined>,
): Placement {
  const fitting = openings.filter((opening) => fits(opening, found, createdAt));
  const shots = [...new Set(fitting.map(({ shot }) => shot))];
  return shots.length > 0 ? { place: "ambiguous", task: found.task, shots } : { place: "stray", task: found.task };
}

/** Where the batch would stand if all that is paid for came home; nothing is bought. */
function assumeAllFinished(view: View): View {
  let [state, shelf] = [view.state, view.shelf];
  for (;;) {
    const steps = nextSteps({ ...view, state, shelf }).filter(({ kind }) => ["poll", "fetch", "check"].includes(kind));
    if (steps.length === 0) return { ...view, state, shelf };
    const arrived = new Map(shelf);
    for (const step of steps) {
      const assumed = assumeDone(step, undefined);
      for (const event of assumed.events) state = applyEvent(state, { seq: 0, at: 0, event });
      for (const [path, bytes] of assumed.shelf) arrived.set(path, bytes);
    }
    shelf = arrived;
  }
}
