import type { ClipFigures } from "../shot/clip-check.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { ClipFacts } from "./clip/clip-facts.ts";
import type { JoinedFilm, JoinJob } from "./film/join-job.ts";
import type { ConformJob } from "./picture/conform.ts";
import type { SeamJob } from "./picture/measure-seam.ts";
import type { PosterJob } from "./picture/poster.ts";
import type { SlateJob } from "./picture/slate.ts";

/** What can be done with clip files. Everything is written beside its final name and published when it was verified. */
export interface Media {
  /** @throws NotAClip when the file is no MP4 that can be shown */
  probe(path: string, signal?: AbortSignal): Promise<ClipFacts>;
  /**
   * The same of a clip that was probed once, or that we made: from its tables where it is an ordinary one, which takes a
   * hundredth of the time.
   *
   * @throws NotAClip
   */
  facts(path: string, signal?: AbortSignal): Promise<ClipFacts>;
  /**
   * Looks at the picture and listens to the sound, by decoding the clip once.
   *
   * @throws NotAClip, RenderError
   */
  measure(clip: { readonly path: string; readonly facts: ClipFacts }, signal?: AbortSignal): Promise<ClipFigures>;
  /**
   * Holds the beginning of a clip against the end of the one it goes on from.
   *
   * @throws RenderError
   */
  measureSeam(job: SeamJob, signal?: AbortSignal): Promise<Omit<SeamFigures, "parentTake">>;
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
   * One frame of a film as JPEG.
   *
   * @throws RenderError, NotAClip
   */
  poster(job: PosterJob, signal?: AbortSignal): Promise<void>;
  /**
   * Joins clips of one kind: pictures copied packet for packet, sound decoded to exact slots and encoded once. The film
   * appears under its name only after it was read back and found exact.
   *
   * @throws RenderError, FilmNotExact
   */
  join(job: JoinJob, signal?: AbortSignal): Promise<JoinedFilm>;
}
