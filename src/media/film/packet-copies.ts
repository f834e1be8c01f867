import { PIECE_BYTES } from "../mp4/packet-stream.ts";

/** A packet as it was taken. */
export interface PacketCopy {
  readonly track: number;
  readonly packet: number;
  readonly bytes: number;
  /** bytes of all packets up to this one's end */
  readonly end: number;
}

/** Copies of packets in the order in which they were taken, the first of which is dropped when it was compared. */
export interface PacketCopies {
  add(track: number, packet: number, bytes: Uint8Array): void;
  first(): PacketCopy | undefined;
  /** Whether a stretch of other bytes is that of the first, from one of its bytes on. */
  isFirst(other: Uint8Array, start: number, length: number, from: number): boolean;
  /** The first, good until it is dropped. */
  firstBytes(): Uint8Array;
  drop(): void;
}

interface PlacedCopy extends PacketCopy {
  /** where its bytes lie */
  readonly at: number;
}

/** What is filled and what is written at one moment, and the packets at their ends. */
const USUAL_BYTES = 3 * PIECE_BYTES;

/** Packets that are forgotten together, as a list is not cut short for each of them. */
const DROPPED_AT_ONCE = 256;

/** Keeps copies in memory that does not grow with their number: of hundreds of thousands none leaves much behind. */
export function openPacketCopies(usualBytes = USUAL_BYTES): PacketCopies {
  // Filled from one end to the other, then from the beginning again, so that nothing is ever moved.
  let memory = Buffer.alloc(usualBytes);
  /** where the bytes that are kept begin, as far as anyone need know, and where they end */
  let start = 0;
  let free = 0;
  let kept = 0;
  let taken = 0;
  let waiting: PlacedCopy[] = [];
  let next = 0;
  const placeFor = (bytes: number): number | undefined => {
    if (kept === 0) return bytes <= memory.length ? 0 : undefined;
    const isRoundAgain = free <= start;
    if (free + bytes <= (isRoundAgain ? start : memory.length)) return free;
    return !isRoundAgain && bytes <= start ? 0 : undefined;
  };
  const grow = (bytes: number): number => {
    const larger = Buffer.alloc(2 * memory.length + bytes);
    start = 0;
    free = 0;
    waiting = waiting.slice(next).map((copy) => {
      const at = free;
      memory.copy(larger, at, copy.at, copy.at + copy.bytes);
      free += copy.bytes;
      return { ...copy, at };
    });
    next = 0;
    memory = larger;
    return free;
  };
  return {
    add(track, packet, bytes) {
      const at = placeFor(bytes.length) ?? grow(bytes.length);
      memory.set(bytes, at);
      if (kept === 0) start = at;
      free = at + bytes.length;
      kept += bytes.length;
      taken += bytes.length;
      waiting.push({ track, packet, bytes: bytes.length, at, end: taken });
    },
    first: () => waiting[next],
    isFirst(other, start, length, from) {
      const copy = waiting[next];
      if (!copy || from + length > copy.bytes) return false;
      const at = copy.at + from;
      return memory.compare(other, start, start + length, at, at + length) === 0;
    },
    firstBytes() {
      const { at, bytes } = waiting[next] ?? { at: 0, bytes: 0 };
      return memory.subarray(at, at + bytes);
    },
    drop() {
      const copy = waiting[next];
      if (!copy) return;
      if (copy.bytes > 0) start = copy.at + copy.bytes;
      kept -= copy.bytes;
      next++;
      if (next < DROPPED_AT_ONCE) return;
      waiting = waiting.slice(next);
      next = 0;
    },
  };
}
