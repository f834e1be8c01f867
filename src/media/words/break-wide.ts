import { lettersOf } from "./columns.ts";
import { fromRight, withoutEmbeddings } from "./reading-order.ts";

/** Letters whose advance in DejaVu Sans is about an em, and those of four fifths of one; all others have less than the usual. */
const FULL =
  /^[WMmw@%&—―…←-⇿─-➿]|^\p{Extended_Pictographic}|^[\u{10000}-\u{10ffff}]|^[^\u0000-\u10ff\u2010-\u2027\ufb1d-\ufdff\ufe70-\ufefc]/u;
const WIDE = /^[\p{Lu}\p{Script=Arabic}\p{Script=Armenian}ж-щюфыӕœæ+<=>~|^]/u;
const USUAL = 0.66;

/** A letter that needs no room of its own. */
const NONE = /^[\p{M}\p{Cf}]+$/u;

/**
 * Cuts words without a space that would leave a picture: the drawing library breaks lines at spaces alone. Widths are those
 * of the widest letters of a kind, so that a cut may come early and never too late.
 *
 * @param room - width of a line, in ems
 */
export function breakWide(line: string, room: number): readonly string[] {
  const plain = withoutEmbeddings(line);
  const lines = [""];
  let taken = 0; // by the word so far
  for (const letter of lettersOf(plain)) {
    const width = /^\s/u.test(letter) ? 0 : widthOf(letter);
    taken = width === 0 && !NONE.test(letter) ? 0 : taken + width;
    if (taken > room) {
      lines.push("");
      taken = width;
    }
    lines.splice(-1, 1, `${lines.at(-1)}${letter}`);
  }
  const isFromRight = plain !== line;
  return isFromRight ? lines.map(fromRight) : lines;
}

function widthOf(letter: string): number {
  if (NONE.test(letter)) return 0;
  if (FULL.test(letter)) return 1;
  return WIDE.test(letter) ? 0.87 : USUAL;
}
