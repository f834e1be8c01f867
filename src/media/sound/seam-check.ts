import { join } from "node:path";
import type { World } from "../../world/world.ts";
import { readMp4 } from "../mp4/mp4.ts";
import type { PacketBytes } from "../mp4/packet-bytes.ts";
import type { AacPlan, AacSeam } from "./aac-grid.ts";
import { decodePackets, readSamples } from "./decode-packets.ts";
import { WINDOW, WINDOW_PACKETS } from "./seam-window.ts";
import type { SeamedSound } from "./smart-seam.ts";
import { SOUND } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES } from "./sound-track.ts";

export interface SeamCheck {
  readonly ffmpeg: string;
  readonly film: string;
  readonly sound: SeamedSound;
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

export interface SeamVerdict {
  /** what is wrong, in words; empty when every seam sounds as it should */
  readonly faults: readonly string[];
  /** of the worst seam: power of the difference over that of the sound, in decibels; undefined without seams */
  readonly worstErrorDb: number | undefined;
}

/** So far on both sides of a seam the film is compared with what should be heard: 25 ms. */
const COMPARED_SAMPLES = SOUND.sampleRate / 40;

/** The packets in whose samples that stretch lies, counted from the seam's, with one in front to prepare the decoder. */
const CHECKED = { before: 3, after: 3 } as const;
const CHECKED_PACKETS = CHECKED.before + CHECKED.after;

/** Power of the difference over that of the sound: -24 dB, what encoding a film's sound once does to it. */
const MOST_ERROR = 10 ** -2.4;

/** White noise is coded no better than this; a seam in it may be as bad as its own encoding, and twice that. */
const MOST_CODING_ERROR = 0.05;

/** A sound below -60 dBFS is taken for one so loud: nobody hears how exactly silence is met. */
const QUIET_POWER = 1e-6;

/**
 * Decodes a finished film around its seams, all in one run of ffmpeg, and compares it sample by sample with both clips joined
 * there. A packet too many, a packet out of its place, a gap or a missing fade makes a difference far above an encoder's.
 *
 * @throws RenderError, SeamsNotMade, BrokenMp4
 */
export async function checkSeams(world: Pick<World, "files" | "render">, check: SeamCheck): Promise<SeamVerdict> {
  const { sound, film, folder } = check;
  const { plan } = sound;
  if (plan.seams.length === 0) return { faults: [], worstErrorDb: undefined };
  const ofFilm = await soundPackets(world, film);
  const packets = plan.seams.flatMap((seam, index) => packetsToCompare(ofFilm, sound.encoded, seam, index));
  if (packets.length !== plan.seams.length * CHECKED_PACKETS * 2) {
    return { faults: ["its sound ends before its last seam"], worstErrorDb: undefined };
  }
  await decodePackets(world, { ...check, packets, channels: plan.channels, name: "check" });

  const faults: string[] = [];
  let worst = 0;
  for (const [index, seam] of plan.seams.entries()) {
    check.signal?.throwIfAborted();
    const { power, error, codingError } = await compare(
      world,
      plan,
      sound.joined,
      join(folder, "check.f32"),
      seam,
      index,
    );
    const loudness = Math.max(power, QUIET_POWER * COMPARED_SAMPLES * 2 * plan.channels);
    const allowed = Math.max(MOST_ERROR * loudness, 2 * Math.min(codingError, MOST_CODING_ERROR * loudness));
    worst = Math.max(worst, error / loudness);
    if (!(error <= allowed)) {
      const decibels = (10 * Math.log10(error / loudness)).toFixed(1);
      faults.push(`the seam before clip ${index + 2} sounds otherwise than its clips do: ${decibels} dB of the sound`);
    }
  }
  return { faults, worstErrorDb: Math.round(100 * Math.log10(Math.max(worst, 1e-12))) / 10 };
}

async function soundPackets(world: Pick<World, "files">, film: string): Promise<readonly PacketBytes[]> {
  const { tracks } = await readMp4(world.files, film);
  const samples = tracks.find(({ kind }) => kind === "sound")?.samples;
  return Array.from({ length: samples?.count ?? 0 }, (_, index) => ({
    path: film,
    start: samples?.offsets[index] ?? 0,
    bytes: samples?.sizes[index] ?? 0,
  }));
}

/** The film's packets at a seam, and those of the window that was encoded, of which the film has only the middle. */
function packetsToCompare(
  ofFilm: readonly PacketBytes[],
  encoded: readonly PacketBytes[],
  { packet }: AacSeam,
  index: number,
): readonly PacketBytes[] {
  const inWindow = index * WINDOW_PACKETS + WINDOW.before;
  return [
    ...ofFilm.slice(packet - CHECKED.before, packet + CHECKED.after),
    ...encoded.slice(inWindow - CHECKED.before, inWindow + CHECKED.after),
  ];
}

async function compare(
  world: Pick<World, "files">,
  { channels }: AacPlan,
  joined: string,
  decoded: string,
  seam: AacSeam,
  index: number,
) {
  const packet = AAC_PACKET_SAMPLES * channels;
  const from = (seam.sample - seam.packet * AAC_PACKET_SAMPLES - COMPARED_SAMPLES) * channels;
  const count = COMPARED_SAMPLES * 2 * channels;
  const filmStart = (index * 2 * CHECKED_PACKETS + CHECKED.before) * packet;
  const [wanted, heard, coded] = await Promise.all([
    readSamples(world, joined, (index * WINDOW_PACKETS + WINDOW.before) * packet + from, count),
    readSamples(world, decoded, filmStart + from, count),
    readSamples(world, decoded, filmStart + CHECKED_PACKETS * packet + from, count),
  ]);
  let [power, error, codingError] = [0, 0, 0];
  for (const [at, value] of wanted.entries()) {
    power += value ** 2;
    error += (value - (heard[at] ?? 0)) ** 2;
    codingError += (value - (coded[at] ?? 0)) ** 2;
  }
  return { power, error, codingError };
}
