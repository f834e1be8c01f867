import type { Take } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { shownPath } from "../manifest/source-text.ts";
import type { ShotId } from "../shot/id.ts";
import { type Batch, openBatch } from "./batch.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { loadManifests } from "./load-manifests.ts";
import { findOutputFolder } from "./output-folder.ts";
import { openSession, type Session, type SessionNeeds } from "./session.ts";
import { requireSettings, type Settings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** A batch that this process alone may change, for commands that write a person's decision. */
export interface HeldBatch {
  readonly manifest: Manifest;
  readonly batch: Batch;
  readonly session: Session;
  readonly settings: Settings;
}

/**
 * Opens one manifest's batch, keeps others out while `act` works on it, and closes it.
 *
 * @throws Refusal when there is no ledger yet, or another process runs the batch
 */
export async function withHeldBatch(
  path: string,
  flags: SharedFlags,
  shell: Shell,
  needs: SessionNeeds,
  act: (held: HeldBatch) => Promise<number>,
): Promise<number> {
  const settings = requireSettings(shell, flags);
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const { manifests } = await loadManifests([path], files, shell, flags);
  const [manifest] = manifests;
  const named = settings.output ?? manifest.output;
  const output = await findOutputFolder(manifest.path, { named, simulate: settings.simulate, cwd: shell.cwd }, files);
  if (output.isNew) throw noLedger(manifest, shownPath(output.path, shell.cwd));
  const session = await openSession(output, settings, shell.environment, needs);
  try {
    const hold = await session.ledger.hold(manifest.name);
    if (hold.outcome === "busy") throw batchBusy(manifest, hold);
    try {
      const batch = await openBatch(manifest, output, session.ledger, files, {});
      return await act({ manifest, batch, session, settings });
    } finally {
      await hold.release();
    }
  } finally {
    await session.close();
  }
}

/** @throws Refusal unless the shot has just one take that was never answered, or `number` names it */
export function unconfirmedTake({ manifest, batch }: HeldBatch, shot: string, number: number | undefined): Take {
  const takes = batch.view.state.takes.get(shot as ShotId) ?? [];
  const open = takes.filter(({ purchase }) => purchase === "unconfirmed" || purchase === "submitting");
  const fitting = number === undefined ? open : open.filter((take) => take.number === number);
  const [take] = fitting;
  if (take && fitting.length === 1) return take;
  const numbers = open.map((each) => each.number).join(", ");
  const message =
    open.length === 0
      ? `shot "${shot}" of ${manifest.shown} has no unconfirmed take`
      : `shot "${shot}" of ${manifest.shown} has unconfirmed takes ${numbers}${number === undefined ? "" : `, not ${number}`}`;
  const fix =
    open.length === 0 ? `${commandLine(manifest, "status")} shows where each shot stands.` : "Say which with --take N.";
  throw new Refusal(EXIT.usage, [problem("no-unconfirmed-take", message, fix)]);
}

/** There is nothing to decide about where nothing was ever made; and no ledger is begun in a folder named by mistake. */
export function noLedger(
  manifest: Manifest,
  output: string,
  fix = `${commandLine(manifest, "run")} makes it. If it was made elsewhere, name that folder with --output.`,
): Refusal {
  const message = `${output} has no ledger: nothing of ${manifest.shown} was made there`;
  return new Refusal(EXIT.usage, [problem("no-ledger", message, fix)]);
}

/** Another process runs the batch: it is left alone. */
export function batchBusy(
  manifest: Manifest,
  { pid, host, since }: { pid: number; host: string; since: number },
): Refusal {
  const message = `batch "${manifest.name}" is being run by process ${pid} on ${host} since ${new Date(since).toISOString()}`;
  const fix = "Wait for it to end. A run that was killed leaves no lock behind: the same command then simply goes on.";
  return new Refusal(EXIT.busy, [problem("batch-busy", message, fix)]);
}
