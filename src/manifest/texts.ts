import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { MOST_CHARACTERS, type Variables } from "./variables.ts";
import { quoted } from "./wording.ts";

/**
 * What no text means: invisible characters (C0 but tab and line feed, DEL, C1), halves of surrogate pairs, and codes that are no
 * characters, which ffmpeg takes for broken text and XML refuses.
 */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]|\p{Surrogate}|\p{Noncharacter_Code_Point}/u;

/** A text for the vendor or for people: variables in place, spaces around it gone. Undefined when it cannot be used. */
export function readWords(
  text: string,
  at: Path,
  owner: string,
  sheet: Sheet<ManifestText>,
  variables: Variables,
  more?: Readonly<Record<string, string>>,
): string | undefined {
  const filled = variables.fill(text, at, more).replaceAll("\r\n", "\n").trim();
  if (filled.length > MOST_CHARACTERS) {
    const message = `${named(at)} of ${owner} has more than ${MOST_CHARACTERS} characters`;
    sheet.problem({ rule: "text-too-long", at, message, fix: "Shorten it: no model reads that much." });
    return undefined;
  }
  const found = CONTROL.exec(filled);
  if (found) {
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const message = `${named(at)} of ${owner} holds ${nameOf(found[0], `U+${code}`)}`;
    sheet.problem({ rule: "control-character", at, message, fix: "Take it out." });
    return undefined;
  }
  return filled;
}

function nameOf(character: string, code: string): string {
  if (/\p{Surrogate}/u.test(character)) return `half of a character, ${code}`;
  return /\p{Noncharacter_Code_Point}/u.test(character)
    ? `${code}, which is no character`
    : `the control character ${code}`;
}

/** An item of a list by its number, all else by its key. */
function named(at: Path): string {
  const last = at.at(-1);
  return typeof last === "number" ? `item ${last + 1} of ${quoted(String(at.at(-2)))}` : quoted(String(last));
}

/** A text ends its sentence when punctuation stands at its end, behind it perhaps a closing quote or bracket. */
const ENDED = /[.!?…,;:。！？、][)\]"'”’»]*$/u;

/** What the vendor is sent: the style after the prompt, as a sentence of its own unless the prompt already ended one. */
export function styledPrompt(prompt: string, style: string | undefined): string {
  if (!style) return prompt;
  return ENDED.test(prompt) ? `${prompt} ${style}` : `${prompt}. ${style}`;
}
