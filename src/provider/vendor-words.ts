import { secretForms } from "../world/secret-forms.ts";

const MOST_CHARACTERS = 500;

/** Control characters, halves of characters, and those that turn the direction of text or take no room: none may reach a terminal or a log. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A shorter "key" would match inside ordinary words. */
const SHORTEST_KEY = 4;

/**
 * A text of the vendor's without the API key, however that is written in it: a vendor that repeats the key in a message or
 * an address must not make us store it, nor send it to a file host.
 */
export function withoutKey(text: string, key: string): string {
  if (key.length < SHORTEST_KEY) return text;
  return secretForms([key]).reduce((left, form) => left.replaceAll(form, "[key]"), text);
}

/**
 * A text of the vendor's as it may be shown and stored: on one line, without control characters, without the API key
 * should the vendor repeat it, and at most 500 characters long.
 */
export function vendorWords(text: string, key: string): string {
  const line = text.replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
  const safe = withoutKey(line, key);
  if (safe.length <= MOST_CHARACTERS) return safe;
  // the cut may fall between the halves of one character
  return `${safe.slice(0, MOST_CHARACTERS - 1).replace(/\p{Cs}$/u, "")}…`;
}
