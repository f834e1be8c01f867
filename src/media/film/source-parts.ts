import type { Files } from "../../world/files.ts";
import type { Mp4, Mp4Track } from "../mp4/mp4.ts";
import { packetChecksums, packetsOf } from "../mp4/packet-checksums.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import { shownTimes } from "../mp4/times.ts";
import type { PicturePart } from "./join-job.ts";

/** A part of a film as its own file tells it. */
export interface SourcePart {
  readonly path: string;
  /** by packet: bytes, seconds after the part's first packet at which it is shown, and CRC-32 */
  readonly sizes: Uint32Array;
  readonly shownSeconds: Float64Array;
  readonly checksums: Uint32Array;
  /** a tick of its file, and so the most by which its times may be rounded */
  readonly tickSeconds: number;
  readonly decoderConfig: Uint8Array;
}

/**
 * Reads the tables of a film's parts.
 *
 * @param known - checksums of all parts' packets, one after another; undefined: the packets are read too, a file that
 *   returns once
 */
export async function readParts(
  files: Pick<Files, "open">,
  movieOf: ReadMovie,
  parts: readonly PicturePart[],
  known: Uint32Array | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly SourcePart[]> {
  const read = new Map<string, Uint32Array>();
  const found: SourcePart[] = [];
  let packet = 0;
  for (const { path, first, end } of parts) {
    signal?.throwIfAborted();
    const movie = await movieOf(path);
    const track = movie.tracks.find(({ kind }) => kind === "picture");
    if (!track) throw new Error(`join: ${path} lost its picture while it was joined`);
    const key = `${first}-${end} ${path}`;
    const checksums =
      known?.subarray(packet, packet + (end - first)) ??
      read.get(key) ??
      (await packetChecksums(files, packetsOf(path, track.samples, first, end), signal));
    read.set(key, checksums);
    packet += end - first;
    const { ticks } = shownTimes(track, movie);
    found.push({
      path,
      sizes: track.samples.sizes.subarray(first, end),
      shownSeconds: ticks.subarray(first, end).map((shown) => (shown - (ticks[first] ?? 0)) / track.timescale),
      checksums,
      tickSeconds: 1 / track.timescale,
      decoderConfig: track.decoderConfig,
    });
  }
  return found;
}

/** Whether the film has the parts' packets by size, and shows them in their order and tempo. */
export function unlikeSource(picture: Mp4Track, movie: Mp4, parts: readonly SourcePart[]): readonly string[] {
  const faults: string[] = [];
  const { ticks } = shownTimes(picture, movie);
  let packet = 0;
  for (const [index, { path, sizes, shownSeconds, tickSeconds }] of parts.entries()) {
    const from = packet;
    packet += sizes.length;
    if (sizes.some((size, at) => size !== picture.samples.sizes[from + at])) {
      faults.push(`the packets of clip ${index + 1} are not those of ${path}`);
      continue;
    }
    const tolerance = tickSeconds + 1 / picture.timescale;
    const start = ticks[from] ?? 0;
    const isOff = shownSeconds.some((seconds, at) => {
      return Math.abs(((ticks[from + at] ?? 0) - start) / picture.timescale - seconds) > tolerance;
    });
    if (isOff) faults.push(`the frames of clip ${index + 1} are shown in another order or tempo`);
  }
  return faults;
}
