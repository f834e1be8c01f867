import type { World } from "../../world/world.ts";
import type { HeardClip } from "./film-sound-plan.ts";
import { fadeEdges, MOMENT_BYTES, SOUND, type SoundSlot } from "./sound-slots.ts";
import type { SoundSource } from "./sound-source.ts";

/** A piece that is held in memory, whole moments. */
const PIECE_BYTES = MOMENT_BYTES * 131_072;

export interface SoundJob {
  readonly ffmpeg: string;
  readonly clips: readonly HeardClip[];
  readonly slots: readonly SoundSlot[];
  /** for one decoded clip at a time */
  readonly scratch: string;
  readonly onClip: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * The film's sound, piece by piece: each clip decoded by itself, cut or padded with silence to its slot. One clip is open at a
 * time, as a graph of 300 inputs takes gigabytes.
 */
export async function* filmSound(world: Pick<World, "files" | "render">, job: SoundJob): AsyncGenerator<Uint8Array> {
  for (const [index, clip] of job.clips.entries()) {
    const slot = job.slots[index];
    if (!slot) throw new Error("join: a clip without a slot");
    job.signal?.throwIfAborted();
    const present = clip.source?.facts.audio ? await decodeSlot(world, job, clip.source, slot) : 0;
    const wanted = slot.samples * MOMENT_BYTES;
    for (let at = 0; at < wanted; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, wanted - at);
      const piece = new Uint8Array(length);
      if (at < present)
        piece.set(await world.files.readBytes(job.scratch, { start: at, length: Math.min(length, present - at) }));
      fadeEdges(new Float32Array(piece.buffer), at / MOMENT_BYTES, slot);
      yield piece;
    }
    job.onClip(index + 1);
  }
}

/** @returns bytes that were decoded, at most the slot's */
async function decodeSlot(
  world: Pick<World, "files" | "render">,
  job: SoundJob,
  sound: SoundSource,
  slot: SoundSlot,
): Promise<number> {
  await world.files.remove(job.scratch); // nothing of the clip before may be heard should this one give no sound at all
  const from = Math.round(sound.fromSeconds * SOUND.sampleRate);
  await world.render({
    ffmpeg: job.ffmpeg,
    inputs: [
      {
        source: `file:${sound.path}`,
        options: [
          "-copyts", // sound and picture keep their distance: without it the earlier one is moved to 0
          ...["-f", "mov"],
        ],
      },
    ],
    graph: `[0:a:0]${soundOnTime(sound.facts.video.startSeconds, sound.facts.audio?.channels)},atrim=start_sample=${from}:end_sample=${from + slot.samples}[a]`,
    outputOptions: ["-map", "[a]", ...RAW_SOUND],
    output: `file:${job.scratch}`,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  const bytes = (await world.files.stat(job.scratch))?.bytes ?? 0;
  return Math.min(bytes - (bytes % MOMENT_BYTES), slot.samples * MOMENT_BYTES);
}

/** How `filmSound` writes and ffmpeg reads it, as output options. */
export const RAW_SOUND = ["-c:a", "pcm_f32le", "-f", "f32le"] as const;

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
