import { join } from "node:path";
import type { World } from "../../world/world.ts";
import type { FileStretch, PacketBytes } from "../mp4/packet-bytes.ts";
import { openWindow } from "../mp4/packet-window.ts";
import { adtsFrame } from "./adts.ts";
import { RAW_SOUND } from "./raw-sound.ts";
import { SeamsNotMade } from "./seams-not-made.ts";
import { SOUND } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES } from "./sound-track.ts";

export interface DecodeJob {
  readonly ffmpeg: string;
  /** AAC-LC at 48 kHz, wherever each lies */
  readonly packets: readonly PacketBytes[];
  readonly channels: number;
  readonly folder: string;
  /** `NAME.f32` in the folder will hold the samples, 1024 a packet and channel, channels side by side */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** Some hundred kilobytes: a write of its own for each of these small packets costs more than all else done with it. */
const FRAMES_A_WRITE = 512;

/**
 * Decodes packets of several files as if they followed one another in one, in one run of ffmpeg.
 *
 * @throws RenderError, SeamsNotMade
 */
export async function decodePackets(world: Pick<World, "files" | "render">, job: DecodeJob): Promise<void> {
  const { packets, channels, folder, name, signal } = job;
  const adts = join(folder, `${name}.aac`);
  const raw = join(folder, `${name}.f32`);
  async function* frames(): AsyncGenerator<Uint8Array> {
    const window = openWindow(world.files, packets);
    let written: Uint8Array[] = [];
    try {
      for (const index of packets.keys()) {
        written.push(adtsFrame(window.find(index) ?? (await window.read(index)), channels));
        if (written.length < FRAMES_A_WRITE && index < packets.length - 1) continue;
        yield Buffer.concat(written);
        written = [];
      }
    } finally {
      await window.close();
    }
  }
  signal?.throwIfAborted();
  await world.files.appendStream(adts, frames(), { restart: true });
  await world.render({
    ffmpeg: job.ffmpeg,
    inputs: [{ source: `file:${adts}`, options: ["-f", "aac"] }],
    outputOptions: ["-map", "0:a:0", ...RAW_SOUND],
    output: `file:${raw}`,
    ...(signal ? { signal } : {}),
  });
  const wanted = packets.length * AAC_PACKET_SAMPLES * channels * SOUND.bytesPerSample;
  const found = (await world.files.stat(raw))?.bytes ?? 0;
  if (found !== wanted)
    throw new SeamsNotMade(`ffmpeg decoded ${found} bytes of ${packets.length} packets, not ${wanted}`);
}

/**
 * Where samples lie in a raw file, all channels.
 *
 * @param from - the first, counted over all channels
 */
export function samplesIn(path: string, from: number, count: number): FileStretch {
  return { path, start: from * SOUND.bytesPerSample, bytes: count * SOUND.bytesPerSample };
}

/** The samples themselves. A copy, as bytes that were read need not begin where a float may, nor stay. */
export function readSamples(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
