import type { Files } from "../../world/files.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { readMp4 } from "../mp4/mp4.ts";
import { type PacketBytes, packetsOf } from "../mp4/packet-bytes.ts";

/** A film's sound as it is to be written, packet after packet, wherever each lies now. */
export interface SoundTrack {
  /** how it is decoded: a whole entry of `stsd`, head included (`mp4a` with its `esds`) */
  readonly description: Uint8Array;
  /** ticks a second: the sample rate */
  readonly timescale: number;
  /** samples at the beginning that are decoded and not heard */
  readonly primingSamples: number;
  /** samples that every packet decodes to */
  readonly packetSamples: number;
  /** in playing order, the priming included; enough to reach the end of the picture */
  readonly packets: readonly PacketBytes[];
}

/** AAC-LC decodes every packet to so many samples. @see ISO/IEC 14496-3, `frameLengthFlag` 0 */
export const AAC_PACKET_SAMPLES = 1024;

/**
 * The sound of a file, all of it, as our own ffmpeg writes it: AAC in one stretch, with its priming in the edit list.
 *
 * @throws BrokenMp4 when the file holds no such sound
 */
export async function readSoundTrack(files: Pick<Files, "open" | "stat">, path: string): Promise<SoundTrack> {
  const { tracks } = await readMp4(files, path);
  const track = tracks.find(({ kind }) => kind === "sound");
  if (track?.codec !== "mp4a" || track.descriptions !== 1) throw new BrokenMp4("it holds no sound of one kind");
  const [edit, ...others] = track.edits;
  if (others.length > 0 || (edit?.from ?? 0) < 0) throw new BrokenMp4("its sound is not one stretch");
  return {
    description: track.description,
    timescale: track.timescale,
    primingSamples: edit?.from ?? 0,
    packetSamples: AAC_PACKET_SAMPLES,
    packets: packetsOf(path, track.samples),
  };
}
