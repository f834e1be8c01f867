import type { FilmFigures } from "../../shot/film-figures.ts";
import type { Sha256 } from "../../shot/id.ts";
import type { ClipFacts } from "../clip/clip-facts.ts";
import type { FilmFormat } from "../picture/film-format.ts";
import type { FilmSound } from "../sound/film-sound-plan.ts";
import type { CaptionTrack } from "../words/cue.ts";

/** A film to be made: its picture part by part, and what is heard meanwhile. */
export interface JoinJob {
  /** in playing order, at least one */
  readonly picture: readonly PicturePart[];
  readonly format: FilmFormat;
  /** of all parts together */
  readonly frames: number;
  readonly sound: FilmSound;
  /** in order, the first at frame 0; empty: none */
  readonly chapters: readonly Chapter[];
  /** tracks that a player shows when asked */
  readonly captions: readonly CaptionTrack[];
  readonly tags: FilmTags;
  readonly output: string;
  /** a folder for what is made on the way; only what this join put there is removed */
  readonly workFolder: string;
  readonly onProgress?: (fraction: number) => void;
}

/** A run of packets that is copied into the film: from a clip, or from a piece that was rendered for the film. */
export interface PicturePart {
  readonly path: string;
  readonly facts: ClipFacts;
  /**
   * Packets in decoding order, the first and one past the last. The first is a key frame, and no packet outside the run is
   * shown among its frames, so that there are as many frames as packets.
   */
  readonly first: number;
  readonly end: number;
}

export interface Chapter {
  readonly startFrame: number;
  readonly title: string;
}

/** What the film's file says of itself. */
export interface FilmTags {
  readonly title: string | undefined;
  /** epoch milliseconds: of the newest clip, as a film must not depend on when it was joined */
  readonly createdAt: number | undefined;
  /** of all that decides the film */
  readonly filmHash: Sha256 | undefined;
}

export interface JoinedFilm {
  readonly frames: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly figures: FilmFigures;
}
