import { readVendorJson } from "./vendor-json.ts";

/** JSON text inside JSON text was seen once deep; more than this is nonsense. */
const MOST_NESTING = 3;

/**
 * Addresses in any of the shapes that result lists come in: an array, JSON text of an array or of a string,
 * `[a, b]` without quotes, a comma-separated list, one address, null.
 *
 * @returns only whole `http(s)` addresses, in order, each once; empty when there is none
 */
export function readUrlList(value: unknown): readonly string[] {
  return [
    ...new Set(
      candidates(value, 0)
        .map(readUrl)
        .filter((url) => url !== undefined),
    ),
  ];
}

function candidates(value: unknown, nesting: number): readonly string[] {
  if (nesting > MOST_NESTING) return [];
  if (Array.isArray(value)) return value.flatMap((item) => candidates(item, nesting + 1));
  if (typeof value !== "string") return [];
  const text = value.trim();
  const parsed = /^["[]/.test(text) ? readVendorJson(text) : undefined;
  if (parsed !== undefined) return candidates(parsed, nesting + 1);
  const inner = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  // A comma may belong to an address: only one that another address follows parts two of them.
  return inner.split(/[,\s]+(?=["']?https?:\/\/)/i).map((item) => item.trim().replace(/^["']|["',]+$/g, ""));
}

/** The address as it was given, when it is a whole `http(s)` address. */
function readUrl(text: string): string | undefined {
  const bare = text.trim();
  if (!/^https?:\/\/[^\s"'<>]+$/i.test(bare)) return undefined;
  return URL.canParse(bare) ? bare : undefined;
}
