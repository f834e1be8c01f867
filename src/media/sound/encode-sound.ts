import type { Loudness } from "../../shot/loudness.ts";
import type { World } from "../../world/world.ts";
import { decodeSound, MP4_INPUT, soundOnTime } from "./decode-sound.ts";
import { piecesOf, RAW_INPUT, type RawSound, readRaw } from "./raw-sound.ts";
import { SOUND, type SoundSlot } from "./sound-slots.ts";

/** What an encoder may change: half of the sound's power. 192 kb/s change a tenth of it even in white noise. */
const MOST_ERROR = 0.5;

/** Mean power below which a clip counts as silent and the difference is compared with this instead: -60 dBFS. */
const SILENCE_POWER = 1e-6;

/** Encodes a film's sound, all of it at once, as an MP4 without a picture. */
export async function encodeSound(
  world: Pick<World, "render">,
  ffmpeg: string,
  sound: RawSound,
  output: string,
  onProgress: (seconds: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  await world.render({
    ffmpeg,
    inputs: [{ source: `file:${sound.path}`, options: RAW_INPUT }],
    outputOptions: [
      ...["-c:a", "aac", "-b:a", "192k"],
      ...["-aac_pns", "0"], // noise made up by the decoder could not be compared with what went in
      ...["-map_metadata", "-1"],
      ...["-fflags", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates: same clips, same bytes
      ...["-f", "mp4"],
    ],
    output: `file:${output}`,
    onProgress,
    ...(signal ? { signal } : {}),
  });
}

export interface SoundCheck {
  readonly ffmpeg: string;
  /** a film, or its sound alone */
  readonly encoded: string;
  /** what was encoded */
  readonly sound: RawSound;
  readonly slots: readonly SoundSlot[];
  readonly scratch: string;
  readonly measured: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface CheckedSound {
  /** what is wrong, in words; empty when every clip is heard in its place */
  readonly faults: readonly string[];
  /** of what is heard; undefined where it was not asked for */
  readonly loudness: Loudness | undefined;
}

/**
 * Decodes a film's sound and compares it with what was encoded, clip by clip. A shift of a few milliseconds already makes
 * the difference larger than the sound.
 */
export async function checkSound(world: Pick<World, "files" | "render">, check: SoundCheck): Promise<CheckedSound> {
  const { ffmpeg, sound, measured, signal } = check;
  const heard = await decodeSound(world, {
    ...{ ffmpeg, path: check.encoded, inputOptions: MP4_INPUT, filters: soundOnTime(0) },
    ...{ from: 0, to: sound.samples, measured, output: check.scratch, signal },
  });
  const faults: string[] = [];
  for (const [index, slot] of check.slots.entries()) {
    signal?.throwIfAborted();
    const { power, error } = await compare(world, sound, heard, slot);
    if (error > MOST_ERROR * Math.max(power, SILENCE_POWER * slot.samples * SOUND.channels)) {
      faults.push(`the sound of clip ${index + 1} is not heard where its picture is seen`);
    }
  }
  return { faults, loudness: heard.loudness };
}

async function compare(
  world: Pick<World, "files">,
  wanted: RawSound,
  heard: RawSound,
  slot: SoundSlot,
): Promise<{ power: number; error: number }> {
  let power = 0;
  let error = 0;
  for (const stretch of piecesOf({ from: slot.start, to: slot.start + slot.samples })) {
    const is = await readRaw(world.files, heard, stretch);
    const piece = await readRaw(world.files, wanted, stretch);
    for (let index = 0; index < piece.length; index++) {
      const value = piece[index] ?? 0;
      power += value ** 2;
      error += (value - (is[index] ?? 0)) ** 2;
    }
  }
  return { power, error };
}
