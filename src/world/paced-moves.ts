import {
  close,
  closeSync,
  constants,
  open,
  openSync,
  read,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { type FileHandle, readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import type { Pace } from "./disk-pace.ts";
import type { OpenFile } from "./files.ts";

/** What looking a file up counts for: about so much is moved in the same time. */
const LOOK_BYTES = 16 * 2 ** 10;

/** Whoever opens a pipe waits for somebody to write to it, and nothing else would be done meanwhile. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const openLater = promisify(open);
const readLater = promisify(read);
const closeLater = promisify(close);

export async function openPaced(pace: Pace, path: string): Promise<OpenFile> {
  const file = await pace(
    LOOK_BYTES,
    () => openSync(path, READING),
    () => openLater(path, READING),
  );
  let isOpen = true;
  return {
    async read(start, memory) {
      // Its number may be another file's by now.
      if (!isOpen) throw new Error(`${path} was closed`);
      const bytes = await pace(
        memory.length,
        () => readSync(file, memory, 0, memory.length, start),
        () => readLater(file, memory, 0, memory.length, start).then(({ bytesRead }) => bytesRead),
      );
      return memory.subarray(0, bytes);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await pace(
        LOOK_BYTES,
        () => closeSync(file),
        () => closeLater(file),
      );
    },
  };
}

export function statPaced(pace: Pace, path: string) {
  return pace(
    LOOK_BYTES,
    () => statSync(path),
    () => stat(path),
  );
}

export function readTextPaced(pace: Pace, path: string): Promise<string> {
  return pace(
    LOOK_BYTES,
    () => {
      const file = openSync(path, READING);
      try {
        return readFileSync(file, "utf8");
      } finally {
        closeSync(file);
      }
    },
    () => readFile(path, { encoding: "utf8", flag: READING }),
  );
}

/** @returns how many of the bytes were written, at the file's own place */
export function writePaced(pace: Pace, file: FileHandle, bytes: Uint8Array): Promise<number> {
  return pace(
    bytes.length,
    () => writeSync(file.fd, bytes),
    () => file.write(bytes).then(({ bytesWritten }) => bytesWritten),
  );
}
