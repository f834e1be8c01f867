import type { OpenFile } from "../../world/files.ts";
import { PAGE_BYTES, pageMemory } from "../../world/page-memory.ts";

/** Looks at a few places of a file that is being written, as its disk has them. */
export interface SpotChecks {
  /**
   * Begins to look at both sides of the border before a piece.
   *
   * @param piece - that was written, good until this returns
   * @param from - its place in the file
   */
  border(piece: Uint8Array, from: number): Promise<void>;
  /** Looks at the end of the file, once it is written. */
  end(): Promise<void>;
  /** @returns what is wrong, in words */
  faults(): readonly string[];
  close(): Promise<void>;
}

/**
 * What was written is looked at where its pieces meet, and at its end: a piece that was lost, cut short or put elsewhere is
 * found so. To read all of it would take the disk as long as to write it.
 *
 * @param file - which is closed with it
 */
export function openSpotChecks(file: OpenFile): SpotChecks {
  const memory = pageMemory(2 * PAGE_BYTES);
  /** what the place that is being looked at should hold */
  const expected = new Uint8Array(2 * PAGE_BYTES);
  /** the end of what was written, from a border of pages on */
  const tail = new Uint8Array(PAGE_BYTES);
  let tailBytes = 0;
  /** bytes of the file that were written */
  let written = 0;
  const wrong: number[] = [];
  let looking = Promise.resolve();
  const look = async (start: number, bytes: number): Promise<void> => {
    const found = await file.read(start, memory.subarray(0, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES));
    if (Buffer.compare(found.subarray(0, bytes), expected.subarray(0, bytes)) !== 0) wrong.push(start);
  };
  return {
    async border(piece, from) {
      await looking;
      const ahead = from === written ? tailBytes : 0;
      const behind = Math.min(piece.length, PAGE_BYTES);
      expected.set(tail.subarray(0, ahead));
      expected.set(piece.subarray(0, behind), ahead);
      looking = look(from - ahead, ahead + behind);
      looking.catch(() => undefined); // heard of by whoever waits for it
      written = from + piece.length;
      tailBytes = Math.min(piece.length, written % PAGE_BYTES || PAGE_BYTES);
      tail.set(piece.subarray(piece.length - tailBytes));
    },
    async end() {
      await looking;
      expected.set(tail.subarray(0, tailBytes));
      await look(written - tailBytes, tailBytes);
    },
    faults() {
      const [first] = wrong;
      if (first === undefined) return [];
      return [`its disk does not hold what was written at byte ${first}${wrong.length > 1 ? " and elsewhere" : ""}`];
    },
    async close() {
      await looking.catch(() => undefined);
      await file.close();
    },
  };
}
