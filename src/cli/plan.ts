import { join } from "node:path";
import { foldEvents } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import { type Plan, planRun } from "../plan/plan-run.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { planJson } from "../report/plan-json.ts";
import { showWarnings } from "../report/squiggle.ts";
import { type PlanContext, tellPlan } from "../report/tell-plan.ts";
import { tellTogether } from "../report/tell-together.ts";
import { lookAhead } from "../run/look-ahead.ts";
import { openBatch, unansweredIntents } from "./batch.ts";
import { contextOf, fundsOf, type Spender } from "./funds.ts";
import { loadManifests } from "./load-manifests.ts";
import { machineObstacles } from "./machine-obstacles.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { type BudgetFlags, capsOf } from "./prepare-batch.ts";
import { openMachine } from "./session.ts";
import { requireSettings, type Settings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { refuseUnknownShots, type WishFlags } from "./wish.ts";

export interface PlanFlags extends SharedFlags, WishFlags, BudgetFlags {
  readonly detailedExitcode?: boolean;
  readonly json?: boolean;
}

/** What a run would do, why, and its price. Asks the network for the balance alone, and only with a key. */
export async function plan(
  paths: readonly string[],
  flags: PlanFlags,
  shell: Shell,
  mode: PlanContext["mode"] = "plan",
): Promise<number> {
  const settings = requireSettings(shell, flags);
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests, warnings, sources } = await loadManifests(paths, files, shell, flags);
  refuseUnknownShots(flags, manifests);
  shell.terminal.tell(showWarnings(warnings, sources));
  // A simulated vendor has no balance to ask for before it is started, and a plan starts nothing.
  const needs = { writes: false, media: false, provider: !settings.simulate };
  return withSessions(manifests, settings, shell, needs, files, async (placed) => {
    const plans = await Promise.all(placed.map((each) => planOne(each, flags)));
    const funds = await fundsOf(plans, async ({ provider }) => {
      const credit = await provider?.credit();
      return credit?.outcome === "given" ? credit.value : undefined;
    });
    const style = shell.terminal.resultStyle;
    const machine = await machineFor(plans, settings, shell);
    const told: { readonly plan: Plan; readonly context: PlanContext }[] = [];
    for (const [{ plan, session, batchFolder }, fund] of funds) {
      const { output } = session;
      const newLedger = output.isNew ? shownPath(join(output.path, "ledger.db"), shell.cwd) : undefined;
      const steps = plan.steps.map(({ step }) => step);
      const obstacles = machine && machineObstacles(steps, plan.view.manifest, machine);
      const media = machine?.media;
      const ahead = await lookAhead(plan, { files: session.world.files, media, batchFolder });
      const here = { obstacles, ...ahead, drawsWords: media?.drawsWords };
      told.push({ plan, context: { style, mode, newLedger, ...here, ...contextOf(fund) } });
    }
    const totals = [...new Set([...funds.values()].map(({ together }) => together))];
    if (flags.json) {
      const documents = told.map(({ plan, context }) => planJson(plan, context));
      shell.terminal.result(JSON.stringify(documents.length === 1 ? documents[0] : { batches: documents }, null, 2));
    } else {
      const words = told.map(({ plan, context }) => tellPlan(plan, context));
      for (const text of [...words, ...totals.map((each) => tellTogether(each, style))]) {
        if (text !== undefined) shell.terminal.result(text);
      }
    }
    const hasWork = plans.some(({ plan }) => plan.steps.length > 0);
    return exitCodeOf({ hasWork: flags.detailedExitcode === true && hasWork });
  });
}

interface PlannedBatch extends Spender {
  /** absolute */
  readonly batchFolder: string;
}

async function planOne({ manifest, session }: Placed, flags: PlanFlags): Promise<PlannedBatch> {
  const { ledger, world, output } = session;
  const batch = await openBatch(manifest, output, ledger, world.files, flags);
  const view = { ...batch.view, state: foldEvents(assumedUnanswered(batch.view, manifest), batch.view.state) };
  const plan = planRun(view, world.clock.now());
  return { plan, batchFolder: batch.folder, caps: capsOf(manifest, flags), session };
}

/** What would make it, where there is anything to make: a plan needs none of it, and says what a run would miss. */
async function machineFor(plans: readonly Spender[], settings: Settings, { environment }: Shell) {
  const busy = plans.find(({ plan }) => plan.steps.length > 0);
  return busy && openMachine(environment, busy.session.world, settings, { writes: false });
}

/** A run would begin by naming what a crash left unanswered: a plan shows the same, and writes nothing. */
function assumedUnanswered(view: { state: Parameters<typeof unansweredIntents>[1] }, manifest: Placed["manifest"]) {
  return unansweredIntents(manifest, view.state).map((event) => ({ seq: 0, at: 0, event }));
}
