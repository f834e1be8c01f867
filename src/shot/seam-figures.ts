/** What was measured where a take goes on from another one: the last frames of the parent against the first of this take. */
export interface SeamFigures {
  /** number of the parent's take */
  readonly parentTake: number;
  /**
   * - `none`: the first frame is a new one
   * - `overlap`: the first frames are the parent's last ones over again
   * - `held`: the parent's last frame stands for several frames before the picture moves on
   * - `whole`: the parent's whole clip is at the beginning, as in a vendor's stitched film
   */
  readonly repeats: "none" | "overlap" | "held" | "whole";
  /** frames that are seen twice when both clips are shown whole; 0 for `none` */
  readonly repeatedFrames: number;
  /** levels of 255 between the parent's last frame and the first of this take, without what is the whole picture's colour */
  readonly difference: number;
  /** the same between frames that follow one another near the seam: what a new frame would differ by */
  readonly motion: number;
  /** how much redder, greener and bluer this take begins than its parent ends, in levels of 255 */
  readonly drift: ColourLevels;
}

/** Of a picture's mean colour. */
export interface ColourLevels {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** How repeated frames at a shot's beginning are cut: as they were found, not at all, or so many of the parent's last. */
export type SeamTrim = "auto" | "off" | number;
