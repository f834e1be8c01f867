import type { FrameRate } from "../../shot/frame-rate.ts";
import type { CutPoints } from "./cut-points.ts";

/** What was measured of a clip file, as against what the manifest asked for. */
export interface ClipFacts {
  readonly video: VideoFacts;
  /** null when the clip has no sound */
  readonly audio: AudioFacts | null;
}

export interface VideoFacts {
  /** place of the picture among the file's streams, from 0: the concat demuxer matches streams by it */
  readonly streamIndex: number;
  /** ffmpeg's name: `h264` */
  readonly codec: string;
  readonly profile: string;
  readonly pixelFormat: string;
  /** as stored, before sample aspect and rotation */
  readonly width: number;
  readonly height: number;
  /** `1:1` unless pixels are not square */
  readonly sampleAspect: string;
  /** degrees clockwise: 0, 90, 180 or 270 */
  readonly rotation: number;
  readonly frameRate: FrameRate;
  /** every frame lasts as long as the others, so that `frameRate` says it all */
  readonly steady: boolean;
  /** frames that are displayed; counted, not computed from the duration */
  readonly frames: number;
  /** an edit list hides part of what is stored: a copy of the packets would bring it to light */
  readonly editHidesFrames: boolean;
  readonly durationSeconds: number;
  /** presentation time of the first frame in seconds: 0 in a well-made file */
  readonly startSeconds: number;
  /** ticks a second of the track */
  readonly timescale: number;
  /** matrix, primaries, transfer and range in ffmpeg's names, `bt709/bt709/bt709/tv`; `unknown` for what is not said */
  readonly colour: string;
  /** SHA-256 of the decoder's configuration (`avcC`): clips that differ here cannot share a copied track */
  readonly decoderConfig: string;
  /** numbers of the decoder settings in it: what stands in one track with the clip must use others */
  readonly parameterSets: readonly number[];
  readonly cutPoints: CutPoints;
}

export interface AudioFacts {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly durationSeconds: number;
  readonly startSeconds: number;
}
