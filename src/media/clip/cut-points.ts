import type { Files } from "../../world/files.ts";
import type { Mp4, Mp4Track } from "../mp4/mp4.ts";
import { shownTimes } from "../mp4/times.ts";

/** Where a run of a clip's packets can begin and end, so that it can be copied and holds exactly the frames of a stretch. */
export interface CutPoints {
  /** frames at which a run can begin: a picture from which all later ones can be decoded (an IDR), and none before is still to come */
  readonly starts: readonly number[];
  /** frames before which a run can end: packets so far hold exactly the frames so far */
  readonly ends: readonly number[];
  /**
   * every packet that the file calls a key frame is one of the starts, so that a decoder that begins at any of them misses
   * nothing; not so with open groups, where it leaves out frames that are shown before the key frame
   */
  readonly closed: boolean;
}

const NO_POINTS: CutPoints = { starts: [], ends: [], closed: false };

/** Bytes at the beginning of a packet in which its first picture unit is looked for: parameter sets and messages stand before it. */
const LOOKED_AT = 4096;

/** Kinds of units that hold a picture's data. @see ITU-T H.264, table 7-1 */
const PICTURE_UNITS = { first: 1, instantRefresh: 5 } as const;

/**
 * Finds the cut points of an H.264 clip. The table of key packets alone is not trusted: with open groups it names pictures
 * from which later ones cannot all be decoded, so each is looked at.
 *
 * @returns no points where the picture is no H.264 or an edit list hides some of it
 */
export async function findCutPoints(
  files: Pick<Files, "readBytes">,
  path: string,
  movie: Pick<Mp4, "timescale">,
  track: Mp4Track,
): Promise<CutPoints> {
  if (track.codec !== "avc1" || track.descriptions !== 1) return NO_POINTS;
  const { samples } = track;
  const { ticks, hides } = shownTimes(track, movie);
  if (hides) return NO_POINTS;
  const lengthBytes = ((track.decoderConfig[4] ?? 3) & 3) + 1;
  const starts: number[] = [];
  const ends: number[] = [];
  const places = placesOf(ticks);
  let last = -1;
  let keys = 0;
  for (let index = 0; index < samples.count; index++) {
    const isClosed = last === index - 1;
    if (isClosed && index > 0) ends.push(index);
    if (samples.keys[index] === 1) keys++;
    if (isClosed && samples.keys[index] === 1 && places[index] === index) {
      const length = Math.min(samples.sizes[index] ?? 0, LOOKED_AT);
      const bytes = await files.readBytes(path, { start: samples.offsets[index] ?? 0, length });
      if (isInstantRefresh(bytes, lengthBytes)) starts.push(index);
    }
    last = Math.max(last, places[index] ?? 0);
  }
  if (last === samples.count - 1 && samples.count > 0) ends.push(samples.count);
  return { starts, ends, closed: starts.length === keys };
}

/** For each packet in decoding order, which frame it is, from 0. */
function placesOf(ticks: Float64Array): Uint32Array {
  const order = Array.from(ticks.keys()).sort((a, b) => (ticks[a] ?? 0) - (ticks[b] ?? 0));
  const places = new Uint32Array(ticks.length);
  order.forEach((packet, place) => {
    places[packet] = place;
  });
  return places;
}

/** Whether the packet's first picture unit is one after which nothing before it is needed. */
function isInstantRefresh(packet: Uint8Array, lengthBytes: number): boolean {
  for (let at = 0; at + lengthBytes < packet.length; ) {
    let length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (packet[at + index] ?? 0);
    const kind = (packet[at + lengthBytes] ?? 0) & 31;
    if (kind >= PICTURE_UNITS.first && kind <= PICTURE_UNITS.instantRefresh)
      return kind === PICTURE_UNITS.instantRefresh;
    at += lengthBytes + length;
  }
  return false;
}
