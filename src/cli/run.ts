import { join } from "node:path";
import { creditsSpent } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import type { Plan } from "../plan/plan-run.ts";
import { combineExitCodes, type EndFacts, endOf, exitCodeOf } from "../report/exit-code.ts";
import { showWarnings } from "../report/squiggle.ts";
import { type Summary, summaryOf } from "../report/summary.ts";
import { tellOutcome } from "../report/tell-outcome.ts";
import { tellPlan } from "../report/tell-plan.ts";
import { openClock } from "../world/system-clock.ts";
import { EXIT, Refusal } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { type PlanFlags, plan } from "./plan.ts";
import { openProgress, type Progress } from "./progress.ts";
import { type BatchEnd, type PlanFacts, runBatch } from "./run-batch.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import { requireSettings, type Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals, type Signals } from "./signals.ts";
import { refuseUnknownShots } from "./wish.ts";

export interface RunFlags extends Omit<PlanFlags, "detailedExitcode"> {
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

/** Makes everything that is still missing, then the films; all manifests of the command side by side. */
export async function run(paths: readonly string[], flags: RunFlags, shell: Shell): Promise<number> {
  if (flags.dryRun) return plan(paths, flags, shell, "dry-run");
  const settings = requireSettings(shell, flags);
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests, warnings, sources } = await loadManifests(paths, files, shell.cwd);
  refuseUnknownShots(flags, manifests);
  if (!flags.quiet) shell.terminal.tell(showWarnings(warnings, sources));

  const needs = { writes: true, media: true, provider: true };
  return withSessions(manifests, settings, shell, needs, files, async (placed) => {
    const progress = openProgress(shell.terminal, {
      quiet: flags.quiet === true,
      isAlone: placed.length === 1,
      clock: openClock(settings.speed),
    });
    const signals = listenForSignals(() => progress.interrupted());
    try {
      const ends = await Promise.all(placed.map((each) => runOne(each, { flags, settings, shell, progress, signals })));
      progress.close();
      // A command that was refused has nothing to report: its words are on stderr.
      const isRefused = ends.every(({ summary }) => summary === undefined);
      if (flags.json && !isRefused) shell.terminal.result(JSON.stringify(documentOf(ends), null, 2));
      return combineExitCodes(ends.map(({ exitCode }) => exitCode));
    } finally {
      progress.close();
      signals.release();
    }
  });
}

interface OneTerms {
  readonly flags: RunFlags;
  readonly settings: Settings;
  readonly shell: Shell;
  readonly progress: Progress;
  readonly signals: Signals;
}

interface OneEnd {
  readonly exitCode: number;
  readonly summary: Summary | undefined;
}

/** One manifest's run, from its log to its summary. What refuses one batch does not keep the others from running. */
async function runOne({ manifest, session }: Placed, terms: OneTerms): Promise<OneEnd> {
  const { flags, settings, shell, progress, signals } = terms;
  const { clock, chance, files } = session.world;
  const name = `${new Date(clock.now()).toISOString().replace(/[:.]/g, "-")}-${chance.token().slice(0, 6)}`;
  // With a budget for the whole command all batches spend from one cap, and so go by one name in the ledger.
  const run = flags.budget === undefined ? name : `${process.pid}-${Math.round(performance.timeOrigin)}`;
  const startedAt = clock.now();
  let log: RunLog | undefined;
  const onPlan = (made: Plan, facts: PlanFacts) => {
    const newLedger = session.output.isNew ? shownPath(join(session.output.path, "ledger.db"), shell.cwd) : undefined;
    progress.begin(
      made,
      tellPlan(made, { style: shell.terminal.style, mode: "run", newLedger, ...facts }),
      facts.durations,
    );
  };
  try {
    const opened = await openRunLog(session.output.path, name, files, settings.key === undefined ? [] : [settings.key]);
    log = opened;
    const watch = (news: Parameters<Progress["news"]>[1]) => {
      opened.write(manifest.name, news);
      progress.news(manifest.name, news);
    };
    const end = await runBatch(manifest, { flags, settings, session, signals, run, cores: shell.cores, onPlan, watch });
    const interrupted = { 130: "SIGINT", 143: "SIGTERM" } as const;
    const code = signals.exitCode();
    const facts = endOf(end.outcome, end.shots, end.films, code && interrupted[code]);
    const exitCode = exitCodeOf(facts);
    const summary = summarise(end, facts);
    await files.write(join(end.batch.folder, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
    opened.note("run ended", { exitCode, credits: summary.credits });
    progress.close();
    tellEnd(end, exitCode, facts.interrupted, clock.now() - startedAt, terms);
    return { exitCode, summary };
  } catch (error) {
    progress.close();
    log?.note("run ended early", { why: error instanceof Error ? error.message : String(error) });
    if (error instanceof Refusal && error.exitCode === EXIT.usage) throw error;
    return { exitCode: tellFailure(error, shell.terminal), summary: undefined };
  } finally {
    await log?.close();
  }
}

function summarise(end: BatchEnd, facts: ReturnType<typeof endOf>): Summary {
  const { batch, plan: made, outcome, shots, films, spent, balance } = end;
  const before = creditsSpent(batch.view.state);
  return summaryOf({
    name: batch.manifest.name,
    shots,
    films,
    rested: outcome.rested,
    isStopped: outcome.stopped !== undefined || facts.isKeyRefused === true || facts.interrupted !== undefined,
    run: { planned: made.price.likely, spent },
    total: { planned: before + made.price.likely, spent: before + spent },
    balance,
  });
}

function documentOf(ends: readonly OneEnd[]): unknown {
  const summaries = ends.map(({ summary }) => summary ?? null);
  return summaries.length === 1 ? summaries[0] : { batches: summaries };
}

/** A person's end of the run: results on stdout; with `--quiet` only trouble, on stderr, for the mail that cron sends. */
function tellEnd(
  end: BatchEnd,
  exitCode: number,
  interrupted: EndFacts["interrupted"],
  tookMs: number,
  terms: OneTerms,
): void {
  const { flags, shell } = terms;
  const show = (path: string) => shownPath(join(end.batch.folder, path), shell.cwd);
  const { terminal } = shell;
  const words = (style: typeof terminal.style) => tellOutcome({ ...end, interrupted, tookMs, show, style });
  if (flags.quiet || flags.json) {
    if (exitCode !== EXIT.done) terminal.tell(words(terminal.style));
  } else terminal.result(words(terminal.resultStyle));
}
