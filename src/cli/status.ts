import { join } from "node:path";
import { creditsSpent } from "../ledger/batch-state.ts";
import { shownPath } from "../manifest/source-text.ts";
import { fadingProblems } from "../plan/fading.ts";
import { filmStatuses } from "../plan/film-status.ts";
import { shotStatuses } from "../plan/shot-status.ts";
import { unconfirmedTakes } from "../report/exit-code.ts";
import { summaryOf } from "../report/summary.ts";
import { tellStatus } from "../report/tell-status.ts";
import { openBatch } from "./batch.ts";
import { EXIT } from "./exit.ts";
import { loadManifests } from "./load-manifests.ts";
import { type Placed, withSessions } from "./open-sessions.ts";
import { requireSettings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** Where each shot and film stands, from manifest, ledger and disk. Asks nothing of the network. */
export async function status(
  paths: readonly string[],
  flags: SharedFlags & { readonly json?: boolean },
  shell: Shell,
): Promise<number> {
  const settings = requireSettings(shell, flags);
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests } = await loadManifests(paths, files, shell, flags);
  const needs = { writes: false, media: false, provider: false };
  return withSessions(manifests, settings, shell, needs, files, async (placed) => {
    const found = await Promise.all(placed.map((each) => statusOf(each, shell)));
    if (flags.json) {
      const documents = found.map(({ document }) => document);
      shell.terminal.result(JSON.stringify(documents.length === 1 ? documents[0] : { batches: documents }, null, 2));
    } else for (const { words } of found) shell.terminal.result(words);
    return EXIT.done;
  });
}

async function statusOf({ manifest, session }: Placed, shell: Shell) {
  const { ledger, world, output } = session;
  const batch = await openBatch(manifest, output, ledger, world.files, {});
  // Nobody asks who runs the batch just now: an intent without an answer may still be in the air, and is shown as such.
  const { view } = batch;
  const [shots, films] = [shotStatuses(view), filmStatuses(view)];
  const spent = creditsSpent(view.state);
  const document = summaryOf({
    name: manifest.name,
    shots,
    films,
    rested: [],
    isStopped: false,
    run: { planned: 0, spent: 0 },
    total: { planned: spent, spent },
    balance: undefined,
  });
  const show = (path: string) => shownPath(join(batch.folder, path), shell.cwd);
  return {
    document,
    words: tellStatus(shots, films, {
      style: shell.terminal.resultStyle,
      manifest,
      unconfirmed: unconfirmedTakes(view).reduce((sum, { credits }) => sum + credits, 0),
      fading: fadingProblems(view, world.clock.now()),
      show,
    }),
  };
}
