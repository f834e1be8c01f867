import { foldEvents, type Take } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { fadingProblems } from "../plan/fading.ts";
import { filmStatuses } from "../plan/film-status.ts";
import { nextSteps } from "../plan/next-steps.ts";
import { type Plan, planRun } from "../plan/plan-run.ts";
import { readShelf } from "../plan/shelf.ts";
import { shotStatuses } from "../plan/shot-status.ts";
import { isPurchase } from "../plan/step.ts";
import type { SalvagedBatch } from "../report/salvage.ts";
import type { AskedTask } from "../run/ask-tasks.ts";
import { restoreTakes } from "../run/restore-takes.ts";
import type { TaskId } from "../shot/id.ts";
import { type Batch, openBatch } from "./batch.ts";
import type { Placed } from "./open-sessions.ts";
import { requireTools, settleUnanswered } from "./prepare-batch.ts";
import type { Progress } from "./progress.ts";
import { carryOutPlan } from "./run-batch.ts";
import { nameRun, openRunLog } from "./run-log.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import type { Signals } from "./signals.ts";

export interface SalvageTerms {
  readonly settings: Settings;
  readonly shell: Shell;
  readonly progress: Progress;
  readonly signals: Signals;
}

/** A batch that is held, with what its ledger was taught before anything is fetched. */
export interface SalvageBatch {
  readonly placed: Placed;
  /** as ledger, disk and the notes beside the clips had it when the command began */
  readonly before: Batch;
  readonly batch: Batch;
  /** how many takes only those notes knew */
  readonly restored: number;
}

/** Opens a batch that is held, and takes in what only the notes beside its clips know. */
export async function openSalvage(placed: Placed): Promise<SalvageBatch> {
  const { manifest, session } = placed;
  const { world, ledger, output } = session;
  const found = await settleUnanswered(await openBatch(manifest, output, ledger, world.files, {}), session);
  const events = await restoreTakes(world.files, found.folder, found.view.state);
  const before = await teach(found, session, events);
  return { placed, before, batch: before, restored: events.filter(({ event }) => event === "salvaged").length };
}

/** Writes what was found out, and looks at the disk again: files of takes that were unknown are known now. */
export async function teach(batch: Batch, { ledger, world }: Session, events: readonly LedgerEvent[]): Promise<Batch> {
  if (events.length === 0) return batch;
  const before = batch.view.state;
  const state = foldEvents(await ledger.append(batch.manifest.name, events), before);
  const shelf = await readShelf(world.files, batch.folder, state);
  return { ...batch, view: { ...batch.view, state, shelf } };
}

/** Takes that were given up for lost, and that the vendor has after all; or failed once by its word, and made by its word today. */
export function foundAgain(batch: Batch, byTask: ReadonlyMap<TaskId, AskedTask>): readonly LedgerEvent[] {
  return takesOf(batch).flatMap(({ purchase, task, shot, number }) => {
    const found = task === undefined ? undefined : byTask.get(task);
    const isThere = purchase === "lost" || (purchase === "failed" && found?.state === "made");
    if (task === undefined || !found || !isThere) return [];
    return [{ event: "adopted", shot, take: number, task } as const];
  });
}

/** The run loop with the buying switched off. */
export async function fetchAll(
  { placed, before, batch, restored }: SalvageBatch,
  terms: SalvageTerms,
): Promise<SalvagedBatch> {
  const { session, manifest } = placed;
  const { settings, shell, progress, signals } = terms;
  const { clock, files } = session.world;
  const whole = planRun(batch.view, clock.now());
  const plan: Plan = { ...whole, price: { likely: 0, worst: 0 } };
  const due = nextSteps(batch.view).filter((step) => !isPurchase(step));
  if (due.length > 0) requireTools(due, manifest, session, settings);
  const run = nameRun(session.world);
  const log = await openRunLog(session.output.path, run, files, settings);
  try {
    const watch = (news: Parameters<Progress["news"]>[1]) => {
      log.write(manifest.name, news);
      progress.news(manifest.name, news);
    };
    const outcome =
      due.length === 0
        ? { view: batch.view, rested: [], stopped: undefined, keyProblem: undefined, left: nextSteps(batch.view) }
        : await carryOutPlan(
            { batch, plan, caps: { run: undefined, day: undefined }, session },
            { buysNothing: true },
            { settings, signals, run, cores: shell.cores, watch },
          );
    return {
      manifest,
      folder: batch.folder,
      before: before.view,
      restored,
      outcome,
      shots: shotStatuses(outcome.view),
      films: filmStatuses(outcome.view),
      fading: fadingProblems(outcome.view, clock.now()),
    };
  } finally {
    await log.close();
  }
}

export function takesOf({ view }: Batch): readonly Take[] {
  return [...view.state.takes.values()].flat();
}
