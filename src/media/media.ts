import type { FrameRate } from "../shot/frame-rate.ts";
import type { PixelSize } from "../shot/resolution.ts";
import type { ClipFacts } from "./clip-facts.ts";

/** What can be done with clip files. Everything is written beside its final name and published when it was verified. */
export interface Media {
  /** @throws NotAClip when the file is no MP4 that can be shown */
  probe(path: string, signal?: AbortSignal): Promise<ClipFacts>;
  /** the last frame, losslessly, as PNG */
  lastFrame(clip: string, png: string, signal?: AbortSignal): Promise<void>;
  /** makes one clip fit a film: size, rate, sound, trim. The result has exactly the frames `filmPlan` says. */
  conform(job: ConformJob, signal?: AbortSignal): Promise<void>;
  /** joins clips of one kind: pictures copied packet for packet, sound decoded to exact slots and encoded once */
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

/** What every clip of a film must be. */
export interface FilmFormat {
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
}

export interface JoinJob {
  /** in playing order, at least one, all of one kind */
  readonly clips: readonly { readonly path: string; readonly facts: ClipFacts }[];
  readonly title: string | undefined;
  readonly output: string;
  /** a folder for what is made on the way; emptied afterwards */
  readonly workFolder: string;
  readonly onProgress?: (fraction: number) => void;
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
