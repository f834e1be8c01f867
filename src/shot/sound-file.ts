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
