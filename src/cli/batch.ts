import { join } from "node:path";
import { type BatchState, foldEvents } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { readShelf } from "../plan/shelf.ts";
import type { View } from "../plan/view.ts";
import { VEO_PRICES } from "../provider/price-table.ts";
import { unconfirmedProblem } from "../run/purchase-problem.ts";
import { overridePrices } from "../shot/price.ts";
import type { Files } from "../world/files.ts";
import type { OutputFolder } from "./output-folder.ts";
import { type WishFlags, wishOf } from "./wish.ts";

/** A manifest with its place on disk and what the ledger knows of it. */
export interface Batch {
  readonly manifest: Manifest;
  /** absolute */
  readonly folder: string;
  readonly view: View;
}

export async function openBatch(
  manifest: Manifest,
  output: OutputFolder,
  ledger: Ledger,
  files: Files,
  flags: WishFlags,
): Promise<Batch> {
  const folder = join(output.path, manifest.name);
  const state = foldEvents(await ledger.load(manifest.name));
  const shelf = await readShelf(files, folder, state);
  const prices = overridePrices(VEO_PRICES, manifest.prices);
  return { manifest, folder, view: { manifest, state, shelf, prices, wish: wishOf(flags, manifest, state) } };
}

/**
 * Purchases that were sent and never answered: whoever sent them is gone. Asked by the only process that runs the batch,
 * so none of them can still be in the air.
 */
export function unansweredIntents(manifest: Manifest, state: BatchState): readonly LedgerEvent[] {
  return [...state.takes.values()].flat().flatMap((take) => {
    if (take.purchase !== "submitting") return [];
    const subject = { manifest, shot: take.shot, take: take.number };
    const problem = unconfirmedProblem(subject, "the run was stopped at that moment", take.intendedAt, take.credits);
    return [{ event: "unconfirmed", shot: take.shot, take: take.number, problem }];
  });
}
