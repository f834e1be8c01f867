import type { CheckName, ClipFigures, Finding } from "../../shot/clip-check.ts";
import { showFrameRate } from "../../shot/frame-rate.ts";
import type { AspectRatio } from "../../shot/model.ts";
import { CLIP_RATE, CLIP_SECONDS } from "../../shot/model.ts";
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

/** From so much of the clip on it is black or silent; fades at both its ends stay far below. */
const NEARLY_ALL = 0.9;

/** A person holds still for less; a picture that stands for so long is taken for stuck. */
const FROZEN_SECONDS = 2;

/**
 * Sound is cut off where so many of its samples stand at full scale, where peaks between samples rise so far above it, or
 * where it touches full scale and is nearly as loud as its peaks: what AAC makes of a flat top ripples around it.
 * Measured: noise 14 dB too loud has 3 samples in 100 000, 0.7 dB, and 12 between loudness and peak, which passes; a tone
 * 24 dB too loud 30 to 70 samples in 100 000, 0.2 to 4 dB, and 0 to 6 between them.
 */
const CLIPPED_SHARE = 0.0005;
const CLIPPED_PEAK_DB = 2;
const CLIPPED_RANGE_DB = 4;

/** Compares a clip with what was ordered, and looks for what no film should show. What a manifest makes of it is its own. */
export function checkClip(facts: ClipFacts, figures: ClipFigures, wanted: WantedClip): readonly Finding[] {
  return [...comparedWithOrder(facts, wanted), ...foundInside(facts, figures)];
}

function comparedWithOrder({ video, audio }: ClipFacts, wanted: WantedClip): readonly Finding[] {
  const turned = video.rotation % 180 !== 0;
  const size: PixelSize = turned ? { width: video.height, height: video.width } : video;
  const findings: Finding[] = [];
  const add = (check: CheckName, message: string, fix: string) => findings.push({ check, message, fix });

  const orientation = wanted.aspect === "Auto" ? orientationOf(size) : wanted.aspect === "16:9" ? "wide" : "upright";
  const expected = pixelSize(wanted.resolution, orientation);
  if (size.width !== expected.width || size.height !== expected.height) {
    add(
      "size",
      `the clip has ${size.width}x${size.height} pixels; ${wanted.resolution} ${wanted.aspect} has ${expected.width}x${expected.height}`,
      "The film scales it to fit.",
    );
  }
  if (video.codec !== "h264") {
    add("codec", `the picture is ${video.codec}, not h264`, "The film encodes this clip again to fit.");
  }
  if (!audio) add("sound", "the clip has no sound", "The film is silent there.");
  const seconds = wanted.seconds ?? CLIP_SECONDS;
  if (Math.abs(video.durationSeconds - seconds) > LENGTH_TOLERANCE_SECONDS) {
    const fix = "Watch it: it may have been cut off.";
    add("length", `the clip lasts ${video.durationSeconds.toFixed(2)} s, not about ${seconds} s`, fix);
  }
  const soundSeconds = audio?.durationSeconds ?? 0;
  if (soundSeconds > 0 && Math.abs(soundSeconds - video.durationSeconds) > LENGTH_TOLERANCE_SECONDS) {
    add(
      "length",
      `the sound lasts ${soundSeconds.toFixed(2)} s and the picture ${video.durationSeconds.toFixed(2)} s`,
      "The film cuts the sound or fills it up with silence.",
    );
  }
  const { numerator, denominator } = video.frameRate;
  if (!video.steady || numerator !== CLIP_RATE.numerator || denominator !== CLIP_RATE.denominator) {
    const usual = showFrameRate(CLIP_RATE);
    const rate = `${showFrameRate(video.frameRate)} frames a second`;
    const message = video.steady ? `the clip has ${rate}, not ${usual}` : `the clip's frames last unequally long`;
    add("frame_rate", message, "The film repeats or drops frames of it to fit.");
  }
  return findings;
}

function foundInside({ video, audio }: ClipFacts, figures: ClipFigures): readonly Finding[] {
  const { blackSeconds, frozenSeconds, silentSeconds, loudnessLufs, truePeakDb, clippedSamples } = figures;
  const { durationSeconds } = video;
  const findings: Finding[] = [];
  const add = (check: CheckName, message: string) => findings.push({ check, message, fix: null });
  const ofAll = (seconds: number) => `${seconds.toFixed(1)} of ${durationSeconds.toFixed(1)} s`;

  const isBlack = blackSeconds !== null && blackSeconds >= NEARLY_ALL * durationSeconds;
  if (isBlack) add("black", `the picture is black for ${ofAll(blackSeconds)}`);
  // That black stands still is no second finding.
  if (!isBlack && frozenSeconds !== null && frozenSeconds >= FROZEN_SECONDS) {
    add("frozen", `the picture stands still for ${ofAll(frozenSeconds)}`);
  }
  if (silentSeconds !== null && silentSeconds >= NEARLY_ALL * durationSeconds) {
    add("silent", `the sound is silent for ${ofAll(silentSeconds)}`);
  }
  const samples = audio ? audio.durationSeconds * audio.sampleRate * audio.channels : 0;
  const peak = truePeakDb ?? Number.NEGATIVE_INFINITY;
  const isFlat = peak >= 0 && loudnessLufs !== null && peak - loudnessLufs <= CLIPPED_RANGE_DB;
  const isFull = clippedSamples !== null && samples > 0 && clippedSamples >= CLIPPED_SHARE * samples;
  if (isFull || isFlat || peak >= CLIPPED_PEAK_DB) {
    add(
      "clipped",
      `the sound is cut off at full scale: true peak ${showDb(truePeakDb)} dB, loudness ${showDb(loudnessLufs)} LUFS`,
    );
  }
  return findings;
}

function showDb(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(1);
}
