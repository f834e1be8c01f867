import { join } from "node:path";
import { type BatchState, creditsSpent } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import { combineExitCodes, type EndFacts, endOf, exitCodeOf } from "../report/exit-code.ts";
import { showWarnings } from "../report/squiggle.ts";
import { type Summary, summaryOf } from "../report/summary.ts";
import { tellEarlyEnd } from "../report/tell-early-end.ts";
import { tellOutcome } from "../report/tell-outcome.ts";
import { tellPlan } from "../report/tell-plan.ts";
import { tellTogether } from "../report/tell-together.ts";
import type { News } from "../run/news.ts";
import { openClock } from "../world/system-clock.ts";
import { afterRefusal, afterRun, type BatchResult } from "./after-run.ts";
import { balanceOf } from "./balance.ts";
import { type CallbackDesk, withCallbackDesk } from "./callback-desk.ts";
import { type CallbackFlags, requireCallbackSettings } from "./callback-settings.ts";
import { EXIT, Refusal } from "./exit.ts";
import { tellFailure, tellUnwritten } from "./failure.ts";
import { contextOf, type Fund, fundsOf } from "./funds.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { type PlanFlags, plan } from "./plan.ts";
import { type PreparedBatch, prepareBatch } from "./prepare-batch.ts";
import { openProgress, type Progress } from "./progress.ts";
import { type BatchEnd, runBatch } from "./run-batch.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import { requireSettings, type Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals, type Signals } from "./signals.ts";
import { refuseUnknownShots } from "./wish.ts";

