import type { SeamTransition } from "../manifest/manifest.ts";
import { transitionFrames } from "../manifest/transitions.ts";
import type { FrameRate } from "../shot/frame-rate.ts";
import { overlapOf, type Transition } from "../shot/transition.ts";

/** Where a clip stands in its film, in frames at the film's rate. */
export interface Placed {
  readonly startFrame: number;
  /** all that is shown of the clip: where a transition plays, its neighbour is seen at the same time */
  readonly frames: number;
  /** across the seam before it; undefined: a cut, and always at the first clip */
  readonly transition: Transition | undefined;
}

/**
 * Puts clips one after another, so that neighbours overlap where a transition plays over both. The film is as long as its
 * clips less these overlaps.
 *
 * Clips that turned out shorter than the manifest could know have a transition that is as long as they can have.
 *
 * @param clips - lengths in frames of the film, each at least 1, and what was asked for the seam before
 */
export function placeClips(
  clips: readonly { readonly frames: number; readonly wanted: SeamTransition | undefined }[],
  rate: FrameRate,
): readonly Placed[] {
  const places: Placed[] = [];
  for (const { frames, wanted } of clips) {
    const before = places.at(-1);
    if (!before) {
      places.push({ startFrame: 0, frames, transition: undefined });
      continue;
    }
    const free = before.frames - overlapOf(before.transition);
    const longest = wanted?.kind === "hold" ? free : Math.min(free, frames);
    const fits = wanted ? Math.min(transitionFrames(wanted, rate), longest) : 0;
    const transition = wanted && fits > 0 ? { kind: wanted.kind, frames: fits } : undefined;
    places.push({ startFrame: before.startFrame + before.frames - overlapOf(transition), frames, transition });
  }
  return places;
}
