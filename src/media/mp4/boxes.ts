/** A piece of an MP4 file: four letters and what they hold. */
export interface Box {
  readonly type: string;
  readonly body: DataView;
}

/** Where a box stands in the file. `bytes` includes its header. */
export interface BoxPlace {
  readonly type: string;
  readonly start: number;
  readonly headerBytes: number;
  readonly bytes: number;
}

/** The file breaks the rules of MP4; `message` says which. */
export class BrokenMp4 extends Error {
  override readonly name = "BrokenMp4";
}

/** Bytes that a header takes at most: a size of 64 bits stands behind the four letters. */
export const LONGEST_HEADER = 16;

/**
 * Reads a box's header.
 *
 * @param start - where in the file it stands
 * @param fileBytes - the end of what holds it: a size of 0 means "to the end"
 * @see ISO/IEC 14496-12, 4.2
 */
export function readHeader(header: DataView, start: number, fileBytes: number): BoxPlace {
  if (header.byteLength < 8) throw new BrokenMp4(`the box at byte ${start} has no room for its header`);
  const type = fourLetters(header, 4);
  const short = header.getUint32(0);
  if (short === 1 && header.byteLength < LONGEST_HEADER)
    throw new BrokenMp4(`the box "${type}" at byte ${start} is cut off`);
  const headerBytes = short === 1 ? 16 : 8;
  const bytes = short === 1 ? readUint64(header, 8) : short === 0 ? fileBytes - start : short;
  if (bytes < headerBytes) throw new BrokenMp4(`the box "${type}" at byte ${start} is smaller than its own header`);
  if (start + bytes > fileBytes) {
    throw new BrokenMp4(
      `the box "${type}" at byte ${start} ends ${start + bytes - fileBytes} bytes behind the end: the file is cut off`,
    );
  }
  return { type, start, headerBytes, bytes };
}

/** The boxes inside a body, in order. */
export function boxesIn(body: DataView, from = 0): readonly Box[] {
  const boxes: Box[] = [];
  let at = from;
  // QuickTime ends some lists with four zero bytes.
  while (at + 8 <= body.byteLength) {
    const place = readHeader(slice(body, at, Math.min(LONGEST_HEADER, body.byteLength - at)), at, body.byteLength);
    boxes.push({ type: place.type, body: slice(body, at + place.headerBytes, place.bytes - place.headerBytes) });
    at += place.bytes;
  }
  return boxes;
}

/** The first box of a type inside a body. */
export function findBox(body: DataView, type: string): DataView | undefined {
  return boxesIn(body).find((box) => box.type === type)?.body;
}

/** Follows a path of types down through boxes. */
export function findPath(body: DataView, ...types: readonly string[]): DataView | undefined {
  return types.reduce<DataView | undefined>((inside, type) => inside && findBox(inside, type), body);
}

export function readUint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BrokenMp4("a size or a time is too large to be true");
  return Number(value);
}

export function fourLetters(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

export function slice(view: DataView, start: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + start, length);
}

/** The bytes a view looks at. */
export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
