import type { ImageType } from "../shot/take.ts";

/** Bytes from a file's beginning that tell its type. */
export const TELLING_BYTES = 16;

/** The type of a picture by its first bytes, whatever its name says; undefined when it is none the vendor reads. */
export function imageTypeOf(head: Uint8Array): ImageType | undefined {
  if (startsWith(head, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (startsWith(head, 0, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (startsWith(head, 0, ascii("RIFF")) && startsWith(head, 8, ascii("WEBP"))) return "image/webp";
  return undefined;
}

/** What else the bytes may be, for a message. */
export function otherTypeOf(head: Uint8Array): string | undefined {
  return OTHERS.find(({ offset, bytes }) => startsWith(head, offset, bytes))?.name;
}

/** The type a file name's extension claims. */
export function claimedType(path: string): ImageType | undefined {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : EXTENSIONS[extension];
}

const EXTENSIONS: Readonly<Record<string, ImageType>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

const OTHERS: readonly { readonly name: string; readonly offset: number; readonly bytes: readonly number[] }[] = [
  { name: "a GIF", offset: 0, bytes: ascii("GIF8") },
  { name: "a BMP", offset: 0, bytes: ascii("BM") },
  { name: "a TIFF", offset: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { name: "a TIFF", offset: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { name: "a PDF", offset: 0, bytes: ascii("%PDF") },
  { name: "an AVIF", offset: 4, bytes: ascii("ftypavif") },
  { name: "a HEIC", offset: 4, bytes: ascii("ftyphei") },
  { name: "a video", offset: 4, bytes: ascii("ftyp") },
  { name: "a web page or SVG", offset: 0, bytes: ascii("<") },
];

function ascii(text: string): readonly number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function startsWith(head: Uint8Array, offset: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[offset + index] === byte);
}
