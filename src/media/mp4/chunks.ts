import type { NewTrack } from "./new-track.ts";
import type { Chunk } from "./sample-tables-writer.ts";

/** So much of each track lies together: little to hold for a player, and few pieces to read. */
const CHUNK_SECONDS = 0.5;

/** A chunk and the track it belongs to. */
export interface PlacedChunk extends Chunk {
  /** index of the track */
  readonly track: number;
}

/** Cuts tracks into chunks and sorts them by time, so that what is shown and heard together lies together. */
export function interleave(tracks: readonly Pick<NewTrack, "timescale" | "packets">[]): readonly PlacedChunk[] {
  const chunks = tracks.flatMap((track, index) => chunksOf(track, index));
  return chunks.sort((a, b) => a.seconds - b.seconds || a.track - b.track);
}

function chunksOf({ timescale, packets: { durations } }: Pick<NewTrack, "timescale" | "packets">, track: number) {
  const chunks: (PlacedChunk & { seconds: number })[] = [];
  const most = CHUNK_SECONDS * timescale;
  let ticks = 0;
  let first = 0;
  let start = 0;
  for (let index = 0; index <= durations.length; index++) {
    const isFull = ticks - start >= most;
    if (index > first && (isFull || index === durations.length)) {
      chunks.push({ track, first, count: index - first, seconds: start / timescale });
      first = index;
      start = ticks;
    }
    ticks += durations[index] ?? 0;
  }
  return chunks;
}
