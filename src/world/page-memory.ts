/** Places, lengths and memory of direct I/O begin at such borders, whatever blocks a disk has. @see open(2), O_DIRECT */
export const PAGE_BYTES = 4096;

/** Memory that direct I/O can use. V8 begins buffers at a page only when they might grow. */
export function pageMemory(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}
