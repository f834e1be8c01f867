const RTL_SCRIPTS = new Set(["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"]);
const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LETTER = /\p{L}/u;

/** Marks that set a stretch's direction: an author's own would reach beyond the line they are cut off at. */
const EMBEDDINGS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Whether a text as a whole reads from right to left: by its language, or else by its first letter. */
export function readsFromRight(text: string, language: string): boolean {
  if (!RTL_LETTER.test(text)) return false;
  const script = language === "und" ? undefined : new Intl.Locale(language).maximize().script;
  return RTL_SCRIPTS.has(script ?? "") || RTL_LETTER.test(LETTER.exec(text)?.[0] ?? "");
}

export function withoutEmbeddings(text: string): string {
  return text.replaceAll(EMBEDDINGS, "");
}

/**
 * Between marks of its direction, for players that take every line for one that begins at the left: there a full stop at
 * the end of a Hebrew line would stand before it.
 *
 * @see Unicode Standard Annex 9, right-to-left embedding
 */
export function fromRight(line: string): string {
  return `\u202b${line}\u202c`;
}
