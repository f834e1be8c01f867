import type { Files } from "../../world/files.ts";
import { MOMENT_BYTES, SOUND } from "./sound-slots.ts";

/** How decoded sound is written and read by ffmpeg, as output options. */
export const RAW_SOUND = ["-c:a", "pcm_f32le", "-f", "f32le"] as const;

/** The same as options of an input. */
export const RAW_INPUT = ["-f", "f32le", "-ar", `${SOUND.sampleRate}`, "-ac", `${SOUND.channels}`] as const;

/** Decoded sound in a file: interleaved floats of `SOUND`, and nothing else. */
export interface RawSound {
  readonly path: string;
  /** of one channel; the file has as many at least */
  readonly samples: number;
}

/** Samples of one channel that are held in memory at a time: 1 MiB. */
const PIECE_SAMPLES = 131_072;

/** A stretch of a sound, first sample and one past the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Cuts a stretch into pieces that fit into memory. */
export function* piecesOf({ from, to }: Stretch): Generator<Stretch> {
  for (let at = from; at < to; at += PIECE_SAMPLES) yield { from: at, to: Math.min(to, at + PIECE_SAMPLES) };
}

/** @returns interleaved samples of the stretch: silence before the sound's first and behind its last */
export async function readRaw(
  files: Pick<Files, "readBytes">,
  sound: RawSound,
  { from, to }: Stretch,
): Promise<Float32Array> {
  const result = new Float32Array((to - from) * SOUND.channels);
  const [first, end] = [Math.max(0, from), Math.min(sound.samples, to)];
  if (first >= end) return result;
  const range = { start: first * MOMENT_BYTES, length: (end - first) * MOMENT_BYTES };
  const bytes = await files.readBytes(sound.path, range);
  new Uint8Array(result.buffer).set(bytes, (first - from) * MOMENT_BYTES);
  return result;
}

/** Whole samples that a file has, at most so many. */
export async function rawSoundAt(files: Pick<Files, "stat">, path: string, most: number): Promise<RawSound> {
  const bytes = (await files.stat(path))?.bytes ?? 0;
  return { path, samples: Math.min(most, Math.floor(bytes / MOMENT_BYTES)) };
}

/** The bytes of samples, as a file takes them. */
export function bytesOf(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** The factor that changes a level by so many dB. */
export function factorOf(db: number): number {
  return 10 ** (db / 20);
}

/** The inverse of `factorOf`; of 0, minus infinity. */
export function decibelsOf(factor: number): number {
  return 20 * Math.log10(factor);
}
