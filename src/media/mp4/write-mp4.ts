import type { Files, OnWritten } from "../../world/files.ts";
import { box, letters, u32, u64 } from "./box-writer.ts";
import { interleave, type PlacedChunk } from "./chunks.ts";
import { moovBox, type TrackLayout } from "./moov-writer.ts";
import type { NewMp4, NewTrack } from "./new-track.ts";
import type { PacketBytes } from "./packet-bytes.ts";
import { packetStream } from "./packet-stream.ts";

export interface WriteOptions {
  /** told how many bytes of packets were written */
  readonly onBytes?: (done: number, all: number) => void;
  readonly onlooker?: Onlooker;
  readonly signal?: AbortSignal | undefined;
}

/** A file of which the head is written. */
export interface NewFile {
  readonly headBytes: number;
  /** that it will have */
  readonly bytes: number;
  /** whether it is to be written past the system's memory, where its disk allows that */
  readonly direct: boolean;
}

/** Watches a file being written, packet by packet in the order of the file. */
export interface Onlooker {
  /** The head is written, and little more: the tables can be read, though what they speak of is still to come. */
  begin(file: NewFile): Promise<void>;
  /**
   * A packet is about to be written: its bytes as they were taken from where they lie, good until this returns. The first
   * come before `begin`.
   */
  take(track: number, packet: number, bytes: Uint8Array): void;
  /**
   * A piece of the file was written, and the next may be on its way: its bytes as they were given to the system, good until
   * this returns, and its place. Told of all from where the head ends, in order.
   */
  follow(piece: Uint8Array, from: number): Promise<void>;
}

/** What players may expect: H.264 and AAC with edit lists, nothing newer. */
const FILE_TYPE = box("ftyp", letters("isom"), u32(0x200), letters("isomiso2avc1mp41"));

/** In the system's memory files of this size cost more than all else done to them, and push out what others have there. */
const LARGE_BYTES = 64 * 2 ** 20;

/** Places in the file take 32 bits up to here. */
const SHORT_END = 2 ** 32;

/**
 * Writes an MP4 file in one go: the table of contents in front, so that a player can begin before all has arrived, and behind
 * it every packet once. The same tracks give the same bytes. The file is neither synced nor renamed: whoever verified it does
 * that (`Files.publish`).
 *
 * @throws BrokenMp4 when a file that packets are taken from ends too early
 */
export async function writeMp4(
  files: Pick<Files, "open" | "appendStream">,
  path: string,
  movie: NewMp4,
  { onBytes, onlooker, signal }: WriteOptions = {},
): Promise<void> {
  const chunks = interleave(movie.tracks);
  const sizes = movie.tracks.map(({ packets }) => lengthsOf(packets.data));
  const payload = sizes.reduce((sum, each) => sum + each.reduce((bytes, size) => bytes + size, 0), 0);
  const head = headOf(movie, sizes, chunks, payload);
  const order = orderOf(movie.tracks, chunks);
  const bytes = head.length + payload;
  const direct = bytes >= LARGE_BYTES;

  let isBegun = false;
  const onWritten: OnWritten = async (piece, from) => {
    const written = from + piece.length;
    if (onlooker && written >= head.length) {
      if (!isBegun) await onlooker.begin({ headBytes: head.length, bytes, direct });
      isBegun = true;
      await onlooker.follow(piece, from);
    }
    onBytes?.(Math.max(0, written - head.length), payload);
  };

  async function* content(): AsyncGenerator<Uint8Array> {
    // The head goes along as if it were a packet, so that pieces are of one length from the beginning.
    const stream = packetStream(files, [head, ...order.data], (index, packet) => {
      if (index > 0) onlooker?.take(order.track[index - 1] ?? 0, order.packet[index - 1] ?? 0, packet);
    });
    for await (const piece of stream) {
      signal?.throwIfAborted();
      yield piece;
    }
  }
  signal?.throwIfAborted();
  await files.appendStream(path, content(), { restart: true, direct, onWritten });
}

/** All that stands before the packets. Its length decides where they lie, and whether that takes 64 bits decides its length. */
function headOf(
  movie: NewMp4,
  sizes: readonly Uint32Array[],
  chunks: readonly PlacedChunk[],
  payload: number,
): Uint8Array {
  const build = (long: boolean, start: number) => {
    const moov = moovBox(movie, layoutsOf(sizes, chunks, start), long);
    const isLarge = payload + 8 >= SHORT_END;
    const mdat = isLarge ? [u32(1), letters("mdat"), u64(payload + 16)] : [u32(payload + 8), letters("mdat")];
    return Buffer.concat([FILE_TYPE, moov, ...mdat]);
  };
  const short = build(false, 0);
  const long = short.length + payload >= SHORT_END;
  return build(long, long ? build(true, 0).length : short.length);
}

function layoutsOf(
  sizes: readonly Uint32Array[],
  chunks: readonly PlacedChunk[],
  start: number,
): readonly TrackLayout[] {
  const layouts = sizes.map((each) => ({ sizes: each, chunks: [] as PlacedChunk[], places: [] as number[] }));
  let at = start;
  for (const chunk of chunks) {
    const layout = layouts[chunk.track];
    if (!layout) continue;
    layout.chunks.push(chunk);
    layout.places.push(at);
    for (let index = chunk.first; index < chunk.first + chunk.count; index++) at += layout.sizes[index] ?? 0;
  }
  return layouts.map(({ places, ...layout }) => ({ ...layout, places: Float64Array.from(places) }));
}

/** The packets in the order of the file, each with its track and its number there. */
function orderOf(tracks: readonly NewTrack[], chunks: readonly PlacedChunk[]) {
  const count = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
  const order = { data: [] as PacketBytes[], track: new Uint8Array(count), packet: new Uint32Array(count) };
  for (const { track, first, count: packets } of chunks) {
    for (let index = first; index < first + packets; index++) {
      const data = tracks[track]?.packets.data[index];
      if (!data) throw new RangeError("a chunk of packets that are not there");
      order.track[order.data.length] = track;
      order.packet[order.data.length] = index;
      order.data.push(data);
    }
  }
  return order;
}

/** Not `Uint32Array.from`, which takes four times as long for tens of thousands. */
function lengthsOf(packets: readonly PacketBytes[]): Uint32Array {
  const lengths = new Uint32Array(packets.length);
  packets.forEach((packet, index) => {
    lengths[index] = packet instanceof Uint8Array ? packet.length : packet.bytes;
  });
  return lengths;
}
