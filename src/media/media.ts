import type { ClipFigures } from "../shot/clip-check.ts";
import type { ColourLevels, SeamFigures } from "../shot/seam-figures.ts";
import type { SoundFile } from "../shot/sound-file.ts";
import type { ClipFacts } from "./clip/clip-facts.ts";
import type { EncodeJob } from "./film/encode-film.ts";
import type { JoinedFilm, JoinJob } from "./film/join-job.ts";
import type { FilmDriftJob } from "./picture/film-drift.ts";
import type { SeamJob } from "./picture/measure-seam.ts";
import type { PieceJob } from "./picture/piece.ts";
import type { PosterJob } from "./picture/poster.ts";
import type { SoundFileFacts } from "./sound/sound-file-facts.ts";
import type { CaptionFont } from "./words/caption-font.ts";

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
  /**
   * How much redder, greener and bluer a frame of a film is than the one before it; undefined where the film ends before it.
   *
   * @throws RenderError
   */
  filmDrift(job: FilmDriftJob, signal?: AbortSignal): Promise<ColourLevels | undefined>;
  /**
   * What a sound file that an author brought says of itself.
   *
   * @throws NotASound
   */
  soundFile(file: SoundFile, signal?: AbortSignal): Promise<SoundFileFacts>;
  /** the last frame, losslessly, as PNG */
  lastFrame(clip: string, png: string, signal?: AbortSignal): Promise<void>;
  /**
   * Encodes a stretch of a film's picture: frames of clips, transitions, cards. It has exactly the frames it is asked for, and
   * no sound: that stays in the clips, from which `join` takes it, so that it is encoded only once. Letters that the font of
   * cards lacks show as boxes; a build that cannot write leaves cards empty (`drawsWords`).
   *
   * @throws RenderError, PictureNotExact
   */
  piece(job: PieceJob, signal?: AbortSignal): Promise<void>;
  /** names the build of ffmpeg: another one makes other bytes */
  readonly build: string;
  /** whether this build of ffmpeg can write on cards */
  readonly drawsWords: boolean;
  /** whether it can draw captions into a picture */
  readonly drawsCaptions: boolean;
  /** where the fonts of captions are, and the folder into which npm installs those that are not there */
  readonly captionFonts: { readonly home: string; find(font: CaptionFont): string | undefined };
  /**
   * One frame of a film as JPEG.
   *
   * @throws RenderError, NotAClip
   */
  poster(job: PosterJob, signal?: AbortSignal): Promise<void>;
  /**
   * Encodes a joined film as a whole. The result appears under its name only after it was read back.
   *
   * @throws RenderError, FilmNotExact
   */
  encode(job: EncodeJob, signal?: AbortSignal): Promise<{ readonly bytes: number }>;
  /**
   * Joins clips of one kind: pictures copied packet for packet, sound decoded to exact slots and encoded once. The film
   * appears under its name only after it was read back and found exact.
   *
   * @throws RenderError, FilmNotExact
   */
  join(job: JoinJob, signal?: AbortSignal): Promise<JoinedFilm>;
}
