import { join } from "node:path";
import { type BatchState, creditsSpent } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import { type EndFacts, endOf, exitCodeOf } from "../report/exit-code.ts";
import { type Summary, summaryOf } from "../report/summary.ts";
import { tellEarlyEnd } from "../report/tell-early-end.ts";
import { tellOutcome } from "../report/tell-outcome.ts";
import type { News } from "../run/news.ts";
import { afterRun, type BatchResult } from "./after-run.ts";
import type { CallbackDesk } from "./callback-desk.ts";
import type { CallbackFlags } from "./callback-settings.ts";
import { EXIT, Refusal } from "./exit.ts";
import { tellFailure, tellUnwritten } from "./failure.ts";
import { type Fund, requireFund } from "./funds.ts";
import type { Placed } from "./open-sessions.ts";
import type { PlanFlags } from "./plan.ts";
import { type PreparedBatch, prepareBatch } from "./prepare-batch.ts";
import type { Progress } from "./progress.ts";
import { type BatchEnd, runBatch } from "./run-batch.ts";
import { nameRun, openRunLog, type RunLog } from "./run-log.ts";
import type { Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import type { Signals } from "./signals.ts";

export interface RunFlags extends Omit<PlanFlags, "detailedExitcode">, CallbackFlags {
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

/** What all runs of one command share. */
export interface CommandTerms {
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
export interface OneRun {
  readonly placed: Placed;
  /** names the run in its log and in the ledger */
  readonly name: string;
  readonly startedAt: number;
  readonly log: RunLog | undefined;
  readonly prepared: PreparedBatch | undefined;
  readonly failure: unknown;
}

/** Opens the log and prepares the batch. What refuses one batch does not keep the others from running. */
export async function beginOne(placed: Placed, { flags, settings, desk }: CommandTerms): Promise<OneRun> {
  const { clock, files } = placed.session.world;
  const startedAt = clock.now();
  const name = nameRun(placed.session.world);
  const begun = { placed, name, startedAt };
  let log: RunLog | undefined;
  try {
    log = await openRunLog(placed.session.output.path, name, files, settings);
    desk?.keep(log);
    return { ...begun, log, prepared: await prepareBatch(placed, flags, settings), failure: undefined };
  } catch (failure) {
    return { ...begun, log, prepared: undefined, failure };
  }
}

/** Carries one batch out and tells whoever waits for it. */
export async function finishOne(
  run: OneRun,
  funds: ReadonlyMap<PreparedBatch, Fund>,
  terms: CommandTerms,
): Promise<BatchResult> {
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
  terms: CommandTerms,
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

/** A person's end of the run: results on stdout; with `--quiet` only trouble, on stderr, for the mail that cron sends. */
function tellEnd(
  end: BatchEnd,
  exitCode: number,
  interrupted: EndFacts["interrupted"],
  tookMs: number,
  { flags, shell, isAlone }: CommandTerms,
): void {
  const show = (path: string) => shownPath(join(end.batch.folder, path), shell.cwd);
  const { terminal } = shell;
  const words = (style: typeof terminal.style) => tellOutcome({ ...end, interrupted, tookMs, isAlone, show, style });
  if (flags.quiet || flags.json) {
    if (exitCode !== EXIT.done) terminal.tell(words(terminal.style));
  } else terminal.result(words(terminal.resultStyle));
}
