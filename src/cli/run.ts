import { join } from "node:path";
import { shownPath } from "../manifest/source-text.ts";
import { combineExitCodes } from "../report/exit-code.ts";
import { showWarnings } from "../report/squiggle.ts";
import { tellPlan } from "../report/tell-plan.ts";
import { tellTogether } from "../report/tell-together.ts";
import { lookAhead } from "../run/look-ahead.ts";
import { openClock } from "../world/system-clock.ts";
import { afterRefusal, type BatchResult } from "./after-run.ts";
import { balanceOf } from "./balance.ts";
import { type CallbackDesk, withCallbackDesk } from "./callback-desk.ts";
import { requireCallbackSettings } from "./callback-settings.ts";
import { EXIT, Refusal } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { contextOf, type Fund, fundsOf, requireFund } from "./funds.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { plan } from "./plan.ts";
import type { PreparedBatch } from "./prepare-batch.ts";
import { openProgress } from "./progress.ts";
import { beginOne, type CommandTerms, finishOne, type OneRun, type RunFlags } from "./run-one.ts";
import { requireSettings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals } from "./signals.ts";
import { refuseUnknownShots } from "./wish.ts";

/** Makes everything that is still missing, then the films; all manifests of the command side by side. */
export async function run(paths: readonly string[], flags: RunFlags, shell: Shell): Promise<number> {
  const settings = requireSettings(shell, flags);
  const callbackSettings = requireCallbackSettings(flags, settings);
  if (flags.dryRun) return plan(paths, flags, shell, "dry-run");
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests, warnings, sources } = await loadManifests(paths, files, shell, flags);
  refuseUnknownShots(flags, manifests);
  if (!flags.quiet) shell.terminal.tell(showWarnings(warnings, sources));

  const needs = { writes: true, media: true, provider: true };
  const clock = openClock(settings.speed);
  const say = (line: string) => flags.quiet || shell.terminal.tell(line);
  let isUnderWay = false;
  const work = async (placed: readonly Placed[], desk: CallbackDesk | undefined) => {
    const progress = openProgress(shell.terminal, {
      quiet: flags.quiet === true,
      isAlone: placed.length === 1,
      clock,
    });
    const signals = listenForSignals(() => progress.interrupted());
    const terms = { flags, settings, shell, desk, progress, signals, isAlone: placed.length === 1 };
    const runs = await Promise.all(placed.map((each) => beginOne(each, terms)));
    try {
      refuseUsage(runs);
      const ready = runs.flatMap(({ prepared }) => prepared ?? []);
      const funds = await fundsOf(ready, balanceOf);
      await tellPlans(ready, funds, terms);
      isUnderWay = true;
      const ends = await Promise.all(runs.map((each) => finishOne(each, funds, terms)));
      progress.close();
      // A command that was refused has nothing to report: its words are on stderr.
      const isRefused = ends.every(({ summary }) => summary === undefined);
      if (flags.json && !isRefused) shell.terminal.result(JSON.stringify(documentOf(ends), null, 2));
      return combineExitCodes(ends.map(({ exitCode }) => exitCode));
    } finally {
      progress.close();
      signals.release();
      for (const { log } of runs) await log?.close();
    }
  };
  try {
    return await withCallbackDesk(callbackSettings, clock, say, (desk) =>
      withSessions(manifests, settings, shell, needs, files, (placed) => work(placed, desk)),
    );
  } catch (error) {
    if (isUnderWay) throw error;
    // No ffmpeg, or a damaged ledger: nobody who waits for the night's films would hear of it otherwise.
    const exitCode = tellFailure(error, shell.terminal);
    await afterRefusal(manifests, { exitCode, summary: undefined, folder: undefined, error }, settings, shell);
    return exitCode;
  }
}

/** @throws Refusal with all that is wrong with usage or environment: none of the batches runs then */
function refuseUsage(runs: readonly OneRun[]): void {
  const refusals = runs.flatMap(({ failure }) =>
    failure instanceof Refusal && failure.exitCode === EXIT.usage ? failure.problems : [],
  );
  const distinct = new Map(refusals.map((each) => [each.message, each]));
  if (distinct.size > 0) throw new Refusal(EXIT.usage, [...distinct.values()]);
}

async function tellPlans(
  ready: readonly PreparedBatch[],
  funds: ReadonlyMap<PreparedBatch, Fund>,
  terms: CommandTerms,
): Promise<void> {
  const { shell, progress } = terms;
  for (const prepared of ready) {
    const { output, media, world } = prepared.session;
    const fund = requireFund(funds, prepared);
    const newLedger = output.isNew ? shownPath(join(output.path, "ledger.db"), shell.cwd) : undefined;
    const { folder: batchFolder } = prepared.batch;
    const ahead = await lookAhead(prepared.plan, { files: world.files, media, batchFolder });
    const context = { newLedger, ...ahead, drawsWords: media?.drawsWords, ...contextOf(fund) };
    const words = tellPlan(prepared.plan, { style: shell.terminal.style, mode: "run", ...context });
    progress.begin(prepared.plan, words, fund.durations);
  }
  if (terms.flags.quiet) return;
  for (const together of new Set([...funds.values()].map((fund) => fund.together))) {
    const words = tellTogether(together, shell.terminal.style);
    if (words !== undefined) shell.terminal.tell(words);
  }
}

function documentOf(ends: readonly BatchResult[]): unknown {
  const summaries = ends.map(({ summary }) => summary ?? null);
  return summaries.length === 1 ? summaries[0] : { batches: summaries };
}
