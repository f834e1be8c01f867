import { constants, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Pace } from "./disk-pace.ts";
import type { OpenFile } from "./files.ts";

/**
 * Direct I/O: bytes go between the disk and our memory without a copy in the system's. Only Linux has it in this form, and
 * some of its file systems refuse it, when a file is opened or when it is used; then all goes the usual way.
 */
const DIRECT = constants.O_DIRECT ?? 0;

/** Places, lengths and memory begin at such borders, whatever blocks the disk has. @see open(2), O_DIRECT */
export const PAGE_BYTES = 4096;

/** Memory that direct I/O can use. V8 begins buffers at a page only when they might grow. */
export function pageMemory(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}

/** Appends to a file as long as pieces are whole pages in page memory. */
export interface DirectAppender {
  /** @returns how many of the bytes were written: from fewer than all on, the usual way must be taken */
  append(piece: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** @param flags - as for `open`, with what appending needs */
export async function openDirectAppender(
  path: string,
  flags: number,
  mode: number,
  pace: Pace,
): Promise<DirectAppender> {
  const file = await openDirect(path, flags, mode);
  return {
    async append(piece) {
      const whole = piece.subarray(0, piece.length - (piece.length % PAGE_BYTES));
      if (!file || whole.length === 0) return 0;
      const write = pace(
        () => writeSync(file.fd, whole),
        () => file.write(whole).then(({ bytesWritten }) => bytesWritten),
      );
      return write.catch(zeroWhereRefused);
    },
    async close() {
      await file?.close();
    },
  };
}

/**
 * Reads whole pages into page memory, and everything else the usual way.
 *
 * @param usual - the same file, which is closed with this one
 */
export async function openDirectReader(path: string, usual: OpenFile, pace: Pace): Promise<OpenFile> {
  const file = await openDirect(path, constants.O_RDONLY, 0).catch(async (error: unknown) => {
    await usual.close();
    throw error;
  });
  return {
    async read(start, memory) {
      if (!file || start % PAGE_BYTES > 0 || memory.length % PAGE_BYTES > 0) return usual.read(start, memory);
      const read = pace(
        () => readSync(file.fd, memory, 0, memory.length, start),
        () => file.read(memory, 0, memory.length, start).then(({ bytesRead }) => bytesRead),
      );
      const found = await read.catch(zeroWhereRefused);
      // Nothing is there at a file's end too; the usual way tells which it was.
      return found > 0 ? memory.subarray(0, found) : usual.read(start, memory);
    },
    async close() {
      await Promise.all([file?.close(), usual.close()]);
    },
  };
}

/** @returns undefined where this is refused */
async function openDirect(path: string, flags: number, mode: number): Promise<FileHandle | undefined> {
  if (DIRECT === 0) return undefined;
  return open(path, flags | DIRECT, mode).catch((error: NodeJS.ErrnoException) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });
}

function zeroWhereRefused(error: NodeJS.ErrnoException): number {
  if (isRefusal(error)) return 0;
  throw error;
}

/** @see open(2), O_DIRECT: `EINVAL`; some file systems say `EOPNOTSUPP`, which Node calls by its other name */
function isRefusal({ code }: NodeJS.ErrnoException): boolean {
  return code === "EINVAL" || code === "ENOTSUP";
}
