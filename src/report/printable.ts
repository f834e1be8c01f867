import { displayWidth, lettersOf } from "../media/words/columns.ts";

/**
 * What a terminal would act on, or what shows a reader something else than what is there: control characters, lone
 * surrogates, line separators, and invisible formatting such as the bidirectional overrides. The two joiners stay, as
 * emoji and several scripts are written with them.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A look that `paint` gives, and what no terminal may be sent. */
const LOOK_OR_UNSAFE = /\u001b\[\d{1,3}m|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/**
 * The last guard before a stream: words that forgot `printable`, and the characters that JSON leaves as they are. Lines and,
 * where there are colours, our own looks stay; all else is written as JSON writes it, so that a document stays the same.
 */
export function guarded(text: string, colour: boolean): string {
  return text.replace(LOOK_OR_UNSAFE, (found) => {
    if (found === "\n" || (colour && found.length > 1 && found.endsWith("m"))) return found;
    return [...Array(found.length).keys()]
      .map((at) => {
        const code = found.charCodeAt(at);
        const isPlain = code >= 0x20 && code < 0x7f;
        return isPlain ? found.charAt(at) : `\\u${code.toString(16).padStart(4, "0")}`;
      })
      .join("");
  });
}

/** Text from elsewhere (a prompt, a vendor's message, a file's name) on one line and safe to print. */
export function printable(text: string): string {
  return visible(text.replace(/[\t\n\r\f\v\u0085\u2028\u2029 ]+/g, " ").trim());
}

/** The same, keeping its lines: a command to paste, the end of what ffmpeg said. */
export function printableLines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => visible(line.replaceAll("\t", "    ")));
}

function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** Cuts a safe text to at most so many columns, with `…` where something was left out. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let width = 0;
  for (const letter of lettersOf(text)) {
    width += displayWidth(letter);
    if (width > columns - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Fills up with spaces on the right, so that columns stand under each other. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}
