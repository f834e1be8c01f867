import type { FrameRate } from "../shot/frame-rate.ts";
import type { PixelSize } from "../shot/resolution.ts";
import type { ClipFacts } from "./clip-facts.ts";

/** What can be done with clip files. Everything is written beside its final name and published when it was verified. */
export interface Media {
  /** @throws NotAClip when the file is no MP4 that can be shown */
  probe(path: string, signal?: AbortSignal): Promise<ClipFacts>;
  /** the last frame, losslessly, as PNG */
  lastFrame(clip: string, png: string, signal?: AbortSignal): Promise<void>;
  /**
   * Makes one clip's picture fit a film: size, rate, colour, trim; it has exactly `conformedFrames` frames. The sound stays
   * in the source clip, from which `join` takes it, so that it is encoded only once.
   *
   * @throws RenderError, PictureNotExact
   */
  conform(job: ConformJob, signal?: AbortSignal): Promise<void>;
  /**
   * Draws a card for a clip that is not there: a picture like conformed ones, without sound. Letters that the font lacks show
   * as boxes; a build that cannot write leaves the card empty (`drawsWords`).
   *
   * @throws RenderError, PictureNotExact
   */
  slate(job: SlateJob, signal?: AbortSignal): Promise<void>;
  /** whether this build of ffmpeg can write on cards */
  readonly drawsWords: boolean;
  /**
   * Joins clips of one kind: pictures copied packet for packet, sound decoded to exact slots and encoded once. The film
   * appears under its name only after it was read back and found exact.
   *
   * @throws RenderError, FilmNotExact
   */
  join(job: JoinJob, signal?: AbortSignal): Promise<JoinedFilm>;
}

export interface ConformJob {
  readonly clip: string;
  readonly facts: ClipFacts;
  readonly target: FilmFormat;
  /** frames of the source clip, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  readonly output: string;
  readonly onProgress?: (fraction: number) => void;
}

export interface SlateJob {
  readonly words: SlateWords;
  /** at least 1 */
  readonly frames: number;
  readonly target: FilmFormat;
  readonly output: string;
}

/** What stands on a card. Any text: it is cleaned, wrapped and cut to fit. */
export interface SlateWords {
  /** the shot's id */
  readonly shot: string;
  /** why there is no clip, in a word or two */
  readonly state: string;
  readonly prompt: string;
  readonly problem: string;
}

/** What every clip of a film must be. */
export interface FilmFormat {
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
}

export interface JoinJob {
  /** in playing order, at least one; the pictures all of one kind (see `sameKind`) */
  readonly clips: readonly JoinClip[];
  readonly title: string | undefined;
  readonly output: string;
  /** a folder for what is made on the way; only what this join put there is removed */
  readonly workFolder: string;
  readonly onProgress?: (fraction: number) => void;
}

export interface JoinClip {
  /** the clip itself or its conformed copy: all of its frames are played */
  readonly picture: { readonly path: string; readonly facts: ClipFacts };
  /** the clip as it was made, also where the picture is a conformed copy; null, or a clip without sound: silence */
  readonly sound: SoundSource | null;
  /** the sound goes on from the clip before without a break (an extension of its take), so nothing is faded there */
  readonly continues: boolean;
}

/** Where a picture's sound comes from. It is cut or padded with silence to the length of the picture. */
export interface SoundSource {
  readonly path: string;
  readonly facts: ClipFacts;
  /** where the picture's first frame stands in that clip, from the clip's own first frame: the trim's beginning, or 0 */
  readonly fromSeconds: number;
}

export interface JoinedFilm {
  readonly frames: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** The file is no clip that can be used; `message` says why in words for a person. */
export class NotAClip extends Error {
  override readonly name = "NotAClip";
  constructor(
    message: string,
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
