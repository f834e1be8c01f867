import type { Loudness } from "../../shot/loudness.ts";
import type { Music, NativeSound, VoiceFile } from "../../shot/sound-file.ts";
import type { SoundSource } from "./sound-source.ts";

/** All that is heard in a film. */
export interface FilmSound {
  /** in playing order, at least one */
  readonly clips: readonly HeardClip[];
  /** from the film's beginning; they end with it at the latest */
  readonly voices: readonly VoiceFile[];
  readonly music: Music | undefined;
  /** LUFS to which shots, voices and the film are brought; off: every level stays as it is */
  readonly loudness: number | "off";
}

/** The sound of one clip in a film. Positions are frames of the film. */
export interface HeardClip {
  /** the clip as it was made, also where its picture is encoded again; null, or a clip without sound: silence */
  readonly source: SoundSource | null;
  readonly startFrame: number;
  /** where a transition plays, these reach into the stretch of the neighbour */
  readonly frames: number;
  /** it goes on from the clip before without a break (an extension of its take), so nothing is faded there */
  readonly continues: boolean;
  readonly gainDb: NativeSound;
  /** of this very stretch, where it was measured before; undefined: it is measured as it is decoded */
  readonly loudness?: Loudness | undefined;
}
