import { join } from "node:path";
import type { World } from "../../world/world.ts";
import { readMp4 } from "../mp4/mp4.ts";
import type { PacketBytes } from "../mp4/packet-bytes.ts";
import { readPairs } from "../mp4/packet-pairs.ts";
import { decodePackets, readSamples, samplesIn } from "./decode-packets.ts";
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
const QUIETEST = 1e-6 * COMPARED_SAMPLES * 2;

/**
 * Decodes a finished film around its seams, all in one run of ffmpeg, and compares it sample by sample with both clips joined
 * there. A packet too many, a packet out of its place, a gap or a missing fade makes a difference far above an encoder's.
 *
 * @throws RenderError, SeamsNotMade, BrokenMp4
 */
export async function checkSeams(world: Pick<World, "files" | "render">, check: SeamCheck): Promise<SeamVerdict> {
  const { sound, film } = check;
  const { plan } = sound;
  if (plan.seams.length === 0) return { faults: [], worstErrorDb: undefined };
  const ofFilm = await soundPackets(world, film);
  const around = plan.seams.map(({ packet }) => ofFilm.slice(packet - CHECKED.before, packet + CHECKED.after));
  if (around.some(({ length }) => length !== CHECKED_PACKETS)) {
    return { faults: ["its sound ends before its last seam"], worstErrorDb: undefined };
  }
  const errors = await compare(world, check, around, plan.seams.keys(), "heard");
  const loudest = (index: number) => Math.max(errors.get(index)?.power ?? 0, QUIETEST * plan.channels);
  const errorOf = (index: number) => (errors.get(index)?.error ?? Number.NaN) / loudest(index);
  const doubtful = [...plan.seams.keys()].filter((index) => !(errorOf(index) <= MOST_ERROR));
  // Only where the film is off it matters whether its encoder could not do better.
  const windows = plan.seams.map((_, index) => {
    const inWindow = index * WINDOW_PACKETS + WINDOW.before;
    return sound.encoded.slice(inWindow - CHECKED.before, inWindow + CHECKED.after);
  });
  const coded = await compare(world, check, windows, doubtful.values(), "coded");
  const faults = doubtful
    .filter((index) => {
      const coding = (coded.get(index)?.error ?? 0) / loudest(index);
      return !(errorOf(index) <= Math.max(MOST_ERROR, 2 * Math.min(coding, MOST_CODING_ERROR)));
    })
    .map((index) => {
      const decibels = (10 * Math.log10(errorOf(index))).toFixed(1);
      return `the seam before clip ${index + 2} sounds otherwise than its clips do: ${decibels} dB of the sound`;
    });
  const worst = Math.max(1e-12, ...[...plan.seams.keys()].map(errorOf));
  return { faults, worstErrorDb: Math.round(100 * Math.log10(worst)) / 10 };
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

interface SeamError {
  /** of what should be heard around the seam, and of what is heard otherwise: sums of squares */
  readonly power: number;
  readonly error: number;
}

/**
 * Decodes packets around some seams, in one run of ffmpeg, and holds them against what should be heard there.
 *
 * @param packets - for each seam of the film
 */
async function compare(
  world: Pick<World, "files" | "render">,
  { ffmpeg, sound: { plan, joined }, folder, signal }: SeamCheck,
  packets: readonly (readonly PacketBytes[])[],
  seams: Iterable<number>,
  name: string,
): Promise<ReadonlyMap<number, SeamError>> {
  const { channels } = plan;
  const found = new Map<number, SeamError>();
  const asked = [...seams];
  if (asked.length === 0) return found;
  const decoded = asked.flatMap((index) => packets[index] ?? []);
  await decodePackets(world, { ffmpeg, packets: decoded, channels, folder, name, signal });
  const stretches = asked.map((index, at) => {
    const seam = plan.seams[index];
    if (!seam) throw new RangeError(`join: a film without a seam ${index + 1}`);
    const packet = AAC_PACKET_SAMPLES * channels;
    const from = (seam.sample - seam.packet * AAC_PACKET_SAMPLES - COMPARED_SAMPLES) * channels;
    const count = COMPARED_SAMPLES * 2 * channels;
    return {
      wanted: samplesIn(joined, (index * WINDOW_PACKETS + WINDOW.before) * packet + from, count),
      heard: samplesIn(join(folder, `${name}.f32`), (at * CHECKED_PACKETS + CHECKED.before) * packet + from, count),
    };
  });
  const judge = (at: number, should: Uint8Array, does: Uint8Array) => {
    const wanted = readSamples(should);
    const heard = readSamples(does);
    let [power, error] = [0, 0];
    for (let sample = 0; sample < wanted.length; sample++) {
      power += (wanted[sample] ?? 0) ** 2;
      error += ((wanted[sample] ?? 0) - (heard[sample] ?? 0)) ** 2;
    }
    const index = asked[at];
    if (index !== undefined) found.set(index, { power, error });
  };
  const [wanted, heard] = [stretches.map((each) => each.wanted), stretches.map((each) => each.heard)];
  await readPairs(world.files, wanted, heard, judge, signal);
  return found;
}
