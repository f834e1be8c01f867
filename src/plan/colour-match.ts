import { findTake, type Take } from "../ledger/batch-state.ts";
import type { Shot } from "../manifest/manifest.ts";
import { MOST_DRIFT } from "../media/picture/compare-seam.ts";
import type { ShotId } from "../shot/id.ts";
import type { ColourLevels } from "../shot/seam-figures.ts";
import { seamOf } from "./seam-trim.ts";
import type { View } from "./view.ts";

/** How a clip's colours are brought back to those of the clip it goes on from. */
export interface ColourMatch {
  /** the parent */
  readonly to: ShotId;
  /** what its beginning was measured to have more than the parent's end */
  readonly drift: ColourLevels;
  /** to all of its pixels */
  readonly add: ColourLevels;
}

/** Where two clips differ by less in every channel nobody sees it, and the clip stays as the vendor coded it. */
const LEAST = 0.5;

/** Adding more to a channel would show in blacks and whites. */
const MOST = 16;

/**
 * What is added to a take's colours where its shot asks for it: what it drifted from its parent, and what was added to
 * the parent, so that a whole chain keeps the colours it began with.
 *
 * A clip that begins with its parent's whole is not matched, as it begins elsewhere than its parent ends; nor one whose
 * beginning is another picture.
 */
export function colourMatch(shot: Shot, take: Take, view: Pick<View, "manifest" | "state">): ColourMatch | undefined {
  const whole = alongChain(shot, take, view);
  if (!whole) return undefined;
  const limited = (levels: number) => Math.round(Math.max(-MOST, Math.min(MOST, levels)) * 100) / 100;
  const add = { red: limited(whole.add.red), green: limited(whole.add.green), blue: limited(whole.add.blue) };
  return Object.values(add).some((levels) => Math.abs(levels) >= LEAST) ? { ...whole, add } : undefined;
}

/** Without limits: what is too little to be seen in one clip adds up along a chain. */
function alongChain(shot: Shot, take: Take, view: Pick<View, "manifest" | "state">): ColourMatch | undefined {
  const seam = seamOf(take);
  const parent = parentOf(take);
  if (!shot.colourMatch || !seam || !parent || seam.repeats === "whole") return undefined;
  const { drift } = seam;
  if (Object.values(drift).some((levels) => Math.abs(levels) > MOST_DRIFT)) return undefined;
  const before = findTake(view.state, parent.shot, parent.take);
  const beforeShot = view.manifest.shots.find(({ id }) => id === parent.shot);
  const inherited = before && beforeShot ? alongChain(beforeShot, before, view)?.add : undefined;
  const { red = 0, green = 0, blue = 0 } = inherited ?? {};
  return { to: parent.shot, drift, add: { red: red - drift.red, green: green - drift.green, blue: blue - drift.blue } };
}

function parentOf({ request }: Take): { readonly shot: ShotId; readonly take: number } | undefined {
  if (request.kind === "extend") return request.parent;
  const first = request.stills.use === "frames" ? request.stills.first : undefined;
  return first?.from === "last-frame" ? first : undefined;
}
