import { join } from "node:path";
import type { World } from "../../world/world.ts";
import type { PacketBytes } from "../mp4/packet-bytes.ts";
import { openWindow, readPackets } from "../mp4/packet-window.ts";
import { type AacPlan, copiedPackets } from "./aac-grid.ts";
import { decodePackets, readSamples, samplesIn } from "./decode-packets.ts";
import { joinAtSeam, seamSources, WINDOW, WINDOW_PACKETS } from "./seam-window.ts";
import { SeamsNotMade } from "./seams-not-made.ts";
import { SOUND } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES, readSoundTrack, type SoundTrack } from "./sound-track.ts";

export interface SeamJob {
  readonly ffmpeg: string;
  readonly plan: AacPlan;
  /** what is made on the way is left here: the film's new packets lie in it, and the check needs it */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/** A film's sound out of its clips' packets and the new ones between them. */
export interface SeamedSound {
  readonly plan: AacPlan;
  readonly track: SoundTrack;
  /** raw: the windows of all seams as they should be heard, one after another */
  readonly joined: string;
  /** the packets of all windows, one after another */
  readonly encoded: readonly PacketBytes[];
}

/**
 * How fine the new packets are, near the most bits that AAC-LC may take. They are four of 375, and the joint with a copied
 * packet is as good as they are: at 192 kb/s in stereo it would be 10 to 20 dB worse. Not a rate, which makes the encoder
 * search again and again for a use of bits that a quiet sound does not need: see docs/decisions.md.
 */
const QUALITY = "5";

/**
 * Makes the packets around all seams of a film: two runs of ffmpeg however many there are, one that decodes what lies
 * around them and one that encodes it again, joined and faded.
 *
 * @throws RenderError, SeamsNotMade
 */
export async function makeSeams(world: Pick<World, "files" | "render">, job: SeamJob): Promise<SeamedSound> {
  const { plan, folder, signal } = job;
  const joined = join(folder, "joined.f32");
  const sources = plan.seams.map((seam, index) => seamSources(plan, seam, index));
  if (sources.length === 0) return { plan, track: filmTrack(plan, []), joined, encoded: [] };
  const around = sources.flatMap(({ packets }) => packets);
  const decoded = join(folder, "around.f32");
  await decodePackets(world, { ...job, packets: around, channels: plan.channels, name: "around" });
  async function* windows(): AsyncGenerator<Uint8Array> {
    let from = 0;
    const stretches = sources.map(({ packets }) => {
      const samples = packets.length * AAC_PACKET_SAMPLES * plan.channels;
      from += samples;
      return samplesIn(decoded, from - samples, samples);
    });
    const window = openWindow(world.files, stretches);
    try {
      for (const [index, source] of sources.entries()) {
        const seam = plan.seams[index];
        const samples = readSamples(window.find(index) ?? (await window.read(index)));
        if (seam) yield new Uint8Array(joinAtSeam(samples, source, seam, plan.channels).buffer);
      }
    } finally {
      await window.close();
    }
  }
  await world.files.appendStream(joined, windows(), { restart: true });
  const path = join(folder, "seams.m4a");
  await world.render({
    ffmpeg: job.ffmpeg,
    inputs: [
      {
        source: `file:${joined}`,
        options: ["-f", "f32le", "-ar", `${SOUND.sampleRate}`, "-ac", `${plan.channels}`],
      },
    ],
    outputOptions: [
      ...["-c:a", "aac", "-q:a", QUALITY],
      // With so many bits the quick search is a third of the work and no worse: see docs/decisions.md. What saves bits by
      // coding less, or both channels as one, only spoils single packets.
      ...["-aac_coder", "fast", "-aac_tns", "0", "-aac_ms", "0", "-aac_is", "0"],
      ...["-aac_pns", "0"], // noise made up by the decoder could not be compared with what went in
      ...["-fflags", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates: same clips, same bytes
      ...["-f", "mp4"],
    ],
    output: `file:${path}`,
    ...(signal ? { signal } : {}),
  });
  const encoded = await windowPackets(world, path, plan);
  return { plan, track: filmTrack(plan, encoded), joined, encoded };
}

async function windowPackets(
  world: Pick<World, "files">,
  path: string,
  plan: AacPlan,
): Promise<readonly PacketBytes[]> {
  const { packets, primingSamples } = await readSoundTrack(world.files, path);
  const first = primingSamples / AAC_PACKET_SAMPLES;
  const end = first + plan.seams.length * WINDOW_PACKETS;
  if (!Number.isInteger(first) || packets.length < end) {
    throw new SeamsNotMade(`ffmpeg made ${packets.length} packets with ${primingSamples} samples of priming`);
  }
  // Some kilobytes a seam: fetched from their file one by one, they would keep its clips from being read in large pieces.
  const read: Uint8Array[] = [];
  await readPackets(world.files, packets.slice(first, end), (_, bytes) => read.push(bytes.slice()));
  return read;
}

function filmTrack(plan: AacPlan, encoded: readonly PacketBytes[]): SoundTrack {
  const [first] = plan.runs;
  if (!first) throw new RangeError("join: a film without clips");
  const packets = plan.runs.flatMap((run, index): readonly PacketBytes[] => {
    const seam = plan.seams[index];
    const next = plan.runs[index + 1];
    const copied = copiedPackets(run);
    if (!seam || !next) return copied;
    const shift = index * WINDOW_PACKETS + WINDOW.before - seam.packet;
    return [...copied, ...encoded.slice(shift + run.end, shift + next.first)];
  });
  return {
    description: first.track.description,
    timescale: SOUND.sampleRate,
    primingSamples: plan.primingSamples,
    packetSamples: AAC_PACKET_SAMPLES,
    packets,
  };
}
