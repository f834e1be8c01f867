import type { Sha256, ShotId } from "./id.ts";
import type { FilmLoudness } from "./loudness.ts";
import type { ColourLevels } from "./seam-figures.ts";

/**
 * How a film was made and what was measured of it, for its report. What is not there was not measured: ledgers are older
 * than some figures.
 */
export interface FilmFigures {
  /** `fast`: packets put together by us; `sure`: by ffmpeg, which is slower */
  readonly way: "fast" | "sure";
  /** why not the fast way, in words; empty where it was taken */
  readonly doubts: readonly string[];
  /** frames whose packets are those of the clips; the others were rendered */
  readonly copiedFrames: number;
  /**
   * `copied`: packets of the clips but for a few at each seam; `encoded`: decoded, mixed and encoded once; `silent`: nothing
   * is heard in all of it
   */
  readonly sound: "copied" | "encoded" | "silent";
  /** why the sound was not copied, in words */
  readonly whyEncoded?: string;
  /** decibels: at the worst of its seams, how far below the sound the difference lies from both clips put side by side */
  readonly worstSeamDb?: number;
  /** shots whose colours were matched to those of the clip they go on from; undefined: none */
  readonly colours?: readonly MatchedColours[];
  /** voices that the film's end cuts off; undefined: none */
  readonly cutVoices?: readonly CutVoice[];
  /** undefined where every level was left alone */
  readonly loudness?: FilmLoudness;
}

/** A voice that goes on when the film has ended. */
export interface CutVoice {
  /** relative to the batch folder */
  readonly file: string;
  /** of its end */
  readonly lostSeconds: number;
  /** it would only begin then */
  readonly whole: boolean;
}

/** Levels of 255. */
export interface MatchedColours {
  readonly shot: ShotId;
  readonly to: ShotId;
  /** what the clip's beginning has more than the parent's end, as both came */
  readonly drift: ColourLevels;
  /** to all of the clip: the drift taken back, and what was added to its parent */
  readonly added: ColourLevels;
  /**
   * what its first frame in the film has more than the frame before it, measured in the film; motion between the two is part of
   * it. Undefined where it was not measured: a transition plays there, or it does not follow its parent
   */
  readonly after?: ColourLevels;
}

/** A file that belongs to a film and lies beside it: captions, hand-off to an editor, a poster. */
export interface BesideFile {
  /** relative to the batch folder */
  readonly file: string;
  readonly bytes: number;
  /** of what decides its content beyond the film itself: a hand-off names takes that the film does not show */
  readonly key?: Sha256;
}
