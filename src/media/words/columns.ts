/**
 * Takes two columns: scripts and forms whose East Asian Width is wide, and pictures.
 *
 * @see Unicode Standard Annex 11, East Asian Width; Annex 51 for emoji presentation
 */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;

/** Made when it is first needed: it takes 12 ms, and most commands show no text that needs it. */
let graphemes: Intl.Segmenter | undefined;

/** A text letter by letter as people count them: marks stay with what they stand on. */
export function lettersOf(text: string): readonly string[] {
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

/** Room that a text takes, in columns as wide as a Latin letter: on a terminal, and about so in a caption. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** Whether a text is mostly of wide letters. */
export function isWide(text: string): boolean {
  const letters = lettersOf(text).filter((letter) => letter.trim() !== "");
  return letters.filter((letter) => WIDE.test(letter)).length * 2 > letters.length;
}

function widthOf(letter: string): number {
  if (WIDE.test(letter)) return 2;
  return /^[\p{M}\u200b-\u200f\u202a-\u202e\u2060-\u2069]+$/u.test(letter) ? 0 : 1;
}
