import { join } from "node:path";
import { foldEvents } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import { planRun } from "../plan/plan-run.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { planJson } from "../report/plan-json.ts";
import { showWarnings } from "../report/squiggle.ts";
import { type PlanContext, tellPlan } from "../report/tell-plan.ts";
import { openBatch, unansweredIntents } from "./batch.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { requireSettings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { refuseUnknownShots, type WishFlags } from "./wish.ts";

export interface PlanFlags extends SharedFlags, WishFlags {
  readonly budget?: number;
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
  const { manifests, warnings, sources } = await loadManifests(paths, files, shell.cwd);
  refuseUnknownShots(flags, manifests);
  shell.terminal.tell(showWarnings(warnings, sources));
  // A simulated vendor has no balance to ask for before it is started, and a plan starts nothing.
  const needs = { writes: false, media: false, provider: !settings.simulate };
  return withSessions(manifests, settings, shell, needs, files, async (placed) => {
    const plans = await Promise.all(placed.map((each) => planOne(each, flags, shell, mode)));
    if (flags.json) {
      const documents = plans.map(({ planned, context }) => planJson(planned, context));
      shell.terminal.result(JSON.stringify(documents.length === 1 ? documents[0] : { batches: documents }, null, 2));
    } else for (const { planned, context } of plans) shell.terminal.result(tellPlan(planned, context));
    const hasWork = plans.some(({ planned }) => planned.steps.length > 0);
    return exitCodeOf({ hasWork: flags.detailedExitcode === true && hasWork });
  });
}

async function planOne({ manifest, session }: Placed, flags: PlanFlags, shell: Shell, mode: PlanContext["mode"]) {
  const { ledger, world, output, provider } = session;
  const batch = await openBatch(manifest, output, ledger, world.files, flags);
  const view = { ...batch.view, state: foldEvents(assumedUnanswered(batch.view, manifest), batch.view.state) };
  const planned = planRun(view, world.clock.now());
  const credit = planned.price.likely > 0 ? await provider?.credit() : undefined;
  const { spentToday, durations } = await ledger.account();
  const context: PlanContext = {
    style: shell.terminal.resultStyle,
    mode,
    balance: credit?.outcome === "given" ? credit.value : undefined,
    caps: { run: flags.budget ?? manifest.budget.run, day: manifest.budget.day },
    spentToday,
    durations,
    newLedger: output.isNew ? shownPath(join(output.path, "ledger.db"), shell.cwd) : undefined,
  };
  return { planned, context };
}

/** A run would begin by naming what a crash left unanswered: a plan shows the same, and writes nothing. */
function assumedUnanswered(view: { state: Parameters<typeof unansweredIntents>[1] }, manifest: Placed["manifest"]) {
  return unansweredIntents(manifest, view.state).map((event) => ({ seq: 0, at: 0, event }));
}
