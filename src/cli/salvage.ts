import { join } from "node:path";
import type { Purchase } from "../ledger/batch-state.ts";
import type { Hold } from "../ledger/ledger.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { shownPath } from "../manifest/source-text.ts";
import { type Placement, placeTasks } from "../plan/place-tasks.ts";
import { combineExitCodes } from "../report/exit-code.ts";
import { salvageDocument, salvageEnd, type TaskEnd } from "../report/salvage.ts";
import { showWarnings } from "../report/squiggle.ts";
import { nameShots } from "../report/tell-problems.ts";
import { tellSalvage } from "../report/tell-salvage.ts";
import { type AskedTask, askTasks, type Inquiry } from "../run/ask-tasks.ts";
import { saveStray } from "../run/save-stray.ts";
import type { TaskId } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { openClock } from "../world/system-clock.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { findOutputFolder } from "./output-folder.ts";
import { openProgress } from "./progress.ts";
import {
  fetchAll,
  foundAgain,
  openSalvage,
  type SalvageBatch,
  type SalvageTerms,
  takesOf,
  teach,
} from "./salvage-batch.ts";
import { requireSettings, type Settings, type SharedFlags } from "./settings.ts";
import { batchBusy, noLedger } from "./settle.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals } from "./signals.ts";
import { readTaskFile } from "./task-file.ts";

export interface SalvageFlags extends SharedFlags {
  /** a text, CSV or JSON file with task ids in it */
  readonly tasks?: string;
  readonly json?: boolean;
}

/**
 * Brings home what is paid for and not here: clips that are gone, takes of a lost ledger, answers that never came. It is
 * a run with the buying switched off.
 */
export async function salvage(paths: readonly string[], flags: SalvageFlags, shell: Shell): Promise<number> {
  const settings = requireSettings(shell, flags);
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests, warnings, sources } = await loadManifests(paths, files, shell, flags);
  shell.terminal.tell(showWarnings(warnings, sources));
  const named = flags.tasks === undefined ? [] : await readTaskFile(flags.tasks, shell, files);
  if (named.length === 0) await refuseNothingToGoBy(manifests, settings, shell, files);

  const needs = { writes: true, media: true, provider: true };
  return withSessions(manifests, settings, shell, needs, files, async (placed) => {
    const progress = openProgress(shell.terminal, {
      quiet: flags.json === true,
      isAlone: placed.length === 1,
      clock: openClock(settings.speed),
    });
    const signals = listenForSignals(() => progress.interrupted());
    const holds: Hold[] = [];
    try {
      for (const { manifest, session } of placed) {
        const hold = await session.ledger.hold(manifest.name);
        if (hold.outcome === "busy") throw batchBusy(manifest, hold);
        holds.push(hold);
      }
      return await salvageHeld(placed, named, { flags, settings, shell, progress, signals });
    } finally {
      progress.close();
      signals.release();
      for (const hold of holds) await hold.release();
    }
  });
}

interface Terms extends SalvageTerms {
  readonly flags: SalvageFlags;
}

async function salvageHeld(placed: readonly Placed[], named: readonly TaskId[], terms: Terms): Promise<number> {
  const { shell, signals } = terms;
  const opened: SalvageBatch[] = [];
  for (const each of placed) opened.push(await openSalvage(each));
  const inquiry = await inquire(opened, named, terms);
  const byTask = new Map(inquiry.found.map((found) => [found.task, found]));
  const tasks: TaskEnd[] = inquiry.missing.map(({ task, why, message }) => ({ task, end: why, message }));

  // What is a take of one batch is not taken in by another.
  const known = new Set(opened.flatMap(({ batch }) => takesOf(batch).map(({ task }) => task)));
  let open = inquiry.found;
  const doubts = new Map<TaskId, string>();
  const taught: SalvageBatch[] = [];
  for (const each of opened) {
    const { placements, events } = placeTasks(
      each.batch.view,
      open.filter(({ task }) => !known.has(task) || takesOf(each.batch).some((take) => take.task === task)),
    );
    for (const placement of placements) {
      if (placement.place === "ambiguous") doubts.set(placement.task, doubtOf(placement.shots, each));
    }
    const homes = placements.filter(isHome);
    tasks.push(...homes.map((home) => homeOf(home, each, byTask)));
    const isPlaced = new Set(homes.map(({ task }) => task));
    open = open.filter(({ task }) => !isPlaced.has(task));
    const news = [...foundAgain(each.batch, byTask), ...events];
    taught.push({ ...each, batch: await teach(each.batch, each.placed.session, news) });
  }

  const [first] = taught;
  if (!first) throw new Error("salvage: no batch");
  const batches = await Promise.all(taught.map((each) => fetchAll(each, terms)));
  for (const task of open) tasks.push(await saveAside(task, doubts.get(task.task), first, terms));

  const exitCode = combineExitCodes([
    ...batches.map((batch) => salvageEnd(batch, tasks, signals.exitCode())),
    inquiry.keyRefused === undefined ? EXIT.done : EXIT.key,
  ]);
  terms.progress.close();
  const show = (path: string) => shownPath(path, shell.cwd);
  const { terminal } = shell;
  if (terms.flags.json) terminal.result(JSON.stringify(salvageDocument(batches, tasks), null, 2));
  else terminal.result(tellSalvage(batches, tasks, { style: terminal.resultStyle, show }));
  if (inquiry.keyRefused !== undefined) throw keyRefused(inquiry.keyRefused);
  return exitCode;
}

