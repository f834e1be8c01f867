import type { Files } from "../../world/files.ts";
import type { PacketBytes } from "./packet-bytes.ts";
import { openWindow } from "./packet-window.ts";

/**
 * Reads two lists of packets side by side, in memory that does not grow with their number.
 *
 * @param onPair - told the bytes of two packets at the same place, which are good until it returns
 * @throws BrokenMp4 when a file ends before a packet
 */
export async function readPairs(
  files: Pick<Files, "open">,
  ones: readonly PacketBytes[],
  others: readonly PacketBytes[],
  onPair: (index: number, one: Uint8Array, other: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  const one = openWindow(files, ones);
  const other = openWindow(files, others);
  try {
    for (let index = 0; index < Math.min(ones.length, others.length); index++) {
      const held = one.find(index);
      if (!held) signal?.throwIfAborted();
      const mine = held ?? (await one.read(index));
      onPair(index, mine, other.find(index) ?? (await other.read(index)));
    }
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}
