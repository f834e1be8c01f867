import type { PacketBytes } from "../mp4/packet-bytes.ts";
import { type AacPlan, type AacRun, type AacSeam, packetOf } from "./aac-grid.ts";
import { silentPacket } from "./adts.ts";
import { edgeGain, FADE_SAMPLES } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES } from "./sound-track.ts";

/**
 * Packets around a seam that are encoded anew, so that the few taken out of the middle were made by an encoder that had
 * heard what comes before and after them. Six on each side gave no better sound.
 */
export const WINDOW = { before: 3, after: 3 } as const;

export const WINDOW_PACKETS = WINDOW.before + WINDOW.after;
const WINDOW_SAMPLES = WINDOW_PACKETS * AAC_PACKET_SAMPLES;

/** What has to be decoded to know both clips' sound in a seam's window. */
export interface SeamSources {
  /** the earlier clip's packets, then the later one's; the first of each only prepares the decoder */
  readonly packets: readonly PacketBytes[];
  /** how many are the earlier clip's */
  readonly ofBefore: number;
}

export function seamSources({ runs, channels }: AacPlan, seam: AacSeam, index: number): SeamSources {
  const [before, after] = [runs[index], runs[index + 1]];
  if (!before || !after) throw new RangeError(`join: seam ${index + 1} has no clips beside it`);
  const stretch = (run: AacRun, first: number, end: number) =>
    // What a clip has before its first packet is silence: its decoder begins from nothing.
    Array.from({ length: end - first }, (_, at) => packetOf(run, first + at) ?? silentPacket(channels));
  const earlier = stretch(before, seam.packet - WINDOW.before - 1, Math.ceil(seam.sample / AAC_PACKET_SAMPLES));
  const later = stretch(after, seam.packet - 1, seam.packet + WINDOW.after);
  return { packets: [...earlier, ...later], ofBefore: earlier.length };
}

/**
 * The film's sound in a seam's window: the one clip up to the seam, the other from there, each faded at its edge unless the
 * second continues the first.
 *
 * @param decoded - the source packets' samples, channels side by side
 */
export function joinAtSeam(
  decoded: Float32Array,
  { ofBefore }: SeamSources,
  seam: AacSeam,
  channels: number,
): Float32Array {
  const joined = new Float32Array(WINDOW_SAMPLES * channels);
  const cut = seam.sample - (seam.packet - WINDOW.before) * AAC_PACKET_SAMPLES;
  // Behind the packet that prepares, the earlier clip begins with the window, and the later one with the seam's packet.
  const before = AAC_PACKET_SAMPLES;
  const after = (ofBefore + 1 - WINDOW.before) * AAC_PACKET_SAMPLES;
  for (let moment = 0; moment < WINDOW_SAMPLES; moment++) {
    const from = moment + (moment < cut ? before : after);
    const gain = seam.fades ? edgeGain(moment < cut ? cut - 1 - moment : moment - cut, FADE_SAMPLES) : 1;
    for (let channel = 0; channel < channels; channel++) {
      joined[moment * channels + channel] = gain * (decoded[from * channels + channel] ?? 0);
    }
  }
  return joined;
}
