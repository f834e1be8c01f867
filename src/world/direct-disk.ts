import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { OpenFile } from "./files.ts";
import { PAGE_BYTES } from "./page-memory.ts";

/**
 * Direct I/O: bytes go between the disk and our memory without a copy in the system's, while this thread does something else.
 * Only Linux has it in this form, and some of its file systems refuse it, when a file is opened or when it is used; then all
 * goes the usual way.
 */
const DIRECT = constants.O_DIRECT ?? 0;

/** Appends to a file as long as pieces are whole pages in page memory. */
export interface DirectAppender {
  /** @returns how many of the bytes were written: from fewer than all on, the usual way must be taken */
  append(piece: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** @param flags - as for `open`, with what appending needs */
export async function openDirectAppender(path: string, flags: number, mode: number): Promise<DirectAppender> {
  const file = await openDirect(path, flags, mode);
  return {
    async append(piece) {
      const whole = piece.subarray(0, piece.length - (piece.length % PAGE_BYTES));
      if (!file || whole.length === 0) return 0;
      return file.write(whole).then(({ bytesWritten }) => bytesWritten, zeroWhereRefused);
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
export async function openDirectReader(path: string, usual: OpenFile): Promise<OpenFile> {
  const file = await openDirect(path, constants.O_RDONLY, 0).catch(async (error: unknown) => {
    await usual.close();
    throw error;
  });
  return {
    async read(start, memory) {
      if (!file || start % PAGE_BYTES > 0 || memory.length % PAGE_BYTES > 0) return usual.read(start, memory);
      const reading = file.read(memory, 0, memory.length, start);
      const found = await reading.then(({ bytesRead }) => bytesRead, zeroWhereRefused);
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
