import { crc32 } from "node:zlib";
import type { Files } from "../../world/files.ts";
import type { PacketBytes } from "./packet-bytes.ts";
import { openWindow, WINDOW_BYTES } from "./packet-window.ts";

/**
 * Packets that lie in several files, as one stream in the order given. Its pieces share their memory: each is good until the
 * next is asked for.
 *
 * @param onPacket - told the CRC-32 of each packet as it was read
 * @throws BrokenMp4 when a file ends before a packet
 */
export async function* packetStream(
  files: Pick<Files, "open">,
  packets: readonly PacketBytes[],
  onPacket: (index: number, checksum: number) => void,
): AsyncGenerator<Uint8Array> {
  const window = openWindow(files, packets);
  const piece = new Uint8Array(WINDOW_BYTES);
  let filled = 0;
  try {
    for (let index = 0; index < packets.length; index++) {
      const bytes = window.find(index) ?? (await window.read(index));
      onPacket(index, crc32(bytes));
      for (let at = 0; at < bytes.length; ) {
        const length = Math.min(bytes.length - at, piece.length - filled);
        piece.set(bytes.subarray(at, at + length), filled);
        at += length;
        filled += length;
        if (filled === piece.length) {
          yield piece;
          filled = 0;
        }
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    await window.close();
  }
}
