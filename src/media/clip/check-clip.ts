import type { AspectRatio } from "../../shot/model.ts";
import { CLIP_SECONDS } from "../../shot/model.ts";
import type { Problem } from "../../shot/problem.ts";
import { orientationOf, type PixelSize, pixelSize, type Resolution } from "../../shot/resolution.ts";
import type { ClipFacts } from "./clip-facts.ts";

export interface WantedClip {
  readonly resolution: Resolution;
  readonly aspect: AspectRatio;
  /** default: the length of a generated clip; extended ones are longer */
  readonly seconds?: number;
}

/** A clip may be this much longer or shorter than asked for before it is worth a word. */
const LENGTH_TOLERANCE_SECONDS = 0.5;

/**
 * Compares a clip with what was ordered. Nothing here spoils the film, as every clip can be made to fit: these are facts
 * that the person who paid should know.
 */
export function checkClip({ video, audio }: ClipFacts, wanted: WantedClip): readonly Problem[] {
  const turned = video.rotation % 180 !== 0;
  const size: PixelSize = turned ? { width: video.height, height: video.width } : video;
  const problems: Problem[] = [];
  const add = (rule: string, message: string, fix: string | null) => problems.push({ rule, message, fix, place: null });

  const orientation = wanted.aspect === "Auto" ? orientationOf(size) : wanted.aspect === "16:9" ? "wide" : "upright";
  const expected = pixelSize(wanted.resolution, orientation);
  if (size.width !== expected.width || size.height !== expected.height) {
    add(
      "clip-size",
      `the clip has ${size.width}x${size.height} pixels; ${wanted.resolution} ${wanted.aspect} has ${expected.width}x${expected.height}`,
      "The film scales it to fit. Force the shot to buy another take.",
    );
  }
  if (video.codec !== "h264") {
    add("clip-codec", `the picture is ${video.codec}, not h264`, "The film encodes this clip again to fit.");
  }
  if (!audio)
    add("clip-silent", "the clip has no sound", "The film is silent there. Force the shot to buy another take.");
  const seconds = wanted.seconds ?? CLIP_SECONDS;
  if (Math.abs(video.durationSeconds - seconds) > LENGTH_TOLERANCE_SECONDS) {
    add(
      "clip-length",
      `the clip lasts ${video.durationSeconds.toFixed(2)} s, not about ${seconds} s`,
      "Watch it: it may have been cut off. Force the shot to buy another take.",
    );
  }
  if (
    audio &&
    audio.durationSeconds > 0 &&
    Math.abs(audio.durationSeconds - video.durationSeconds) > LENGTH_TOLERANCE_SECONDS
  ) {
    add(
      "clip-sound-length",
      `the sound lasts ${audio.durationSeconds.toFixed(2)} s and the picture ${video.durationSeconds.toFixed(2)} s`,
      "The film cuts the sound or fills it up with silence.",
    );
  }
  return problems;
}
