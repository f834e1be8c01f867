import type { World } from "../../world/world.ts";
import { RAW_SOUND, soundOnTime } from "../sound/film-sound.ts";
import { MOMENT_BYTES, type SoundSlot } from "../sound/sound-slots.ts";

/** What an encoder may change: half of the sound's power. 192 kb/s change a tenth of it even in white noise. */
const MOST_ERROR = 0.5;

/** Mean power below which a clip counts as silent and the difference is compared with this instead: -60 dBFS. */
const SILENCE_POWER = 1e-6;

const PIECE_BYTES = MOMENT_BYTES * 131_072;

export interface SoundCheck {
  readonly ffmpeg: string;
  readonly film: string;
  /** what was encoded */
  readonly sound: string;
  readonly slots: readonly SoundSlot[];
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes the film's sound and compares it with what was encoded, clip by clip. A shift of a few milliseconds already makes
 * the difference larger than the sound.
 *
 * @returns what is wrong, in words; empty when every clip is heard in its place
 */
export async function findSoundFaults(
  world: Pick<World, "files" | "render">,
  check: SoundCheck,
): Promise<readonly string[]> {
  await world.render({
    ffmpeg: check.ffmpeg,
    inputs: [{ source: `file:${check.film}`, options: ["-copyts", "-f", "mov"] }],
    graph: `[0:a:0]${soundOnTime(0)}[a]`,
    outputOptions: ["-map", "[a]", ...RAW_SOUND],
    output: `file:${check.scratch}`,
    ...(check.signal ? { signal: check.signal } : {}),
  });
  const faults: string[] = [];
  for (const [index, slot] of check.slots.entries()) {
    check.signal?.throwIfAborted();
    const { power, error } = await compare(world, check, slot);
    if (error > MOST_ERROR * Math.max(power, SILENCE_POWER * slot.samples * 2)) {
      faults.push(`the sound of clip ${index + 1} is not heard where its picture is seen`);
    }
  }
  return faults;
}

async function compare(
  world: Pick<World, "files">,
  check: SoundCheck,
  slot: SoundSlot,
): Promise<{ power: number; error: number }> {
  let power = 0;
  let error = 0;
  const end = (slot.start + slot.samples) * MOMENT_BYTES;
  for (let start = slot.start * MOMENT_BYTES; start < end; start += PIECE_BYTES) {
    const range = { start, length: Math.min(PIECE_BYTES, end - start) };
    const wanted = floats(await world.files.readBytes(check.sound, range));
    const heard = floats(await world.files.readBytes(check.scratch, range));
    for (let index = 0; index < wanted.length; index++) {
      const value = wanted[index] ?? 0;
      power += value ** 2;
      error += (value - (heard[index] ?? 0)) ** 2;
    }
  }
  return { power, error };
}

/** A copy, as the bytes need not begin where a float may. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.byteLength / 4));
}
