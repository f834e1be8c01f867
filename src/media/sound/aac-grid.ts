import type { PacketBytes } from "../mp4/packet-bytes.ts";
import type { AacTrack } from "./aac-track.ts";
import { SOUND, type SoundSlot } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES } from "./sound-track.ts";

/** A clip's sound and the stretch of the film that it fills. */
export interface GridClip {
  readonly track: AacTrack;
  /** sample of what is heard of the clip with which its slot begins */
  readonly fromSample: number;
  readonly slot: SoundSlot;
}

/**
 * Which packets a film takes over from its clips and which are made new. Packets of the film are counted from 0, the
 * priming's included; a packet is numbered like the stretch of 1024 samples that is complete once it was decoded.
 */
export interface AacPlan {
  /** samples at the film's beginning that are decoded and not heard */
  readonly primingSamples: number;
  readonly packets: number;
  readonly channels: number;
  readonly runs: readonly AacRun[];
  /** the one with index i lies behind run i */
  readonly seams: readonly AacSeam[];
}

/** Packets that a clip gives to the film, from `first` up to but without `end`. */
export interface AacRun {
  readonly track: AacTrack;
  readonly first: number;
  readonly end: number;
  /** number of a packet in the film minus its number in the clip */
  readonly shift: number;
}

/** Two clips meet here. The packets between the runs before and after it are made new. */
export interface AacSeam {
  /** first sample of the later clip, counted from the film's first decoded one */
  readonly sample: number;
  /** the packet in whose samples that one lies */
  readonly packet: number;
  readonly fades: boolean;
}

export type GridAnswer =
  | { readonly fits: true; readonly plan: AacPlan }
  | { readonly fits: false; readonly why: string };

/**
 * Packets made new on each side of a seam. With one the film still decodes what a clip's own encoder thought would follow;
 * three are no better than two.
 */
const REPLACED = { before: 2, after: 2 } as const;

/** A shorter clip has no packets left between its seams that could be taken over. */
const FEWEST_PACKETS = 12;

/** Edit lists count in milliseconds. */
const END_TOLERANCE_SAMPLES = SOUND.sampleRate / 1000;

/**
 * Puts clips on the film's grid of packets. Each begins a whole number of packets after the first one, which 8 s do at 48
 * kHz and 4, 6 or 12 s do not.
 *
 * @param clips - in playing order, at least one; their slots follow one another without a gap
 */
export function planAac(clips: readonly GridClip[]): GridAnswer {
  const [first] = clips;
  const last = clips.at(-1);
  if (!first || !last) throw new RangeError("join: a film without clips");
  // A film that begins inside a clip needs the packet before, as each is heard in two stretches.
  const leading = first.fromSample + first.track.primingSamples;
  const skipped = Math.max(0, Math.floor(leading / AAC_PACKET_SAMPLES) - 1);
  const primingSamples = leading - skipped * AAC_PACKET_SAMPLES;
  const packetAt = (sample: number) => (primingSamples + sample) / AAC_PACKET_SAMPLES;

  const shifts: number[] = [];
  for (const [index, clip] of clips.entries()) {
    const shift = packetAt(clip.slot.start - clip.fromSample - clip.track.primingSamples);
    const packetsNeeded = Math.ceil(packetAt(clip.slot.start + clip.slot.samples)) - shift;
    const why = whyOffGrid(clip, shift, packetsNeeded, first.track, clips.length > 1);
    if (why !== undefined) return { fits: false, why: `the sound of clip ${index + 1} ${why}` };
    shifts.push(shift);
  }
  const seams = clips.slice(1).map(({ slot }): AacSeam => {
    const sample = primingSamples + slot.start;
    return { sample, packet: Math.floor(sample / AAC_PACKET_SAMPLES), fades: slot.fadeIn };
  });
  const packets = Math.ceil(packetAt(last.slot.start + last.slot.samples));
  const runs = clips.map(({ track }, index): AacRun => {
    const [before, after] = [seams[index - 1], seams[index]];
    return {
      track,
      first: before ? before.packet + REPLACED.after : 0,
      end: after ? after.packet - REPLACED.before : packets,
      shift: shifts[index] ?? 0,
    };
  });
  return { fits: true, plan: { primingSamples, packets, channels: first.track.channels, runs, seams } };
}

function whyOffGrid(
  { track, fromSample, slot }: GridClip,
  shift: number,
  packetsNeeded: number,
  first: AacTrack,
  hasSeams: boolean,
): string | undefined {
  if (track.channels !== first.channels) return `has ${track.channels} channels, that of clip 1 ${first.channels}`;
  if (!Number.isInteger(shift)) {
    const beside = Math.round((shift - Math.floor(shift)) * AAC_PACKET_SAMPLES);
    return `begins ${beside} samples beside the film's grid of AAC packets`;
  }
  const missing = fromSample + slot.samples - track.heardSamples;
  if (packetsNeeded > track.packets.count || missing > END_TOLERANCE_SAMPLES) {
    const samples = Math.max(missing, (packetsNeeded - track.packets.count) * AAC_PACKET_SAMPLES);
    return `ends ${Math.ceil((samples * 1000) / SOUND.sampleRate)} ms before the picture`;
  }
  if (hasSeams && slot.samples < FEWEST_PACKETS * AAC_PACKET_SAMPLES) return "is too short between its seams";
  return undefined;
}

/** The packets that a clip gives to the film. */
export function copiedPackets(run: AacRun): readonly PacketBytes[] {
  return Array.from({ length: run.end - run.first }, (_, index) => {
    const packet = packetOf(run, run.first + index);
    if (!packet) throw new RangeError(`join: packet ${run.first + index} of the film lies outside its clip`);
    return packet;
  });
}

/**
 * A clip's packet, whether the film takes it over or not.
 *
 * @param packet - the film's number of it
 * @returns undefined when the clip begins later or has ended
 */
export function packetOf({ track: { path, packets }, shift }: AacRun, packet: number): PacketBytes | undefined {
  const [start, bytes] = [packets.offsets[packet - shift], packets.sizes[packet - shift]];
  return start === undefined || bytes === undefined ? undefined : { path, start, bytes };
}
