import { join } from "node:path";
import { foldEvents } from "../ledger/batch-state.ts";
import type { Hold } from "../ledger/ledger.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { encodingNeeds } from "../media/film/encode-film.ts";
import { CAPABILITIES } from "../media/tools/capabilities.ts";
import type { ToolSearch } from "../media/tools/tools.ts";
import { bytesOfPlan } from "../plan/disk-need.ts";
import type { FilmPlan } from "../plan/film.ts";
import { type Plan, planRun } from "../plan/plan-run.ts";
import { isPurchase, type Step } from "../plan/step.ts";
import { nameShots } from "../report/tell-problems.ts";
import type { Outcome } from "../run/carry-out.ts";
import { tooSmallProblem } from "../run/disk-problem.ts";
import type { Caps } from "../run/spending-problem.ts";
import type { Problem } from "../shot/problem.ts";
import { type Batch, openBatch, unansweredIntents } from "./batch.ts";
import { refuseBurnedCaptions } from "./burned-captions.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
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
  { provider, tools, media }: Session,
  { apiUrl }: Settings,
): void {
  if (!media || !tools) throw new Refusal(EXIT.usage, [toolsMissing(tools)]);
  const lacking = tools.missing(CAPABILITIES.required);
  if (lacking.length > 0) throw new Refusal(EXIT.usage, [capabilitiesMissing(tools, lacking)]);
  const films = steps.flatMap((step) => (step.kind === "join" ? [step.film] : []));
  refuseUnmakeable(films, tools);
  refuseBurnedCaptions(films, manifest, media, tools);
  const asksVendor = steps.some(({ kind }) => kind !== "join" && kind !== "check");
  if (asksVendor && !provider) {
    const message = `no key: ${apiUrl} needs one, and KIE_API_KEY is not set`;
    const fix =
      "Set KIE_API_KEY (a .env file is read), or try it out with --simulate. Nothing was bought: 0 credits spent.";
    throw new Refusal(EXIT.key, [problem("key-missing", message, fix)]);
  }
}

/** @throws Refusal when this ffmpeg cannot make one of these films as it is to be: its codec, or its transitions */
export function refuseUnmakeable(films: readonly FilmPlan[], tools: ToolSearch): void {
  const problems = [...encodingProblems(films, tools), ...transitionProblems(films, tools)];
  if (problems.length > 0) throw new Refusal(EXIT.usage, problems);
}

function transitionProblems(films: readonly FilmPlan[], tools: ToolSearch): readonly Problem[] {
  const lacking = tools.missing(["filter:xfade"]);
  if (lacking.length === 0) return [];
  const ffmpeg = tools.tools?.ffmpeg;
  return films.flatMap(({ sequence, clips }) => {
    const [kind] = clips.flatMap(({ transition }) => (transition ? [transition.kind] : []));
    if (kind === undefined) return [];
    const message = `film "${sequence}" has transitions (${kind}), and ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) has no ${lacking.join(", ")}`;
    const fix =
      "Take its transitions out, or point FFMPEG_PATH to ffmpeg 4.3 or later. Nothing was bought: 0 credits spent.";
    return [problem("ffmpeg-too-small", message, fix)];
  });
}

function encodingProblems(films: readonly FilmPlan[], tools: ToolSearch): readonly Problem[] {
  return films.flatMap(({ sequence, encode }) => {
    const lacking = encode ? tools.missing(encodingNeeds(encode)) : [];
    if (!encode || lacking.length === 0) return [];
    const ffmpeg = tools.tools?.ffmpeg;
    const what = `${encode.codec} with ${encode.audio} sound`;
    const message = `film "${sequence}" is to be encoded as ${what}, and ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) has no ${lacking.join(", ")}`;
    const fix =
      "Choose another codec or sound in encode, or point FFMPEG_PATH to a full build. Nothing was bought: 0 credits spent.";
    return [problem("ffmpeg-too-small", message, fix)];
  });
}

/** What was looked for, where, and how to get it. */
export function toolsMissing(tools: Session["tools"]): Problem {
  const tried = (tools?.tried ?? []).map(
    ({ program, source, path, failure }) =>
      `${program} by ${source}${path && path !== program ? ` (${path})` : ""}: ${failure ?? "found"}`,
  );
  return problem(
    "ffmpeg-missing",
    `ffmpeg and ffprobe are needed to check and join clips. Tried: ${tried.join("; ")}`,
    "Debian and Ubuntu: apt-get install -y ffmpeg. macOS: brew install ffmpeg. Or set FFMPEG_PATH and FFPROBE_PATH. Nothing was bought: 0 credits spent.",
  );
}

function capabilitiesMissing(search: ToolSearch, lacking: readonly string[]): Problem {
  const ffmpeg = search.tools?.ffmpeg;
  return problem(
    "ffmpeg-too-small",
    `ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) cannot do what films need: it has no ${lacking.join(", ")}`,
    "Install a full build, or point FFMPEG_PATH to one; callsheet doctor lists what was tried. Nothing was bought: 0 credits spent.",
  );
}
