import { createHash } from "node:crypto";
import type { Files } from "../../world/files.ts";
import type { OnRead } from "./packet-window.ts";

/** Bytes read at once of what nobody else reads. */
const REST_BYTES = 2 ** 20;

/**
 * SHA-256 of a file that is mostly read for another reason: hashed is what is read, and between such stretches what is not.
 */
export function hashInPassing(files: Pick<Files, "readBytes">, path: string) {
  const hash = createHash("sha256");
  let hashed = 0;
  const readUpTo = async (end: number) => {
    while (hashed < end) {
      const bytes = await files.readBytes(path, { start: hashed, length: Math.min(REST_BYTES, end - hashed) });
      if (bytes.length === 0) return; // the file became shorter
      hash.update(bytes);
      hashed += bytes.length;
    }
  };
  const onRead: OnRead = async (start, bytes) => {
    if (start + bytes.length <= hashed) return;
    await readUpTo(start);
    hash.update(bytes.subarray(hashed - start));
    hashed = start + bytes.length;
  };
  return {
    /** to be told of stretches of this file from its beginning on; each byte counts once */
    onRead,
    /** once all others have read; reads what is left, up to the file's end */
    async digest(fileBytes: number): Promise<string> {
      await readUpTo(fileBytes);
      return hash.digest("hex");
    },
  };
}
