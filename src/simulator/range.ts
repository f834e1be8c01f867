/** Which part of a file was asked for. */
export type Part =
  | { readonly status: 200 | 206; readonly start: number; readonly length: number }
  | { readonly status: 416 };

/**
 * Reads `Range` and `If-Range` for a file of that size and tag. One range is honoured; several, other units and nonsense
 * are answered with the whole file, as RFC 9110 allows. An `If-Range` that names another tag asks for all of it.
 */
export function partAsked(headers: Readonly<Record<string, string>>, size: number, etag: string): Part {
  const all: Part = { status: 200, start: 0, length: size };
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers["range"] ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return all;
  const unchanged = headers["if-range"];
  if (unchanged !== undefined && unchanged !== etag) return all;
  const [from, to] = [match[1] ?? "", match[2] ?? ""];
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  return start >= size || end <= start ? { status: 416 } : { status: 206, start, length: end - start };
}
