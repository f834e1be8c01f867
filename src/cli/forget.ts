import { commandLine } from "../manifest/command-line.ts";
import { EXIT } from "./exit.ts";
import type { SharedFlags } from "./settings.ts";
import { unconfirmedTake, withHeldBatch } from "./settle.ts";
import type { Shell } from "./shell.ts";

/** Settles an unconfirmed take: a person looked, and it was not bought. */
export function forget(
  path: string,
  shot: string,
  flags: SharedFlags & { readonly take?: number },
  shell: Shell,
): Promise<number> {
  return withHeldBatch(path, flags, shell, { writes: true, media: false, provider: false }, async (held) => {
    const take = unconfirmedTake(held, shot, flags.take);
    const { ledger } = held.session;
    await ledger.append(held.manifest.name, [{ event: "forgotten", shot: take.shot, take: take.number }]);
    shell.terminal.result(
      `Take ${take.number} of shot "${shot}" counts as not bought. ${commandLine(held.manifest, "run")} buys it again for ${take.credits} credits.`,
    );
    return EXIT.done;
  });
}
