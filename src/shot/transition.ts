/** What may play across a seam. */
export const TRANSITION_KINDS = [
  ...(["cut", "dissolve", "fade_black", "fade_white"] as const),
  ...(["wipe_left", "wipe_right", "wipe_up", "wipe_down"] as const),
  ...(["slide_left", "slide_right", "hold"] as const),
] as const;

export type TransitionKind = (typeof TRANSITION_KINDS)[number];

/** How a clip's picture is put into a film of another shape: whole with black around it, or filling it with its edges cut off. */
export const FITS = ["pad", "crop"] as const;
export type PictureFit = (typeof FITS)[number];

/**
 * What plays across the seam before a clip, and for how many frames of the film.
 *
 * `hold` plays over the last frames of the clip before and shows nothing of this clip but its first frame, so the film keeps
 * its length. All others play over the last frames of one clip and the first of the other at once.
 */
export interface Transition {
  readonly kind: Exclude<TransitionKind, "cut">;
  /** at least 1 */
  readonly frames: number;
}

/** Frames that two neighbours play at the same time: so much shorter is the film than its clips. */
export function overlapOf(transition: Transition | undefined): number {
  return transition && transition.kind !== "hold" ? transition.frames : 0;
}