export interface RunFlags extends Omit<PlanFlags, "detailedExitcode">, CallbackFlags {
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

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
      tellPlans(ready, funds, terms);
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

interface Terms {
  readonly flags: RunFlags;
  readonly settings: Settings;
  readonly shell: Shell;
  /** set where the vendor may call us back */
  readonly desk: CallbackDesk | undefined;
  readonly progress: Progress;
  readonly signals: Signals;
  /** one manifest makes up the whole command */
  readonly isAlone: boolean;
}

/** One manifest on its way through the command: ready to run, or refused before it began. */
interface OneRun {
  readonly placed: Placed;
  /** names the run in its log and in the ledger */
  readonly name: string;
  readonly startedAt: number;
  readonly log: RunLog | undefined;
  readonly prepared: PreparedBatch | undefined;
  readonly failure: unknown;
}

/** Opens the log and prepares the batch. What refuses one batch does not keep the others from running. */
async function beginOne(placed: Placed, { flags, settings, desk }: Terms): Promise<OneRun> {
  const { clock, chance, files } = placed.session.world;
  const startedAt = clock.now();
  const name = `${new Date(startedAt).toISOString().replace(/[:.]/g, "-")}-${chance.token().slice(0, 6)}`;
  const begun = { placed, name, startedAt };
  let log: RunLog | undefined;
  try {
    const secrets = [settings.key, settings.webhookKey].filter((secret) => secret !== undefined);
    log = await openRunLog(placed.session.output.path, name, files, secrets);
    desk?.keep(log);
    return { ...begun, log, prepared: await prepareBatch(placed, flags, settings), failure: undefined };
  } catch (failure) {
    return { ...begun, log, prepared: undefined, failure };
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

function tellPlans(ready: readonly PreparedBatch[], funds: ReadonlyMap<PreparedBatch, Fund>, terms: Terms): void {
  const { shell, progress } = terms;
  for (const prepared of ready) {
    const { output, media } = prepared.session;
    const fund = requireFund(funds, prepared);
    const newLedger = output.isNew ? shownPath(join(output.path, "ledger.db"), shell.cwd) : undefined;
    const context = { newLedger, drawsWords: media?.drawsWords, ...contextOf(fund) };
    const words = tellPlan(prepared.plan, { style: shell.terminal.style, mode: "run", ...context });
    progress.begin(prepared.plan, words, fund.durations);
  }
  if (terms.flags.quiet) return;
  for (const together of new Set([...funds.values()].map((fund) => fund.together))) {
    const words = tellTogether(together, shell.terminal.style);
    if (words !== undefined) shell.terminal.tell(words);
  }
}

/** Carries one batch out and tells whoever waits for it. */
async function finishOne(run: OneRun, funds: ReadonlyMap<PreparedBatch, Fund>, terms: Terms): Promise<BatchResult> {
  const { manifest, session } = run.placed;
  const { settings, shell, signals } = terms;
  const result = await carryOne(run, funds, terms);
  const { name, log } = run;
  await afterRun(manifest, result, session.world, { settings, shell, run: name, leave: signals.leave, log });
  return result;
}

/** From a batch's plan to its summary. */
async function carryOne(
  { placed, name, startedAt, log, prepared, failure }: OneRun,
  funds: ReadonlyMap<PreparedBatch, Fund>,
  terms: Terms,
): Promise<BatchResult> {
  const { flags, settings, shell, desk, progress, signals } = terms;
  const { manifest, session } = placed;
  const { clock, files } = session.world;
  const before = prepared?.batch.view.state;
  let now: BatchState | undefined = before;
  try {
    if (!prepared) throw failure;
    const watch = (news: News) => {
      if (news.news === "recorded") now = news.view.state;
      log?.write(manifest.name, news);
      progress.news(manifest.name, news);
    };
    // With a budget for the whole command all batches spend from one cap, and so go by one name in the ledger.
    const run = flags.budget === undefined ? name : `${process.pid}-${Math.round(performance.timeOrigin)}`;
    const fund = requireFund(funds, prepared);
    const end = await runBatch(prepared, fund, {
      settings,
      signals,
      run,
      cores: shell.cores,
      callbacks: desk?.callbacks,
      watch,
    });
    const interrupted = { 130: "SIGINT", 143: "SIGTERM" } as const;
    const code = signals.exitCode();
    const facts = endOf(end.outcome, end.shots, end.films, code && interrupted[code]);
    const exitCode = exitCodeOf(facts);
    const summary = summarise(end, facts);
    log?.note("run ended", { exitCode, credits: summary.credits });
    progress.close();
    tellEnd(end, exitCode, facts.interrupted, clock.now() - startedAt, terms);
    const summaryFile = join(end.batch.folder, "summary.json");
    const written = files.write(summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
    // What was made and spent has been told; that it could not be written down for scripts is a trouble of its own.
    const keeping = await written.then(
      () => EXIT.done,
      (error: unknown) => tellUnwritten(summaryFile, error, shell.terminal),
    );
    return { exitCode: exitCode || keeping, summary, folder: end.batch.folder };
  } catch (error) {
    progress.close();
    log?.note("run ended early", { why: error instanceof Error ? error.message : String(error) });
    const exitCode = tellFailure(error, shell.terminal);
    const ended = { summary: undefined, folder: undefined, error };
    if (error instanceof Refusal || !before || !now) return { ...ended, exitCode };
    shell.terminal.tell(tellEarlyEnd(before, now));
    // Something was done: the code for "nothing was" would be a lie.
    return { ...ended, exitCode: exitCode === EXIT.usage ? EXIT.short : exitCode };
  }
}

function requireFund(funds: ReadonlyMap<PreparedBatch, Fund>, prepared: PreparedBatch): Fund {
  const fund = funds.get(prepared);
  if (!fund) throw new Error("a batch was prepared and its fund not looked for");
  return fund;
}

function summarise(end: BatchEnd, facts: ReturnType<typeof endOf>): Summary {
  const { batch, plan: made, outcome, shots, films, spent, balance, trace } = end;
  const before = creditsSpent(batch.view.state);
  return summaryOf({
    name: batch.manifest.name,
    shots,
    films,
    rested: outcome.rested,
    isStopped: outcome.stopped !== undefined || facts.isKeyRefused === true || facts.interrupted !== undefined,
    run: { planned: made.price.likely, spent, balanceChange: trace && -trace.fell },
    total: { planned: before + made.price.likely, spent: before + spent },
    balance,
  });
}

function documentOf(ends: readonly BatchResult[]): unknown {
  const summaries = ends.map(({ summary }) => summary ?? null);
  return summaries.length === 1 ? summaries[0] : { batches: summaries };
}

/** A person's end of the run: results on stdout; with `--quiet` only trouble, on stderr, for the mail that cron sends. */
function tellEnd(
  end: BatchEnd,
  exitCode: number,
  interrupted: EndFacts["interrupted"],
  tookMs: number,
  { flags, shell, isAlone }: Terms,
): void {
  const show = (path: string) => shownPath(join(end.batch.folder, path), shell.cwd);
  const { terminal } = shell;
  const words = (style: typeof terminal.style) => tellOutcome({ ...end, interrupted, tookMs, isAlone, show, style });
  if (flags.quiet || flags.json) {
    if (exitCode !== EXIT.done) terminal.tell(words(terminal.style));
  } else terminal.result(words(terminal.resultStyle));
}
