import type { FrameRate } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";

/** What every clip of a film must be. */
export interface FilmFormat {
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
}

/** How a picture is encoded for a film: like the clips that are copied into it, so that both can stand in one track. */
export interface PictureFormat extends FilmFormat {
  /** matrix, primaries, transfer and range as in `VideoFacts` */
  readonly colour: string;
  readonly profile: "baseline" | "main" | "high";
  /** number of the parameter sets: another one than that of the clips it stands beside */
  readonly parameterSet: number;
}

/** @param usual - one of the clips that are copied; undefined: the film is encoded whole */
export function pictureFormat({ size, frameRate }: FilmFormat, usual: VideoFacts | undefined): PictureFormat {
  if (!usual) return { size, frameRate, colour: "bt709/bt709/bt709/tv", profile: "high", parameterSet: 0 };
  const profile = usual.profile.endsWith("Baseline") ? "baseline" : usual.profile === "Main" ? "main" : "high";
  const parameterSet = [0, 1, 2, 3].find((number) => !usual.parameterSets.includes(number)) ?? 4;
  return { size, frameRate, colour: usual.colour, profile, parameterSet };
}
