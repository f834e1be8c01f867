import { createHash } from "node:crypto";
import { type FrameRate, parseFrameRate } from "../../shot/frame-rate.ts";
import type { Mp4Track } from "../mp4/mp4.ts";
import { isSteady } from "../mp4/times.ts";
import { readAvcConfig } from "./avc-config.ts";

/** The rate of frames that all last equally long, from the file's tables: any average is off by the last frame's length. */
export function exactRate(track: Mp4Track): FrameRate | undefined {
  const { durations, count } = track.samples;
  const [duration] = durations;
  return count > 1 && isSteady(track) && duration ? parseFrameRate(reduced(track.timescale, duration)) : undefined;
}

/** By which clips are told apart that need different decoders. */
export function configHash(track: Mp4Track): string {
  const hash = createHash("sha256").update(track.decoderConfig);
  // Of several descriptions the file switches between, ours is only the first: never equal to a clip that has one.
  if (track.descriptions !== 1) hash.update(`${track.descriptions} descriptions`);
  return hash.digest("hex");
}

/** Numbers by which its pictures call the decoder settings. */
export function setNumbers({ decoderConfig, codec }: Mp4Track): readonly number[] {
  const config = codec === "avc1" ? readAvcConfig(decoderConfig) : undefined;
  const sets = config ? [...config.sequenceSets, ...config.pictureSets] : [];
  return [...new Set(sets.map(({ id }) => id))];
}

/** In lowest terms before it is parsed, which takes six digits at most. */
function reduced(numerator: number, denominator: number): string {
  let [a, b] = [numerator, denominator];
  while (b !== 0) [a, b] = [b, a % b];
  return `${numerator / a}/${denominator / a}`;
}
