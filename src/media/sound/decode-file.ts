import type { SoundFile } from "../../shot/sound-file.ts";
import type { World } from "../../world/world.ts";
import { readProbeAnswer } from "../clip/probe-answer.ts";
import { type DecodedSound, decodeSound } from "./decode-sound.ts";
import { SOUND } from "./sound-slots.ts";

/** A sound file that an author brought cannot be heard; `message` says why in words for a person. */
export class NotASound extends Error {
  override readonly name = "NotASound";
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(`${path} cannot be heard: ${message}`);
  }
}

/** Nominal: only the head of the file is read. */
const PROBE_TIMEOUT_MS = 120_000;

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
  const reader = ["-f", file.type === "mp4" ? "mov" : file.type]; // as what it is by its bytes: no playlist in disguise
  const channels = await channelsOf(world, job, reader);
  const from = Math.round(fromSeconds * SOUND.sampleRate);
  const form = `aresample=${SOUND.sampleRate},aformat=sample_fmts=flt:channel_layouts=stereo`;
  const sound = await decodeSound(world, {
    ...rest,
    path: file.path,
    inputOptions: reader,
    // Each loudspeaker plays all of a single channel; left to itself ffmpeg takes 3 dB off.
    filters: channels === 1 ? `pan=stereo|c0=c0|c1=c0,${form}` : form,
    from,
    to: from + mostSamples,
  });
  if (sound.samples === 0 && mostSamples > 0) throw new NotASound(`it ends before ${fromSeconds} s`, file.path);
  return sound;
}

type Machine = Pick<World, "files" | "processes" | "render">;

async function channelsOf(world: Machine, job: FileDecoding, reader: readonly string[]): Promise<number> {
  const { path } = job.file;
  const safe = ["-v", "error", "-protocol_whitelist", "file"];
  const args = [...safe, ...reader, "-show_streams", "-of", "json", `file:${path}`];
  const options = { timeoutMs: PROBE_TIMEOUT_MS, ...(job.signal ? { signal: job.signal } : {}) };
  const { exitCode, stdout, stderr } = await world.processes.run(job.ffprobe, args, options);
  job.signal?.throwIfAborted();
  const streams = exitCode === 0 ? readProbeAnswer(stdout) : undefined;
  if (!streams) throw new NotASound(stderr.trim().split("\n").at(-1) || "ffprobe cannot read it", path);
  const sound = streams.find(({ codec_type }) => codec_type === "audio");
  if (!sound?.channels) throw new NotASound("it holds no sound", path);
  return sound.channels;
}
