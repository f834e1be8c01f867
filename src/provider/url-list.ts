import { readVendorJson } from "./vendor-json.ts";

/** JSON text inside JSON text was seen once deep; more than this is nonsense. */
const MOST_NESTING = 3;
/** A take has one file, or a few; no list of the vendor's comes near. */
const MOST_ADDRESSES = 100;
/** Far above any presigned link. */
const MOST_CHARACTERS = 16_384;

/**
 * Addresses in any of the shapes that result lists come in: an array, JSON text of an array or of a string,
 * `[a, b]` without quotes, a comma-separated list, one address, null.
 *
 * @returns only whole `http(s)` addresses, in order, each once; empty when there is none
 */
export function readUrlList(value: unknown): readonly string[] {
  const found = new Set<string>();
  let looked = 0;
  for (const candidate of candidates(value, 0)) {
    const url = readUrl(candidate);
    if (url !== undefined) found.add(url);
    looked += 1;
    if (looked === MOST_ADDRESSES) break;
  }
  return [...found];
}

function* candidates(value: unknown, nesting: number): Generator<string> {
  if (nesting > MOST_NESTING) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* candidates(item, nesting + 1);
    return;
  }
  if (typeof value !== "string") return;
  const text = value.trim();
  const parsed = /^["[]/.test(text) ? readVendorJson(text) : undefined;
  if (parsed !== undefined) {
    yield* candidates(parsed, nesting + 1);
    return;
  }
  const inner = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  // A comma may belong to an address: only one that another address follows parts two of them.
  for (const piece of inner.split(/(?<=[,\s])(?=["']?https?:\/\/)/i)) yield bared(piece);
}

/** Without the quotes, commas and spaces around it. By hand, as a pattern for its end takes time in the square of it. */
function bared(piece: string): string {
  let start = 0;
  let end = piece.length;
  while (start < end && AROUND.has(piece.charAt(start))) start++;
  while (end > start && AROUND.has(piece.charAt(end - 1))) end--;
  return piece.slice(start, end);
}

const AROUND: ReadonlySet<string> = new Set([...`"', \t\r\n`]);

/** The address as it was given, when it is a whole `http(s)` address. */
function readUrl(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS || !/^https?:\/\/[^\s"'<>]+$/i.test(text)) return undefined;
  return URL.canParse(text) ? text : undefined;
}
