import type { SoundFile } from "../../shot/sound-file.ts";
import type { World } from "../../world/world.ts";
import { readProbeAnswer, readProbedSeconds } from "../clip/probe-answer.ts";
import { NotASound } from "./not-a-sound.ts";

/** What the head of a sound file tells. */
export interface SoundFileFacts {
  /** of MP3 and AAC without a table of their packets, an estimate */
  readonly seconds: number;
  readonly channels: number;
}

/** Nominal: only the head of the file is read. */
const PROBE_TIMEOUT_MS = 120_000;

/** Names ffmpeg's reader: a file is read as what it is by its bytes, so that no playlist comes in disguise. */
export function readerOf({ type }: SoundFile): readonly string[] {
  return ["-f", type === "mp4" ? "mov" : type];
}

/** @throws NotASound */
export async function readSoundFile(
  world: Pick<World, "processes">,
  ffprobe: string,
  file: SoundFile,
  signal: AbortSignal | undefined,
): Promise<SoundFileFacts> {
  const { path } = file;
  const safe = ["-v", "error", "-protocol_whitelist", "file"];
  const args = [...safe, ...readerOf(file), "-show_streams", "-show_format", "-of", "json", `file:${path}`];
  const options = { timeoutMs: PROBE_TIMEOUT_MS, ...(signal ? { signal } : {}) };
  const { exitCode, stdout, stderr } = await world.processes.run(ffprobe, args, options);
  signal?.throwIfAborted();
  const streams = exitCode === 0 ? readProbeAnswer(stdout) : undefined;
  if (!streams) throw new NotASound(stderr.trim().split("\n").at(-1) || "ffprobe cannot read it", path);
  const sound = streams.find(({ codec_type }) => codec_type === "audio");
  if (!sound?.channels) throw new NotASound("it holds no sound", path);
  return { channels: sound.channels, seconds: sound.duration ?? readProbedSeconds(stdout) ?? 0 };
}
