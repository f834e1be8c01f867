import { displayWidth, lettersOf } from "./columns.ts";

/** A run of letters that stays on one line. */
export interface Chunk {
  readonly text: string;
  readonly columns: number;
  /** columns of the space before it, which goes when a line begins here */
  readonly gap: number;
  /** a part of the text ends with it: a good place to break, and behind a `line`, which its author ended, the only one */
  readonly ends: "line" | "sentence" | "clause" | "nothing";
}

/** Scripts that are written without spaces between words. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uff60]/u;

/** What no line may begin with: closing marks, small kana, marks of length and repetition. */
const NEVER_FIRST =
  /^[!%),.:;?\]}»’”…‥·、。，．・：；？！ー－～〜々ゝゞヽヾ）〕］｝〉》」』】〙〗〟｠ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿ゛゜ๆฯ％‰℃]/u;

/** What no line may end with: opening marks and signs that belong to a figure. */
const NEVER_LAST = /[([{«‘“（〔［｛〈《「『【〘〖〝｟￥＄£＃#$]$/u;

/** Spaces where a line may break; the ones that forbid it (U+00A0, U+202F) are letters here. */
const SPACE = /^[ \t\n\u1680\u2000-\u2006\u2008-\u200a\u200b\u205f\u3000]+$/u;

/** A hyphen or a dash inside a compound: a line may break behind it. */
const AFTER_HYPHEN = /[\p{L}\p{N}][-\u2010\u2012-\u2014]$/u;

const CLOSING = `[)\\]}"'»’”」』）】〉》]*$`;
const SENTENCE_END = new RegExp(`[.!?…。！？؟۔]${CLOSING}`, "u");
const CLAUSE_END = new RegExp(`[,;:–—、，；：،؛]${CLOSING}`, "u");

/**
 * Cuts a text where a line may break: at spaces, behind hyphens, and between the words of scripts that have no spaces, except
 * where the rules of Chinese, Japanese and Thai setting forbid it.
 *
 * @param language - BCP 47; words are told apart by its dictionary
 * @param widest - columns of a line: a longer chunk is cut between its letters, or it would leave the picture
 * @see JIS X 4051, characters not starting and not ending a line; Unicode Standard Annex 14
 */
export function chunksOf(text: string, language: string, widest: number): readonly Chunk[] {
  const pieces: Piece[] = [];
  let gap = 0;
  let isOpen = false; // whether the next word may still join the piece before it
  for (const { segment } of segmenterFor(language).segment(text)) {
    if (SPACE.test(segment)) {
      const last = pieces.at(-1);
      if (last && segment.includes("\n")) pieces.splice(-1, 1, { ...last, isEnded: true });
      gap = segment === "\u200b" ? 0 : 1;
      isOpen = false;
      continue;
    }
    const last = pieces.at(-1);
    const grown = isOpen && last && !mayBreakBetween(last.text, segment);
    if (grown) pieces.splice(-1, 1, { ...last, text: last.text + segment });
    else pieces.push({ text: segment, gap, isEnded: false });
    [gap, isOpen] = [0, true];
  }
  return pieces.flatMap((piece) => cutToFit(piece, widest)).map(judge);
}

function mayBreakBetween(before: string, after: string): boolean {
  if (NEVER_FIRST.test(after) || NEVER_LAST.test(before)) return false;
  const [last, first] = [lettersOf(before).at(-1) ?? "", lettersOf(after)[0] ?? ""];
  return SPACELESS.test(last) || SPACELESS.test(first) || AFTER_HYPHEN.test(before);
}

interface Piece {
  readonly text: string;
  readonly gap: number;
  readonly isEnded: boolean;
}

function cutToFit(piece: Piece, widest: number): readonly Piece[] {
  if (displayWidth(piece.text) <= widest) return [piece];
  const texts = [""];
  for (const letter of lettersOf(piece.text)) {
    const grown = `${texts.at(-1)}${letter}`;
    if (displayWidth(grown) <= widest) texts.splice(-1, 1, grown);
    else texts.push(letter);
  }
  return texts.map((text, index) => {
    return { text, gap: index === 0 ? piece.gap : 0, isEnded: piece.isEnded && index === texts.length - 1 };
  });
}

function judge({ text, gap, isEnded }: Piece): Chunk {
  const ends = isEnded ? "line" : SENTENCE_END.test(text) ? "sentence" : CLAUSE_END.test(text) ? "clause" : "nothing";
  return { text, columns: displayWidth(text), gap, ends };
}

/** A language that this build of Node knows no words of is cut as English is. */
function segmenterFor(language: string): Intl.Segmenter {
  return new Intl.Segmenter(language === "und" ? "en" : language, { granularity: "word" });
}
