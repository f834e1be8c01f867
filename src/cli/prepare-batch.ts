import { join } from "node:path";
import { foldEvents } from "../ledger/batch-state.ts";
import type { Hold } from "../ledger/ledger.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { bytesOfPlan } from "../plan/disk-need.ts";
import { type Plan, planRun } from "../plan/plan-run.ts";
import { isPurchase, type Step } from "../plan/step.ts";
import { nameShots } from "../report/tell-problems.ts";
import type { Outcome } from "../run/carry-out.ts";
import { tooSmallProblem } from "../run/disk-problem.ts";
import type { Caps } from "../run/spending-problem.ts";
import { type Batch, openBatch, unansweredIntents } from "./batch.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { machineObstacles } from "./machine-obstacles.ts";
import type { Placed } from "./open-sessions.ts";
import { refuseRenamedManifest } from "./renamed-manifest.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import { batchBusy } from "./settle.ts";
import type { WishFlags } from "./wish.ts";

/** A batch that is held, planned and able to run; nothing of the plan was done yet. */
export interface PreparedBatch {
  readonly session: Session;
  readonly batch: Batch;
  readonly plan: Plan;
  readonly caps: Caps;
  readonly hold: Hold;
  /** set where the disk has no room for what would be bought: only what is paid for is finished */
  readonly tooSmall: Outcome["stopped"];
}

export interface BudgetFlags {
  readonly budget?: number;
}

/** Nobody takes longer than this to write a small file. */
const MOMENT_MS = 60_000;

/**
 * Takes hold of a batch and plans it. The hold is the caller's to release.
 *
 * @throws Refusal when another run has the batch, the key is missing, ffmpeg cannot do what is needed, or the disk is
 * too small for all that is to be done
 */
export async function prepareBatch(
  { manifest, session }: Placed,
  flags: WishFlags & BudgetFlags,
  settings: Settings,
): Promise<PreparedBatch> {
  const { ledger, world } = session;
  const hold = await ledger.hold(manifest.name);
  if (hold.outcome === "busy") throw batchBusy(manifest, hold);
  try {
    const opened = await openBatch(manifest, session.output, ledger, world.files, flags);
    await removeLeftovers(opened, session);
    const batch = await settleUnanswered(opened, session);
    await refuseLostLedger(batch, session);
    await refuseRenamedManifest(batch, session);
    const plan = planRun(batch.view, world.clock.now());
    const steps = plan.steps.map(({ step }) => step);
    if (steps.length > 0) requireTools(steps, manifest, session, settings);
    const tooSmall = await lackOfRoom(plan, batch, session);
    return { session, batch, plan, caps: capsOf(manifest, flags), hold, tooSmall };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

/** Flags win over the manifest. */
export function capsOf({ budget }: Manifest, flags: BudgetFlags): Caps {
  const run = flags.budget === undefined ? budget.run : { credits: flags.budget, place: null };
  return { run, day: budget.day };
}

/** Temporary files of runs that were killed: the batch is ours alone, the logs are not. What cannot be taken away harms nobody. */
async function removeLeftovers({ folder }: Batch, { world: { files }, output }: Session): Promise<void> {
  await files.removeLeftovers(folder, 0).catch(() => undefined);
  await files.removeLeftovers(join(output.path, "log"), MOMENT_MS).catch(() => undefined);
}

/** What a crash left open is named before anything else is done. */
export async function settleUnanswered(batch: Batch, { ledger }: Session): Promise<Batch> {
  const open = unansweredIntents(batch.manifest, batch.view.state);
  if (open.length === 0) return batch;
  const recorded = await ledger.append(batch.manifest.name, open);
  return { ...batch, view: { ...batch.view, state: foldEvents(recorded, batch.view.state) } };
}

/** Clips without a ledger were bought once already: a ledger that was lost or left elsewhere must not buy them again. */
async function refuseLostLedger({ manifest, view, folder }: Batch, { world, output }: Session): Promise<void> {
  if (view.state.takes.size > 0) return;
  const shots = await world.files.list(join(folder, "clips"));
  const owned = shots.filter((name) => manifest.shots.some(({ id }) => id === name));
  if (owned.length === 0) return;
  const message = `${join(folder, "clips")} holds takes of ${nameShots(owned)}, but the ledger in ${output.path} knows nothing of them: they would be bought again`;
  const fix = `${commandLine(manifest, "salvage")} takes them in again without buying. Or bring their ledger.db back, or name its folder with --output. To buy anew, move ${folder} away first. Nothing was bought.`;
  throw new Refusal(EXIT.usage, [problem("ledger-lost", message, fix)]);
}

/** What a run would make and finds no room for. @throws Refusal when there is nothing to do but to buy */
async function lackOfRoom(
  { steps }: Plan,
  { manifest, folder }: Batch,
  { world }: Session,
): Promise<Outcome["stopped"]> {
  if (!steps.some(({ step }) => isPurchase(step))) return undefined;
  const space = { neededBytes: bytesOfPlan(steps), freeBytes: await world.files.freeBytes(folder) };
  if (space.freeBytes >= space.neededBytes) return undefined;
  const problem = tooSmallProblem(manifest, folder, space);
  const isAllToBuy = steps.every(({ step, needs }) => needs.length > 0 || isPurchase(step));
  if (isAllToBuy) throw new Refusal(EXIT.usage, [problem]);
  return { cause: "disk", problem };
}

/** @throws Refusal when these steps need what is not there: ffmpeg, all that it must be able to do, a key */
export function requireTools(
  steps: readonly Step[],
  manifest: Manifest,
  session: Session,
  { apiUrl }: Pick<Settings, "apiUrl">,
): void {
  const obstacles = machineObstacles(steps, manifest, session);
  if (obstacles.length > 0) throw new Refusal(EXIT.usage, obstacles);
  const asksVendor = steps.some(({ kind }) => kind !== "join" && kind !== "check");
  if (asksVendor && !session.provider) {
    const message = `no key: ${apiUrl} needs one, and KIE_API_KEY is not set`;
    const fix =
      "Set KIE_API_KEY (a .env file is read), or try it out with --simulate. Nothing was bought: 0 credits spent.";
    throw new Refusal(EXIT.key, [problem("key-missing", message, fix)]);
  }
}
