import type { OpenFile } from "../../world/files.ts";
import { PAGE_BYTES, pageMemory } from "../../world/page-memory.ts";
import { PIECE_BYTES } from "../mp4/packet-stream.ts";

/** A stretch of a file that is still being written, in memory. */
export interface ReadBehind {
  /** Begins to bring in some bytes and those that are written behind them, while others go on. */
  fetch(start: number, bytes: number, end: number): void;
  /** Waits for what was begun. */
  arrived(): Promise<void>;
  /** @returns undefined when they are not in memory */
  find(start: number, bytes: number): Uint8Array | undefined;
  close(): Promise<void>;
}

/** Bytes read at once: what was written last, and before it the beginning of a packet. */
const READ_BYTES = 2 * PIECE_BYTES;

/** @param file - which is closed with it */
export function openReadBehind(file: OpenFile): ReadBehind {
  let memory = pageMemory(READ_BYTES);
  let from = 0;
  let held: Uint8Array = new Uint8Array();
  let fetching = Promise.resolve();
  const read = async (start: number, bytes: number, end: number): Promise<void> => {
    const first = start - (start % PAGE_BYTES);
    const wanted = Math.max(start + bytes, Math.min(end, first + READ_BYTES)) - first;
    const length = Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES;
    if (length > memory.length) memory = pageMemory(length);
    held = await file.read(first, memory.subarray(0, length));
    from = first;
  };
  return {
    fetch(start, bytes, end) {
      held = new Uint8Array();
      fetching = read(start, bytes, end);
      fetching.catch(() => undefined); // heard of by whoever waits for it
    },
    arrived: () => fetching,
    find(start, bytes) {
      const at = start - from;
      return at >= 0 && at + bytes <= held.length ? held.subarray(at, at + bytes) : undefined;
    },
    async close() {
      await fetching.catch(() => undefined);
      await file.close();
    },
  };
}
