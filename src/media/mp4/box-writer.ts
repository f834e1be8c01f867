/** Bytes of a box, in order: numbers are not guessed at, each says its width (`u32`). */
export type Part = Uint8Array | readonly Part[];

/** A box of a file that is written: its head and what it holds. */
export function box(type: string, ...parts: readonly Part[]): Uint8Array {
  const pieces = flat(parts);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 8));
  bytes.set(u32(bytes.length));
  bytes.set(letters(type), 4);
  let at = 8;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A box that begins with its version and flags. @see ISO/IEC 14496-12, 4.2: `FullBox` */
export function versionedBox(type: string, version: number, flags: number, ...parts: readonly Part[]): Uint8Array {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function u16(...values: readonly number[]): Uint8Array {
  return numbers(2, values, (view, at, value) => view.setUint16(at, value));
}

/** Negative numbers as two's complement. */
export function u32(...values: readonly number[]): Uint8Array {
  return numbers(4, values, (view, at, value) => view.setUint32(at, value));
}

export function u64(...values: readonly number[]): Uint8Array {
  return numbers(8, values, (view, at, value) => view.setBigUint64(at, BigInt(value)));
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

/** The four letters of a type: `©` is one byte. */
export function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function numbers(width: number, values: readonly number[], put: (view: DataView, at: number, value: number) => void) {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) put(view, index * width, values[index] ?? 0);
  return bytes;
}

function flat(parts: readonly Part[]): readonly Uint8Array[] {
  return parts.flatMap((part) => (part instanceof Uint8Array ? [part] : flat(part)));
}
