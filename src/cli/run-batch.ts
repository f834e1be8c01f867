import { join } from "node:path";
import { creditsSpent, foldEvents } from "../ledger/batch-state.ts";
import type { AccountState } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { CAPABILITIES } from "../media/capabilities.ts";
import type { ToolSearch } from "../media/tools.ts";
import { type FilmStatus, filmStatuses } from "../plan/film-status.ts";
import { type Plan, planRun } from "../plan/plan-run.ts";
import { type ShotStatus, shotStatuses } from "../plan/shot-status.ts";
import { nameShots } from "../report/tell-problems.ts";
import { carryOut, type Outcome } from "../run/carry-out.ts";
import type { News } from "../run/news.ts";
import { unaffordable } from "../run/spending-problem.ts";
import type { Problem } from "../shot/problem.ts";
import { type Batch, openBatch, unansweredIntents } from "./batch.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { openVendor, type Session } from "./session.ts";
import type { Settings } from "./settings.ts";
import { batchBusy } from "./settle.ts";
import type { Signals } from "./signals.ts";
import type { WishFlags } from "./wish.ts";

/** One batch after a run. */
export interface BatchEnd {
  readonly batch: Batch;
  readonly plan: Plan;
  readonly outcome: Outcome;
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** credits by the ledger, of this run */
  readonly spent: number;
  /** credits left on the account afterwards; undefined when nobody said */
  readonly balance: number | undefined;
}

export interface RunTerms {
  readonly flags: WishFlags & { readonly budget?: number };
  readonly settings: Settings;
  readonly session: Session;
  readonly signals: Signals;
  /** names the run; with `--budget` all batches of the command share one cap, and so one name */
  readonly run: string;
  readonly cores: number;
  readonly onPlan: (plan: Plan, facts: PlanFacts) => void;
  readonly watch: (news: News) => void;
}

export interface PlanFacts {
  readonly balance: number | undefined;
  readonly caps: { readonly run: number | undefined; readonly day: number | undefined };
  readonly spentToday: number;
  readonly durations: AccountState["durations"];
}

/**
 * Runs one batch from its hold to its end.
 *
 * @throws Refusal when another run has the batch, the key is missing, or ffmpeg cannot do what is needed
 */
export async function runBatch(manifest: Manifest, terms: RunTerms): Promise<BatchEnd> {
  const { ledger } = terms.session;
  const hold = await ledger.hold(manifest.name);
  if (hold.outcome === "busy") throw batchBusy(manifest, hold);
  try {
    return await runHeld(manifest, terms);
  } finally {
    await hold.release();
  }
}

async function runHeld(manifest: Manifest, terms: RunTerms): Promise<BatchEnd> {
  const { session, flags, settings, signals, watch } = terms;
  const { ledger, world } = session;
  const batch = await settleUnanswered(await openBatch(manifest, session.output, ledger, world.files, flags), session);
  await refuseLostLedger(batch, session);
  const plan = planRun(batch.view, world.clock.now());
  const caps = { run: flags.budget ?? manifest.budget.run, day: manifest.budget.day };

  if (plan.steps.length > 0) requireTools(plan, session, settings);
  const { spentToday, durations } = await ledger.account();
  const balance = plan.price.likely > 0 ? await balanceOf(session) : undefined;
  terms.onPlan(plan, { balance, caps, spentToday, durations });
  const purse = { runCap: caps.run, dayCap: caps.day, spentToday, balance };
  const stopped = unaffordable(manifest, plan.price.likely, purse);
  if (stopped) watch({ news: "buying-stopped", problem: stopped.problem });

  const outcome = await carryOutPlan(plan, batch, caps, stopped, terms);
  const spent = creditsSpent(outcome.view.state) - creditsSpent(batch.view.state);
  // The films are there: that nobody tells the balance any more must not spoil the end.
  const after = spent > 0 && !signals.drain.aborted ? await balanceOf(session).catch(() => balance) : balance;
  return {
    batch,
    plan,
    outcome,
    shots: shotStatuses(outcome.view),
    films: filmStatuses(outcome.view),
    spent,
    balance: after,
  };
}

