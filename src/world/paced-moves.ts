import { readSync, writeSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Pace } from "./disk-pace.ts";

/** Fills memory from a place in a file on. @returns how many bytes there were */
export function readPaced(pace: Pace, file: FileHandle, memory: Uint8Array, start: number): Promise<number> {
  return pace(
    () => readSync(file.fd, memory, 0, memory.length, start),
    () => file.read(memory, 0, memory.length, start).then(({ bytesRead }) => bytesRead),
  );
}

/** @returns how many of the bytes were written, at the file's own place */
export function writePaced(pace: Pace, file: FileHandle, bytes: Uint8Array): Promise<number> {
  return pace(
    () => writeSync(file.fd, bytes),
    () => file.write(bytes).then(({ bytesWritten }) => bytesWritten),
  );
}
