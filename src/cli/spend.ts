import { join } from "node:path";
import { tellSpending } from "../report/tell-spending.ts";
import { EXIT } from "./exit.ts";
import { findOutputFolder } from "./output-folder.ts";
import { openBatchLedger, openWorld } from "./session.ts";
import { requireSettings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** Money by day, of the account that key and address name: all manifests and output folders of this user together. */
export async function spend(flags: SharedFlags & { readonly json?: boolean }, shell: Shell): Promise<number> {
  const settings = requireSettings(shell, flags);
  const world = await openWorld(settings);
  try {
    const options = { named: settings.output, simulate: settings.simulate, cwd: shell.cwd };
    const output = await findOutputFolder(join(shell.cwd, "manifest.yaml"), options, world.files);
    const ledger = await openBatchLedger(output.path, settings, false, world);
    try {
      const days = await ledger.spending();
      const { resultStyle } = shell.terminal;
      shell.terminal.result(
        flags.json ? JSON.stringify({ version: 1, days }, null, 2) : tellSpending(days, resultStyle),
      );
      return EXIT.done;
    } finally {
      await ledger.close();
    }
  } finally {
    await world.http.close();
  }
}
