import type { Files, OpenFile } from "../../world/files.ts";
import { PAGE_BYTES, pageMemory } from "../../world/page-memory.ts";
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
  /** packets of tracks that the film's tables do not have */
  let strangers = 0;
  let memory = Buffer.from(pageMemory(PIECE_BYTES).buffer);
  /** where in the film that begins which is in memory, and where it ends */
  let heldFrom = 0;
  let heldEnd = 0;

  /** Brings in a packet and what is written behind it. */
  const read = async (start: number, bytes: number, end: number): Promise<void> => {
    heldFrom = start - (start % PAGE_BYTES);
    const wanted = Math.max(start + bytes, Math.min(end, heldFrom + PIECE_BYTES)) - heldFrom;
    const length = Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES;
    if (length > memory.length) memory = Buffer.from(pageMemory(length).buffer);
    heldEnd = heldFrom + ((await file?.read(heldFrom, memory.subarray(0, length)))?.length ?? 0);
  };
  const isHeld = (start: number, bytes: number) => start >= heldFrom && start + bytes <= heldEnd;
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
        if (!isHeld(start, bytes)) await read(start, bytes, end);
        const isThere = isHeld(start, bytes) && proof?.track.samples.sizes[packet] === bytes;
        const at = start - heldFrom;
        if (!proof) strangers++;
        else if (!isThere || !copies.isFirst(memory, at)) proof.wrong.add(packet);
        if (isThere && proof?.track.kind === "picture") proof.stray.look(memory.subarray(at, at + bytes));
        copies.drop();
      }
    },
    faults(parts) {
      const isUnread = copies.first() !== undefined || strangers > 0;
      const unread = isUnread ? ["not all of its packets were read back"] : [];
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
  readonly bytes: number;
  /** bytes of all packets up to this one's end */
  readonly end: number;
}

/** Packets that were taken and are not yet to be found in the film, in their order. Of hundreds of thousands none leaves much behind. */
function openCopies() {
  let memory = Buffer.alloc(2 * PIECE_BYTES);
  /** how much was taken before what is at the memory's beginning */
  let base = 0;
  let end = 0;
  let waiting: Copy[] = [];
  let next = 0;
  const makeRoom = (bytes: number): void => {
    // At nearly every border of pieces a packet lies half on either side, so that the list is hardly ever empty.
    waiting = waiting.slice(next);
    next = 0;
    const [copy] = waiting;
    const from = copy ? copy.end - copy.bytes : end;
    const kept = end - from;
    if (kept + bytes > memory.length) {
      const larger = Buffer.alloc(2 * (kept + bytes));
      memory.copy(larger, 0, from - base, end - base);
      memory = larger;
    } else memory.copyWithin(0, from - base, end - base);
    base = from;
  };
  return {
    add(track: number, packet: number, bytes: Uint8Array): void {
      if (end - base + bytes.length > memory.length) makeRoom(bytes.length);
      memory.set(bytes, end - base);
      end += bytes.length;
      waiting.push({ track, packet, bytes: bytes.length, end });
    },
    first(): Copy | undefined {
      return waiting[next];
    },
    /** Whether other memory holds the first of them from a place on. */
    isFirst(other: Uint8Array, at: number): boolean {
      const copy = waiting[next];
      if (!copy) return false;
      const to = copy.end - base;
      return memory.compare(other, at, at + copy.bytes, to - copy.bytes, to) === 0;
    },
    drop(): void {
      next++;
      if (next < waiting.length) return;
      waiting = [];
      next = 0;
      base = end;
    },
  };
}
