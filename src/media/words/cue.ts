/** Words that stand on the screen together. */
export interface Cue {
  /** of the film; a whole number of its frames, so that it fits any track's ticks */
  readonly startSeconds: number;
  /** past the last frame that shows it; after `startSeconds`, and not after the start of the next cue */
  readonly endSeconds: number;
  /**
   * one to three lines, from top to bottom, none of them blank; letters in reading order. A line that reads from right to left
   * stands between marks of its direction (U+202B, U+202C), as most players take every line for one that does not.
   */
  readonly lines: readonly string[];
}

/** One language's captions of a film. */
export interface CaptionTrack {
  /** BCP 47, in its canonical form; `und` where the manifest names none */
  readonly language: string;
  /** in the order of time, without overlaps; may be empty */
  readonly cues: readonly Cue[];
}
