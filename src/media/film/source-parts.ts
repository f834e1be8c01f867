import type { Mp4, Mp4Track } from "../mp4/mp4.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import type { Samples } from "../mp4/samples.ts";
import { shownTimes } from "../mp4/times.ts";
import type { PicturePart } from "./join-job.ts";

/** Where a part of a film lies. */
export interface PartPlace {
  readonly path: string;
  /** its first packet there, and one past its last */
  readonly first: number;
  readonly end: number;
}

/** A part of a film as its own file tells it. */
export interface SourcePart extends PartPlace {
  readonly samples: Samples;
  /** by packet of the part, seconds after the first at which it is shown */
  readonly shownSeconds: Float64Array;
  /** a tick of its file, and so the most by which its times may be rounded */
  readonly tickSeconds: number;
  readonly decoderConfig: Uint8Array;
}

/** Reads the tables of a film's parts. */
export async function readParts(movieOf: ReadMovie, parts: readonly PicturePart[]): Promise<readonly SourcePart[]> {
  const found: SourcePart[] = [];
  for (const { path, first, end } of parts) {
    const movie = await movieOf(path);
    const track = movie.tracks.find(({ kind }) => kind === "picture");
    if (!track) throw new Error(`join: ${path} lost its picture while it was joined`);
    const { ticks } = shownTimes(track, movie);
    found.push({
      ...{ path, first, end },
      samples: track.samples,
      shownSeconds: ticks.subarray(first, end).map((shown) => (shown - (ticks[first] ?? 0)) / track.timescale),
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
  for (const [index, { path, samples, first, end, shownSeconds, tickSeconds }] of parts.entries()) {
    const from = packet;
    const sizes = samples.sizes.subarray(first, end);
    packet += sizes.length;
    if (sizes.some((size, at) => size !== picture.samples.sizes[from + at])) {
      faults.push(otherPackets(index, path));
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

/** Words for a part of which the film has other packets. */
export function otherPackets(part: number, path: string): string {
  return `the packets of clip ${part + 1} are not those of ${path}`;
}

/** The same for packets of the film by their number, each part once. */
export function partsOfPackets(wrong: ReadonlySet<number>, parts: readonly PartPlace[]): readonly string[] {
  const numbers = [...wrong];
  let start = 0;
  return parts.flatMap(({ path, first, end }, index) => {
    const from = start;
    start += end - first;
    const isWrong = numbers.some((packet) => packet >= from && packet < start);
    return isWrong ? [otherPackets(index, path)] : [];
  });
}
