import type { ClipFacts } from "../clip/clip-facts.ts";
import type { SoundSource } from "../sound/sound-source.ts";

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

export interface JoinedFilm {
  readonly frames: number;
  readonly seconds: number;
  readonly bytes: number;
}
