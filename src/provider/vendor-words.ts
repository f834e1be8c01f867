const MOST_CHARACTERS = 500;

/** Control characters, halves of characters, and those that turn the direction of text or take no room: none may reach a terminal or a log. */
const UNSEEN = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/** A shorter "key" would match inside ordinary words. */
const SHORTEST_KEY = 4;

/**
 * A text of the vendor's as it may be shown and stored: on one line, without control characters, without the API key
 * should the vendor repeat it, and at most 500 characters long.
 */
export function vendorWords(text: string, key: string): string {
  const line = text.replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
  const safe = key.length >= SHORTEST_KEY ? line.replaceAll(key, "[key]") : line;
  if (safe.length <= MOST_CHARACTERS) return safe;
  // the cut may fall between the halves of one character
  return `${safe.slice(0, MOST_CHARACTERS - 1).replace(/\p{Cs}$/u, "")}…`;
}
