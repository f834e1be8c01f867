import { join, resolve } from "node:path";
import { HoldLostError } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Summary } from "../report/summary.ts";
import { tellProblem } from "../report/tell-problems.ts";
import { type HookFacts, hookAfter, runHook } from "../run/hook.ts";
import type { World } from "../world/world.ts";
import { Refusal } from "./exit.ts";
import type { RunLog } from "./run-log.ts";
import { openWorld } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** How one batch of a command ended. */
export interface BatchResult {
  readonly exitCode: number;
  /** undefined: the run was refused or broke off before it could write one */
  readonly summary: Summary | undefined;
  /** absolute */
  readonly folder: string | undefined;
  /** what kept the run from its end */
  readonly error?: unknown;
}

export interface AfterTerms {
  readonly settings: Settings;
  readonly shell: Shell;
  readonly run: string;
  readonly leave: AbortSignal;
  readonly log?: RunLog | undefined;
}

/** Does what the manifest wants to happen after a run. Its failure is told and logged and changes no exit code. */
export async function afterRun(
  manifest: Manifest,
  result: BatchResult,
  world: Pick<World, "processes" | "http" | "clock" | "chance">,
  terms: AfterTerms,
): Promise<void> {
  const { settings, shell, leave, log } = terms;
  const facts = factsOf(manifest, result, terms);
  const hook = hookAfter(manifest, facts);
  if (!hook || leave.aborted) return;
  const end = await runHook(hook, { manifest, facts, allowLoopback: settings.isLoopback, leave }, world);
  log?.note(`on_${hook.when} ${end.problem ? "failed" : "done"}`, { said: end.said, problem: end.problem });
  if (end.problem) shell.terminal.tell(tellProblem(end.problem, shell.terminal.style));
}

/** The same for a command that could not even begin, for each of its manifests. */
export async function afterRefusal(
  manifests: readonly Manifest[],
  result: BatchResult,
  settings: Settings,
  shell: Shell,
): Promise<void> {
  if (manifests.every(({ onFailed }) => onFailed === undefined)) return;
  const world = await openWorld(settings);
  const leave = new AbortController().signal;
  try {
    for (const manifest of manifests)
      await afterRun(manifest, result, world, { settings, shell, run: "refused", leave });
  } finally {
    await world.http.close();
  }
}

function factsOf(manifest: Manifest, { exitCode, summary, folder, error }: BatchResult, terms: AfterTerms): HookFacts {
  const state = summary?.state ?? (error instanceof Refusal ? "refused" : "stopped");
  const isWritten = summary !== undefined && folder !== undefined;
  const document = summary ?? { version: 1, name: manifest.name, state, exitCode, problem: wordsOf(error) };
  return {
    name: manifest.name,
    state,
    exitCode,
    spent: summary?.credits.run.spent ?? 0,
    summary: isWritten ? join(folder, "summary.json") : undefined,
    films: isWritten ? summary.sequences.flatMap(({ file }) => (file === null ? [] : [resolve(folder, file)])) : [],
    document: `${JSON.stringify(document, null, 2)}\n`,
    run: terms.run,
    isSimulated: terms.settings.simulate,
  };
}

/** Only words that were written to be told: a bug's may hold anything. */
function wordsOf(error: unknown): { readonly rule: string; readonly message: string } {
  const [problem] = error instanceof Refusal ? error.problems : [];
  if (problem) return { rule: problem.rule, message: problem.message };
  const message = "the run ended early; its own output says why";
  return { rule: error instanceof HoldLostError ? "batch-taken-over" : "run-ended-early", message };
}
