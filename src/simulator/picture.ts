/** What the first bytes of a picture say. */
export interface PictureFacts {
  readonly mediaType: "image/png" | "image/jpeg" | "image/webp" | "image/gif" | undefined;
  /** undefined where this reader does not look that deep */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** Looks at the bytes and not at the name: PNG, JPEG, WebP and GIF by their signatures, the size of the first two. */
export function pictureFacts(bytes: Uint8Array): PictureFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const startsWith = (text: string, offset = 0) =>
    bytes.length >= offset + text.length && [...text].every((char, i) => bytes[offset + i] === char.charCodeAt(0));
  if (startsWith("\x89PNG")) {
    const size = bytes.length >= 24 ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined;
    return { mediaType: "image/png", size };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { mediaType: "image/jpeg", size: jpegSize(view) };
  if (startsWith("RIFF") && startsWith("WEBP", 8)) return { mediaType: "image/webp", size: undefined };
  if (startsWith("GIF8")) return { mediaType: "image/gif", size: undefined };
  return { mediaType: undefined, size: undefined };
}

const TYPES_BY_EXTENSION: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  mp4: "video/mp4",
};

/** The type under which the vendor's host serves a file of that name. */
export function typeByName(name: string): string {
  return TYPES_BY_EXTENSION[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** Walks the segments to the first frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegSize(view: DataView): PictureFacts["size"] {
  let offset = 2;
  while (offset + 9 <= view.byteLength && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
    offset += 2 + view.getUint16(offset + 2);
  }
  return undefined;
}
