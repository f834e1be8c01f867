import { join } from "node:path";
import { foldEvents } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import { countOf } from "../report/credits.ts";
import { provenanceOf } from "../run/provenance.ts";
import type { ShotId } from "../shot/id.ts";
import { isSafeName } from "../shot/id.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { SharedFlags } from "./settings.ts";
import { type HeldBatch, withHeldBatch } from "./settle.ts";
import type { Shell } from "./shell.ts";

/** Gives the takes of a shot to the id that the manifest has for it now, and moves their files. */
export function rename(path: string, from: string, to: string, flags: SharedFlags, shell: Shell): Promise<number> {
  return withHeldBatch(path, flags, shell, { writes: true, media: false, provider: false }, async (held) => {
    const count = takesToMove(held, from as ShotId, to as ShotId);
    await moveFiles(held, from, to);
    const { ledger } = held.session;
    const recorded = await ledger.append(held.manifest.name, [
      { event: "renamed", shot: from as ShotId, to: to as ShotId },
    ]);
    const state = foldEvents(recorded, held.batch.view.state);
    for (const take of state.takes.get(to as ShotId) ?? []) {
      const isDescribed = [...take.files.values()].some((file) => file.state === "checked");
      const described = join(held.batch.folder, "clips", to, `take-${take.number}.json`);
      if (isDescribed) await held.session.world.files.write(described, provenanceOf(take));
    }
    shell.terminal.result(
      `${countOf(count, "take")} of "${from}" now ${count === 1 ? "belongs" : "belong"} to "${to}".`,
    );
    return EXIT.done;
  });
}

/** @throws Refusal when takes would be lost from sight, mixed with others, or bought again */
function takesToMove({ batch, manifest }: HeldBatch, from: ShotId, to: ShotId): number {
  const { takes } = batch.view.state;
  const { shown, shots } = manifest;
  const count = takes.get(from)?.length ?? 0;
  const has = (shot: ShotId) => shots.some(({ id }) => id === shot);
  refuseUnless(isSafeName(to), `"${to}" cannot be a shot's id`, "Use letters, digits, - and _.");
  refuseUnless(
    count > 0,
    `no takes of "${from}" are in the ledger`,
    `${commandLine(manifest, "status")} shows what is there.`,
  );
  refuseUnless(
    (takes.get(to)?.length ?? 0) === 0,
    `"${to}" has takes of its own`,
    "Choose an id that has none. Nothing was changed.",
  );
  const order = `Give the shot its new id in ${shown} first, then run the same command again. Nothing was changed.`;
  refuseUnless(!has(from), `${shown} still has a shot "${from}"`, order);
  refuseUnless(has(to), `${shown} has no shot "${to}"`, order);
  return count;
}

/**
 * The files go first: killed in between, the same command again moves the rest and writes the event. What a person put
 * into a folder below is left where it is.
 */
async function moveFiles({ batch, session }: HeldBatch, from: string, to: string): Promise<void> {
  const { files } = session.world;
  const source = join(batch.folder, "clips", from);
  for (const name of await files.list(source)) {
    const isFile = (await files.stat(join(source, name)))?.kind === "file";
    if (isFile) await files.publish(join(source, name), join(batch.folder, "clips", to, name));
  }
  if ((await files.list(source)).length === 0) await files.remove(source);
}

function refuseUnless(isFine: boolean, message: string, fix: string): void {
  if (!isFine) throw new Refusal(EXIT.usage, [problem("cannot-rename", message, fix)]);
}