/** Clips without a ledger were bought once already: a ledger that was lost or left elsewhere must not buy them again. */
async function refuseLostLedger({ manifest, view, folder }: Batch, { world, output }: Session): Promise<void> {
  if (view.state.takes.size > 0) return;
  const shots = await world.files.list(join(folder, "clips"));
  const owned = shots.filter((name) => manifest.shots.some(({ id }) => id === name));
  if (owned.length === 0) return;
  const message = `${join(folder, "clips")} holds takes of ${nameShots(owned)}, but the ledger in ${output.path} knows nothing of them: they would be bought again`;
  const fix = `Bring their ledger.db back, or name its folder with --output. To buy anew, move ${folder} away first. Nothing was bought.`;
  throw new Refusal(EXIT.usage, [problem("ledger-lost", message, fix)]);
}

async function carryOutPlan(
  plan: Plan,
  batch: Batch,
  caps: PlanFacts["caps"],
  stopped: Outcome["stopped"],
  { session, settings, signals, watch, run, cores }: RunTerms,
): Promise<Outcome> {
  const { media, ledger, world } = session;
  const { manifest, view, folder } = batch;
  if (plan.steps.length === 0 || !media) return { view, rested: [], stopped, keyProblem: undefined, left: [] };
  // Without a key all that is left is local work: nobody is asked.
  const provider = session.provider ?? (await openVendor(settings, "", world));
  const prices = `${view.prices.source} ${view.prices.date}`;
  const spentBefore = creditsSpent(view.state);
  await ledger.append(manifest.name, [{ event: "run-started", run, manifest: manifest.shown, prices }]);
  const outcome = await carryOut(
    plan,
    {
      world,
      provider,
      ledger,
      media,
      manifest,
      prices: view.prices,
      wish: view.wish,
      batchFolder: folder,
      run,
      caps,
      allowLoopback: settings.isLoopback,
      watch,
      drain: signals.drain,
      leave: signals.leave,
    },
    { cores, ...(stopped ? { stopped } : {}) },
  );
  const spent = creditsSpent(outcome.view.state) - spentBefore;
  await ledger.append(manifest.name, [{ event: "run-ended", run, planned: plan.price.likely, spent }]);
  return outcome;
}

/** What a crash left open is named before anything else is done. */
async function settleUnanswered(batch: Batch, { ledger }: Session): Promise<Batch> {
  const open = unansweredIntents(batch.manifest, batch.view.state);
  if (open.length === 0) return batch;
  const recorded = await ledger.append(batch.manifest.name, open);
  return { ...batch, view: { ...batch.view, state: foldEvents(recorded, batch.view.state) } };
}

function requireTools(plan: Plan, { provider, tools, media }: Session, { apiUrl }: Settings): void {
  if (!media || !tools) throw new Refusal(EXIT.usage, [toolsMissing(tools)]);
  const lacking = tools.missing(CAPABILITIES.required);
  if (lacking.length > 0) throw new Refusal(EXIT.usage, [capabilitiesMissing(tools, lacking)]);
  const asksVendor = plan.steps.some(({ step }) => step.kind !== "join" && step.kind !== "check");
  if (asksVendor && !provider) {
    const message = `no key: ${apiUrl} needs one, and KIE_API_KEY is not set`;
    const fix =
      "Set KIE_API_KEY (a .env file is read), or try it out with --simulate. Nothing was bought: 0 credits spent.";
    throw new Refusal(EXIT.key, [problem("key-missing", message, fix)]);
  }
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

async function balanceOf({ provider }: Session): Promise<number | undefined> {
  const credit = await provider?.credit();
  if (credit?.outcome === "deferred" && credit.cause === "key") {
    const fix = "Set KIE_API_KEY to a valid key. Nothing was bought: 0 credits spent.";
    throw new Refusal(EXIT.key, [problem("vendor-key", `the key was refused: ${credit.message}`, fix)]);
  }
  return credit?.outcome === "given" ? credit.value : undefined;
}
