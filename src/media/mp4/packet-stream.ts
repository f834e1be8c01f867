import type { Files } from "../../world/files.ts";
import { pageMemory } from "../../world/page-memory.ts";
import type { PacketBytes } from "./packet-bytes.ts";
import { openWindow } from "./packet-window.ts";

/** Bytes written at once: enough for a disk that is written to directly, and few for a machine with little memory. */
export const PIECE_BYTES = 2 * 2 ** 20;

/**
 * Packets that lie in several files, as one stream in the order given, in pieces of one length up to the last. They take
 * turns in two memories, which a disk can take directly: each is good until the next but one is asked for.
 *
 * @param onPacket - told the bytes of each packet as they were read, which are good until it returns
 * @throws BrokenMp4 when a file ends before a packet
 */
export async function* packetStream(
  files: Pick<Files, "open">,
  packets: readonly PacketBytes[],
  onPacket: (index: number, bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const window = openWindow(files, packets);
  let piece = pageMemory(PIECE_BYTES);
  let other = pageMemory(PIECE_BYTES);
  let filled = 0;
  try {
    for (let index = 0; index < packets.length; index++) {
      const bytes = window.find(index) ?? (await window.read(index));
      onPacket(index, bytes);
      for (let at = 0; at < bytes.length; ) {
        // Not as soon as it is full: a packet without a byte may still end there.
        if (filled === piece.length) {
          yield piece;
          [piece, other] = [other, piece];
          filled = 0;
        }
        const length = Math.min(bytes.length - at, piece.length - filled);
        // Hundreds of thousands of small packets are put in whole, without another object for each.
        piece.set(length === bytes.length ? bytes : bytes.subarray(at, at + length), filled);
        at += length;
        filled += length;
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    await window.close();
  }
}
