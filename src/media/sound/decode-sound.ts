import type { Loudness } from "../../shot/loudness.ts";
import type { World } from "../../world/world.ts";
import { LOUDNESS_FILTER, readLoudness } from "../clip/loudness-filter.ts";
import { RAW_SOUND, type RawSound, rawSoundAt } from "./raw-sound.ts";
import { SOUND } from "./sound-slots.ts";

export interface SoundDecoding {
  readonly ffmpeg: string;
  readonly path: string;
  readonly inputOptions: readonly string[];
  /** filters that give sound in the film's form */
  readonly filters: string;
  /** samples of what the filters give, first and one past the last */
  readonly from: number;
  readonly to: number;
  /** whether its loudness is to be told as well: a third more work */
  readonly measured: boolean;
  /** replaced */
  readonly output: string;
  readonly signal: AbortSignal | undefined;
}

export interface DecodedSound extends RawSound {
  /** undefined where it was not asked for, or the stretch is empty */
  readonly loudness: Loudness | undefined;
}

/** Decodes a stretch of a file's first sound, and measures it on the way. */
export async function decodeSound(
  world: Pick<World, "files" | "render">,
  { ffmpeg, path, inputOptions, filters, from, to, measured, output, signal }: SoundDecoding,
): Promise<DecodedSound> {
  await world.files.remove(output); // nothing of what was there may be heard should this give no sound at all
  const words: string[] = [];
  const chain = [filters, `atrim=start_sample=${from}:end_sample=${to}`, ...(measured ? [LOUDNESS_FILTER] : [])];
  await world.render({
    ffmpeg,
    inputs: [{ source: `file:${path}`, options: inputOptions }],
    graph: `[0:a:0]${chain.join(",")}[a]`,
    outputOptions: ["-map", "[a]", ...RAW_SOUND],
    output: `file:${output}`,
    ...(measured ? { onLine: (line: string) => words.push(line) } : {}),
    ...(signal ? { signal } : {}),
  });
  const sound = await rawSoundAt(world.files, output, to - from);
  return { ...sound, loudness: measured ? readLoudness(words.join("\n")) : undefined };
}

/** Options of an MP4: sound and picture keep their distance, without `-copyts` the earlier one is moved to 0. */
export const MP4_INPUT = ["-copyts", "-f", "mov"] as const;

/**
 * Filters that give sound in the film's form whose first sample belongs to the given moment: what comes earlier is dropped,
 * and silence stands where the sound begins later or has a hole of more than 20 ms.
 */
export function soundOnTime(startSeconds: number, channels?: number): string {
  const first = Math.round(startSeconds * SOUND.sampleRate);
  return [
    // As a player does it; left to itself ffmpeg takes 3 dB off.
    ...(channels === 1 ? ["pan=stereo|c0=c0|c1=c0"] : []),
    // First to the film's rate and then on time: `first_pts` counts in samples of what comes in.
    `aresample=${SOUND.sampleRate}`,
    `aresample=${SOUND.sampleRate}:async=1:min_comp=0.00001:min_hard_comp=0.02:first_pts=${first}`,
    "aformat=sample_fmts=flt:channel_layouts=stereo",
  ].join(",");
}
