import { join } from "node:path";
import type { ShotId } from "../shot/id.ts";
import { isSafeName } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { SharedFlags } from "./settings.ts";
import { type HeldBatch, withHeldBatch } from "./settle.ts";
import type { Shell } from "./shell.ts";

/** Gives the takes of a shot to another id, and moves their files. */
export function rename(path: string, from: string, to: string, flags: SharedFlags, shell: Shell): Promise<number> {
  return withHeldBatch(path, flags, shell, { writes: true, media: false, provider: false }, async (held) => {
    const { takes } = held.batch.view.state;
    const moved = takes.get(from as ShotId) ?? [];
    refuseUnless(isSafeName(to), `"${to}" cannot be a shot's id`, "Use letters, digits, - and _.");
    refuseUnless(moved.length > 0, `no takes of "${from}" are in the ledger`, "callsheet status shows what is there.");
    const taken = takes.get(to as ShotId)?.length ?? 0;
    refuseUnless(taken === 0, `"${to}" has takes of its own`, "Choose an id that has none. Nothing was changed.");

    await moveFiles(held, from, to);
    const { ledger } = held.session;
    await ledger.append(held.manifest.name, [{ event: "renamed", shot: from as ShotId, to: to as ShotId }]);
    shell.terminal.result(
      `${moved.length === 1 ? "1 take" : `${moved.length} takes`} of "${from}" now belong to "${to}".`,
    );
    return EXIT.done;
  });
}

/** The folder goes first: killed between the two, the same command again finds it moved and writes the event. */
async function moveFiles({ batch, session }: HeldBatch, from: string, to: string): Promise<void> {
  const files: Files = session.world.files;
  const source = join(batch.folder, "clips", from);
  for (const name of await files.list(source)) {
    await files.publish(join(source, name), join(batch.folder, "clips", to, name));
  }
  await files.remove(source);
}

function refuseUnless(isFine: boolean, message: string, fix: string): void {
  if (!isFine) throw new Refusal(EXIT.usage, [problem("cannot-rename", message, fix)]);
}
