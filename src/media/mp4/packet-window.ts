import type { Files, OpenFile } from "../../world/files.ts";
import { BrokenMp4 } from "./boxes.ts";
import type { FileStretch, PacketBytes } from "./packet-bytes.ts";

/**
 * Bytes read at once, if a packet is not larger: enough to hold picture and sound that lie side by side, and so few that they
 * are still in the core's own memory when they are written.
 */
const WINDOW_BYTES = 128 * 2 ** 10;

/** What is not asked for is read along up to this many bytes: sooner than that another read is dearer. */
const GAP_BYTES = 32 * 2 ** 10;

/**
 * Reads packets that lie in several files, one after another, in memory that does not grow with their number. What will soon
 * be asked of the same file is read at once, so that each byte is read once.
 *
 * @param onPacket - told the bytes, which are good until it returns
 * @throws BrokenMp4 when a file ends before a packet
 */
export async function readPackets(
  files: Pick<Files, "open">,
  packets: readonly PacketBytes[],
  onPacket: (index: number, bytes: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  const window = openWindow(files, packets);
  try {
    for (let index = 0; index < packets.length; index++) {
      const held = window.find(index);
      if (!held) signal?.throwIfAborted();
      onPacket(index, held ?? (await window.read(index)));
    }
  } finally {
    await window.close();
  }
}

/** A stretch of one file in memory, through which packets are looked at in order. Who opened it closes it. */
export function openWindow(files: Pick<Files, "open">, packets: readonly PacketBytes[]) {
  let memory = new Uint8Array(WINDOW_BYTES);
  let path: string | undefined;
  let file: OpenFile | undefined;
  let start = 0;
  let held: Uint8Array = new Uint8Array();
  /** @returns undefined when the packet is not in memory */
  const find = (index: number): Uint8Array | undefined => {
    const packet = packets[index];
    if (!packet || packet instanceof Uint8Array) return packet;
    const from = packet.start - start;
    if (packet.path !== path || from < 0 || from + packet.bytes > held.length) return undefined;
    return held.subarray(from, from + packet.bytes);
  };
  const close = async () => {
    const opened = file;
    file = undefined;
    await opened?.close();
  };
  return {
    find,
    close,
    /** Brings in a packet and those behind it that lie near. */
    async read(index: number): Promise<Uint8Array> {
      const packet = packets[index];
      if (!packet || packet instanceof Uint8Array) throw new RangeError("no packet of a file");
      const span = spanFrom(packets, index, packet);
      const length = span.end - span.start;
      if (length > memory.length) memory = new Uint8Array(length);
      if (packet.path !== path) await close();
      file ??= await files.open(packet.path);
      held = await file.read(span.start, memory.subarray(0, length));
      ({ path } = packet);
      ({ start } = span);
      const found = find(index);
      if (!found) throw new BrokenMp4(`${packet.path} ends before byte ${packet.start + packet.bytes}`);
      return found;
    },
  };
}

/** The stretch of a file that holds a packet and as many of the next ones as fit into the memory. */
function spanFrom(packets: readonly PacketBytes[], index: number, packet: FileStretch): { start: number; end: number } {
  let start = packet.start;
  let end = packet.start + packet.bytes;
  for (let next = index + 1; next < packets.length; next++) {
    const other = packets[next];
    if (!other || other instanceof Uint8Array) continue;
    if (other.path !== packet.path) break;
    const from = Math.min(start, other.start);
    const to = Math.max(end, other.start + other.bytes);
    const gap = Math.max(other.start - end, start - other.start - other.bytes);
    if (to - from > WINDOW_BYTES || gap > GAP_BYTES) break;
    start = from;
    end = to;
  }
  return { start, end };
}
