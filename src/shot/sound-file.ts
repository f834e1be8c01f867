import type { Sha256 } from "./id.ts";

/** Kinds of sound files that a film takes beside its clips, by the names of ffmpeg's readers of them. */
export type SoundType = "wav" | "aiff" | "flac" | "mp3" | "ogg" | "aac" | "mp4";

/** A sound that an author brought: music, or a voice. */
export interface SoundFile {
  /** absolute */
  readonly path: string;
  readonly sha256: Sha256;
  /** by its bytes, not its name */
  readonly type: SoundType;
}

/** A take's own sound in a film: louder or softer by so many dB than it would be, or not heard at all. */
export type NativeSound = number | "mute";

/** A voice that speaks over a film. */
export interface VoiceFile {
  readonly file: SoundFile;
  /** when it begins */
  readonly startSeconds: number;
  /** louder or softer than it would be */
  readonly gainDb: number;
}

/** Music below all of a film. */
export interface Music {
  readonly file: SoundFile;
  /** louder or softer than the file */
  readonly gainDb: number;
  /** dB by which it steps back while something else is heard; 0: never */
  readonly duckDb: number;
  /** plays again when it ends before the film */
  readonly loop: boolean;
  /** second of the file at which it begins, each time */
  readonly fromSeconds: number;
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
}
