import { createHash } from "node:crypto";
import type { Files } from "../../world/files.ts";
import type { Samples } from "./samples.ts";

/** Bytes read at once: packets lie close together, with a little sound between them. */
const WINDOW_BYTES = 4 * 2 ** 20;

/**
 * SHA-256 of some packets' bytes and lengths. Equal digests mean equal packets in equal order, wherever in their files they lie.
 *
 * @param from - first packet, in decoding order
 * @param end - one past the last packet
 */
export async function digestPackets(
  files: Pick<Files, "readBytes">,
  path: string,
  samples: Samples,
  from: number,
  end: number,
): Promise<string> {
  const hash = createHash("sha256");
  let window = new Uint8Array();
  let windowStart = 0;
  for (let index = from; index < end; index++) {
    const start = samples.offsets[index] ?? 0;
    const length = samples.sizes[index] ?? 0;
    if (start < windowStart || start + length > windowStart + window.length) {
      windowStart = start;
      window = new Uint8Array(await files.readBytes(path, { start, length: Math.max(WINDOW_BYTES, length) }));
    }
    hash.update(`${length}:`).update(window.subarray(start - windowStart, start - windowStart + length));
  }
  return hash.digest("hex");
}
