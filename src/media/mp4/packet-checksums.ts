import { crc32 } from "node:zlib";
import type { Files } from "../../world/files.ts";
import type { FileStretch, PacketBytes } from "./packet-bytes.ts";
import { readPackets } from "./packet-window.ts";
import type { Samples } from "./samples.ts";

/**
 * CRC-32 of each packet. Equal lists mean equal packets in equal order, wherever in their files they lie: what is looked for
 * are mistakes and broken disks, and one of those passes once in four thousand million times.
 */
export async function packetChecksums(
  files: Pick<Files, "open">,
  packets: readonly PacketBytes[],
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const checksums = new Uint32Array(packets.length);
  const keep = (index: number, bytes: Uint8Array) => {
    checksums[index] = crc32(bytes);
  };
  await readPackets(files, packets, keep, signal);
  return checksums;
}

/** Where some packets of a track lie, the first and one past the last in decoding order. */
export function packetsOf(
  path: string,
  { offsets, sizes, count }: Samples,
  first = 0,
  end = count,
): readonly FileStretch[] {
  return Array.from({ length: Math.max(0, Math.min(end, count) - first) }, (_, index) => ({
    path,
    start: offsets[first + index] ?? 0,
    bytes: sizes[first + index] ?? 0,
  }));
}
