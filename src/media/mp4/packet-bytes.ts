/** Bytes of a packet: a stretch of a file, or bytes that were made in memory. */
export type PacketBytes = FileStretch | Uint8Array;

export interface FileStretch {
  readonly path: string;
  /** from the file's beginning */
  readonly start: number;
  readonly bytes: number;
}
