import type { BatchState } from "../ledger/batch-state.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { ShotId } from "../shot/id.ts";
import type { PriceTable } from "../shot/price.ts";
import type { Shelf } from "./shelf.ts";

/** All that a decision about the next step may look at. */
export interface View {
  readonly manifest: Manifest;
  readonly state: BatchState;
  readonly shelf: Shelf;
  readonly prices: PriceTable;
  readonly wish: Wish;
}

/** What this run was asked to do beyond the manifest. */
export interface Wish {
  /** shots chosen with `--only`, with the parents they need; undefined: all */
  readonly only: ReadonlySet<ShotId> | undefined;
  /** shots that get a new take although their request is as it was: it must carry a number above `above` */
  readonly renew: ReadonlyMap<ShotId, { readonly above: number; readonly why: "forced" | "tried again" }>;
}

export const NO_WISH: Wish = { only: undefined, renew: new Map() };

/** Whether the run is about this shot. */
export function isSelected(view: View, shot: ShotId): boolean {
  return view.wish.only === undefined || view.wish.only.has(shot);
}