async function inquire(opened: readonly SalvageBatch[], named: readonly TaskId[], terms: Terms): Promise<Inquiry> {
  const tasksThat = (purchase: Purchase) =>
    opened.flatMap(({ batch }) =>
      takesOf(batch).flatMap((take) => (take.purchase === purchase && take.task !== undefined ? [take.task] : [])),
    );
  const [session] = opened.map(({ placed }) => placed.session);
  if (!session) return { found: [], missing: [], keyRefused: undefined };
  const wanted = new Set([...named, ...tasksThat("lost")]);
  // A failure may have been a mistaken word. Nobody waits for these, so they are mentioned only if they are there.
  const failed = new Set((session.provider ? tasksThat("failed") : []).filter((task) => !wanted.has(task)));
  if (wanted.size + failed.size === 0) return { found: [], missing: [], keyRefused: undefined };
  if (!session.provider) throw keyMissing(terms.settings);
  const inquiry = await askTasks([...wanted, ...failed], session.provider, session.world, terms.signals.drain);
  return {
    ...inquiry,
    found: inquiry.found.filter(({ task, state }) => !failed.has(task) || state === "made"),
    missing: inquiry.missing.filter(({ task }) => !failed.has(task)),
  };
}

type Home = Exclude<Placement, { place: "stray" | "ambiguous" }>;

function isHome(placement: Placement): placement is Home {
  return placement.place !== "stray" && placement.place !== "ambiguous";
}

function doubtOf(shots: readonly string[], { placed }: SalvageBatch): string {
  const [shot = ""] = shots;
  return `it could be a take of ${nameShots(shots)}; an unconfirmed one is settled with ${commandLine(placed.manifest, "adopt", [shot, "TASK"])}`;
}

function homeOf(home: Home, { placed }: SalvageBatch, byTask: ReadonlyMap<TaskId, AskedTask>): TaskEnd {
  const { task, place, shot, take } = home;
  const message = byTask.get(task)?.message ?? "";
  return { task, end: place, message, batch: placed.manifest.name, shot, take };
}

async function saveAside(
  task: AskedTask,
  doubt: string | undefined,
  { placed, batch }: SalvageBatch,
  terms: Terms,
): Promise<TaskEnd> {
  const { session } = placed;
  const message = task.message || (doubt ?? "");
  const about = { task: task.task, batch: batch.manifest.name };
  if (task.state === "failed") return { ...about, end: "failed", message };
  if (!session.provider) throw keyMissing(terms.settings);
  const saved = await saveStray(task, {
    world: session.world,
    provider: session.provider,
    batchFolder: batch.folder,
    allowLoopback: terms.settings.isLoopback,
    signal: terms.signals.drain,
  });
  if (saved.outcome === "not-saved") return { ...about, end: "not-saved", message: saved.why };
  return { ...about, end: "saved-aside", message, file: join(batch.folder, saved.file) };
}

/** Without a ledger, notes beside clips or ids there is nothing to find anything by; and no ledger is begun in vain. */
async function refuseNothingToGoBy(
  manifests: readonly Manifest[],
  settings: Settings,
  { cwd }: Shell,
  files: Files,
): Promise<void> {
  for (const manifest of manifests) {
    const named = settings.output ?? manifest.output;
    const output = await findOutputFolder(manifest.path, { named, simulate: settings.simulate, cwd }, files);
    const clips = await files.list(join(output.path, manifest.name, "clips"));
    if (output.isNew && clips.length === 0) {
      const fix = `If its ledger is lost: ${commandLine(manifest, "salvage", [], ["--tasks", "FILE"])}, with the task ids that https://kie.ai/logs shows.`;
      throw noLedger(manifest, shownPath(output.path, cwd), fix);
    }
  }
}

function keyMissing({ apiUrl }: Settings): Refusal {
  const message = `no key: ${apiUrl} needs one, and KIE_API_KEY is not set`;
  return new Refusal(EXIT.key, [problem("key-missing", message, "Set KIE_API_KEY (a .env file is read).")]);
}

function keyRefused(message: string): Refusal {
  const fix = "Set KIE_API_KEY to a valid key and run the same command again.";
  return new Refusal(EXIT.key, [problem("vendor-key", `the key was refused: ${message}`, fix)]);
}
