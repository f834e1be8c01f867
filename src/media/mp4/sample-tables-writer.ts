import { box, type Part, u32, versionedBox } from "./box-writer.ts";
import type { NewTrack } from "./new-track.ts";

/** Packets of one track that lie together in the file. */
export interface Chunk {
  /** number of the first packet, from 0 */
  readonly first: number;
  readonly count: number;
}

/**
 * The tables by which a track's packets are found, timed and decoded.
 *
 * @param sizes - bytes of each packet
 * @param places - where each chunk begins in the file
 * @param long - places take 64 bits
 * @see ISO/IEC 14496-12, 8.5 to 8.7
 */
export function sampleTables(
  { description, packets: { durations, shownAfter, keys } }: Pick<NewTrack, "description" | "packets">,
  sizes: Uint32Array,
  chunks: readonly Chunk[],
  places: Float64Array,
  long: boolean,
): Uint8Array {
  return box("stbl", [
    versionedBox("stsd", 0, 0, u32(1), description),
    versionedBox("stts", 0, 0, runsOf(durations)),
    // A table of nothing but zeros would say the same.
    shownAfter?.some((ticks) => ticks !== 0) ? versionedBox("ctts", 0, 0, runsOf(shownAfter)) : [],
    keys ? versionedBox("stss", 0, 0, keyNumbers(keys)) : [],
    versionedBox("stsc", 0, 0, chunkRuns(chunks)),
    versionedBox("stsz", 0, 0, u32(0, sizes.length), wordsOf(sizes)),
    versionedBox(long ? "co64" : "stco", 0, 0, u32(places.length), long ? longWordsOf(places) : wordsOf(places)),
  ] satisfies Part);
}

/** So many packets with this number, so many with that; their count before them. */
function runsOf(values: Uint32Array): Uint8Array {
  const runs: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const last = runs.length - 2;
    if (last >= 0 && runs[last + 1] === value) runs[last] = (runs[last] ?? 0) + 1;
    else runs.push(1, value);
  }
  return wordsOf([runs.length / 2, ...runs]);
}

function keyNumbers(keys: Uint8Array): Uint8Array {
  const numbers: number[] = [];
  keys.forEach((key, index) => {
    if (key === 1) numbers.push(index + 1);
  });
  return wordsOf([numbers.length, ...numbers]);
}

/** From which chunk on each has how many packets. */
function chunkRuns(chunks: readonly Chunk[]): Uint8Array {
  const runs: number[] = [];
  chunks.forEach(({ count }, index) => {
    if (runs.length === 0 || count !== runs.at(-2)) runs.push(index + 1, count, 1);
  });
  return wordsOf([runs.length / 3, ...runs]);
}

/** `u32` of lists that are too long to be arguments. */
function wordsOf(values: ArrayLike<number>): Uint8Array {
  const words = Uint32Array.from(values); // of one kind, as a loop over many kinds takes ten times as long
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (let index = 0; index < words.length; index++) view.setUint32(index * 4, words[index] ?? 0);
  return new Uint8Array(view.buffer);
}

function longWordsOf(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (let index = 0; index < values.length; index++) view.setBigUint64(index * 8, BigInt(values[index] ?? 0));
  return new Uint8Array(view.buffer);
}
