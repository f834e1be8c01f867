import type { Samples } from "./samples.ts";

/** Bytes of a packet: a stretch of a file, or bytes that were made in memory. */
export type PacketBytes = FileStretch | Uint8Array;

export interface FileStretch {
  readonly path: string;
  /** from the file's beginning */
  readonly start: number;
  readonly bytes: number;
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
