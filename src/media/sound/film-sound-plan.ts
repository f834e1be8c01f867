import type { Loudness } from "../../shot/loudness.ts";
import type { SoundFile } from "../../shot/sound-file.ts";
import type { SoundSource } from "./sound-source.ts";

/** All that is heard in a film. */
export interface FilmSound {
  /** in playing order, at least one */
  readonly clips: readonly HeardClip[];
  readonly voices: readonly VoiceOver[];
  readonly music: MusicBed | undefined;
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
  /** louder or softer by so many dB than it would be, or not heard at all */
  readonly gainDb: number | "mute";
  /** of this very stretch, where it was measured before; undefined: it is measured as it is decoded */
  readonly loudness?: Loudness | undefined;
}

/** A voice that speaks over the film. It ends with the film at the latest. */
export interface VoiceOver {
  readonly file: SoundFile;
  /** second of the film at which it begins */
  readonly startSeconds: number;
  /** louder or softer than it would be */
  readonly gainDb: number;
}

/** Music below all of a film. */
export interface MusicBed {
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
