import type { SoundFile } from "../../shot/sound-file.ts";
import type { World } from "../../world/world.ts";
import { type DecodedSound, decodeSound } from "./decode-sound.ts";
import { NotASound } from "./not-a-sound.ts";
import { readerOf, readSoundFile } from "./sound-file-facts.ts";
import { SOUND } from "./sound-slots.ts";

export interface FileDecoding {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly file: SoundFile;
  readonly fromSeconds: number;
  /** of one channel; more are not needed */
  readonly mostSamples: number;
  readonly measured: boolean;
  readonly output: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes music or a voice from its own beginning.
 *
 * @throws NotASound
 */
export async function decodeFile(world: Machine, job: FileDecoding): Promise<DecodedSound> {
  const { file, fromSeconds, mostSamples, ...rest } = job;
  const { channels } = await readSoundFile(world, job.ffprobe, file, job.signal);
  const from = Math.round(fromSeconds * SOUND.sampleRate);
  const form = `aresample=${SOUND.sampleRate},aformat=sample_fmts=flt:channel_layouts=stereo`;
  const sound = await decodeSound(world, {
    ...rest,
    path: file.path,
    inputOptions: readerOf(file),
    // Each loudspeaker plays all of a single channel; left to itself ffmpeg takes 3 dB off.
    filters: channels === 1 ? `pan=stereo|c0=c0|c1=c0,${form}` : form,
    from,
    to: from + mostSamples,
  });
  if (sound.samples === 0 && mostSamples > 0) throw new NotASound(`it ends before ${fromSeconds} s`, file.path);
  return sound;
}

type Machine = Pick<World, "files" | "processes" | "render">;
