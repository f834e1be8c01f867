import { PAGE_BYTES, pageMemory } from "../../world/direct-disk.ts";
import type { Files, OpenFile } from "../../world/files.ts";
import { type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import { PIECE_BYTES } from "../mp4/packet-stream.ts";
import type { Onlooker } from "../mp4/write-mp4.ts";
import { type PartPlace, partsOfPackets } from "./source-parts.ts";
import { strayParameterSets } from "./verify-parameter-sets.ts";

export interface ProofReader extends Onlooker {
  /** @returns what is wrong with the packets, in words */
  faults(parts: readonly PartPlace[]): readonly string[];
  close(): Promise<void>;
}

/**
 * Reads a film while it is written, close behind the pen: each packet at the place that the film's own tables name, compared
 * with its bytes as they were taken from the clip. What was taken is still at hand then; when the film is done, it has to be
 * fetched or summed up again. A large film comes from the disk itself.
 *
 * Its tables are those in the file, and its copies of what was taken are its own, so that no mistake of the writer is its too.
 */
export function openProofReader(files: Pick<Files, "open" | "stat">, film: string): ProofReader {
  let file: OpenFile | undefined;
  let tracks: readonly ProofTrack[] = [];
  let head = 0;
  const copies = openCopies();
  let memory = pageMemory(PIECE_BYTES);
  /** what of the film is in memory, and where in the film that begins */
  let held: Uint8Array = memory.subarray(0, 0);
  let heldFrom = 0;

  /** @returns undefined when the packet is not in memory */
  const find = (start: number, bytes: number): Uint8Array | undefined => {
    const from = start - heldFrom;
    return from >= 0 && from + bytes <= held.length ? held.subarray(from, from + bytes) : undefined;
  };
  /** Brings in a packet and what is written behind it. */
  const read = async (start: number, bytes: number, end: number): Promise<Uint8Array | undefined> => {
    heldFrom = start - (start % PAGE_BYTES);
    const wanted = Math.max(start + bytes, Math.min(end, heldFrom + PIECE_BYTES)) - heldFrom;
    const length = Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES;
    if (length > memory.length) memory = pageMemory(length);
    held = (await file?.read(heldFrom, memory.subarray(0, length))) ?? memory.subarray(0, 0);
    return find(start, bytes);
  };
  return {
    async begin({ headBytes, bytes, direct }) {
      head = headBytes;
      // What the system has in its memory would have to go to the disk before it could be read there.
      file = await files.open(film, { direct });
      const movie = await readMp4(files, film, bytes);
      tracks = movie.tracks.map((track) => ({ track, wrong: new Set(), stray: strayParameterSets(track) }));
    },
    take: copies.add,
    async follow(end) {
      for (let copy = copies.first(); copy && head + copy.end <= end; copy = copies.first()) {
        const { packet, bytes } = copy;
        const proof = tracks[copy.track];
        const start = proof?.track.samples.offsets[packet] ?? 0;
        const is = find(start, bytes.length) ?? (await read(start, bytes.length, end));
        const isAsLong = proof?.track.samples.sizes[packet] === bytes.length;
        if (!isAsLong || !is || Buffer.compare(is, bytes) !== 0) proof?.wrong.add(packet);
        if (is && proof?.track.kind === "picture") proof.stray.look(is);
        copies.drop();
      }
    },
    faults(parts) {
      const unread = copies.first() ? ["not all of its packets were read back"] : [];
      return [...tracks.flatMap((proof) => faultsOf(proof, parts)), ...unread];
    },
    async close() {
      await file?.close();
    },
  };
}

interface ProofTrack {
  readonly track: Mp4Track;
  /** packets that the film does not hold as they were taken */
  readonly wrong: Set<number>;
  readonly stray: ReturnType<typeof strayParameterSets>;
}

function faultsOf({ track, wrong, stray }: ProofTrack, parts: readonly PartPlace[]): readonly string[] {
  if (track.kind === "picture") return [...partsOfPackets(wrong, parts), ...stray.faults()];
  if (wrong.size === 0) return [];
  return [`${wrong.size} packets of its ${track.kind === "sound" ? "sound" : "words"} are not those that went in`];
}

interface Copy {
  readonly track: number;
  readonly packet: number;
  readonly bytes: Uint8Array;
  /** bytes of all packets up to this one's end */
  readonly end: number;
}

/** Packets that were taken and are not yet to be found in the film, in their order. */
function openCopies() {
  let memory = new Uint8Array(4 * PIECE_BYTES);
  /** how much was taken before what is at the memory's beginning */
  let base = 0;
  let end = 0;
  let waiting: { track: number; packet: number; from: number; end: number }[] = [];
  let next = 0;
  return {
    add(track: number, packet: number, bytes: Uint8Array): void {
      if (end - base + bytes.length > memory.length) makeRoom(bytes.length);
      memory.set(bytes, end - base);
      waiting.push({ track, packet, from: end, end: end + bytes.length });
      end += bytes.length;
    },
    first(): Copy | undefined {
      const copy = waiting[next];
      return copy && { ...copy, bytes: memory.subarray(copy.from - base, copy.end - base) };
    },
    drop(): void {
      next++;
      if (next < waiting.length) return;
      waiting = [];
      next = 0;
      base = end;
    },
  };

  function makeRoom(bytes: number): void {
    const from = waiting[next]?.from ?? end;
    const kept = memory.subarray(from - base, end - base);
    const isTooSmall = kept.length + bytes > memory.length;
    if (isTooSmall) {
      memory = new Uint8Array(2 * (kept.length + bytes));
      memory.set(kept);
    } else memory.copyWithin(0, from - base, end - base);
    base = from;
  }
}
