import type { Files } from "../../world/files.ts";
import type { PacketBytes } from "./packet-bytes.ts";
import { openWindow, WINDOW_BYTES } from "./packet-window.ts";

/**
 * Packets that lie in several files, as one stream in the order given. Its pieces share their memory: each is good until the
 * next is asked for. Small packets are put together, large ones handed on from where they were read to.
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
  const piece = new Uint8Array(WINDOW_BYTES);
  let filled = 0;
  try {
    for (let index = 0; index < packets.length; index++) {
      const bytes = window.find(index) ?? (await window.read(index));
      onPacket(index, bytes);
      if (filled > 0 && filled + bytes.length > piece.length) {
        yield piece.subarray(0, filled);
        filled = 0;
      }
      if (bytes.length < piece.length) {
        piece.set(bytes, filled);
        filled += bytes.length;
        continue;
      }
      for (let at = 0; at < bytes.length; at += piece.length) yield bytes.subarray(at, at + piece.length);
    }
    if (filled > 0) yield piece.subarray(0, filled);
  } finally {
    await window.close();
  }
}
