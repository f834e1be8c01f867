import type { PixelSize } from "../../shot/resolution.ts";
import { lettersOf } from "../words/columns.ts";

/** What stands on a card. Any text: it is cleaned, wrapped and cut to fit. */
export interface SlateWords {
  /** the shot's id */
  readonly shot: string;
  /** why there is no clip, in a word or two */
  readonly state: string;
  readonly prompt: string;
  readonly problem: string;
}

/** A piece of text on a card. Sizes and places in pixels. */
export interface SlateBlock {
  readonly lines: readonly string[];
  readonly fontSize: number;
  readonly left: number;
  /** of the first line's highest letter */
  readonly top: number;
  /** between two lines, beyond what ffmpeg puts there by itself */
  readonly lineSpacing: number;
  readonly colour: string;
}

/** Font sizes as shares of the film's short side: an upright film has longer columns, not larger letters. */
const FONT = { shot: 0.085, longShot: 0.055, state: 0.045, prompt: 0.048, problem: 0.038 } as const;
const COLOUR = {
  shot: "white",
  longShot: "white",
  state: "0xf2b84b",
  prompt: "0xe6e9ed",
  problem: "0xa9b4c0",
} as const;

type Part = keyof typeof FONT;

const MARGIN = 0.08;
const LINE_SPACING = 0.25;
/** A line with its spacing, in font sizes. Builds differ by a sixth in how high a line is: the higher one is reckoned with. */
const LINE_HEIGHT = 1.45;

/** How much of what prompt and problem share the problem may take when both are long. */
const PROBLEM_SHARE = 0.45;

/** Nobody reads more of a card, and a vendor's message may be a megabyte. */
const MOST_CHARACTERS = 3000;

/** Where everything stands on a card of this size. What is too long is cut with an ellipsis, nothing leaves the picture. */
export function layOutSlate(words: SlateWords, { width, height }: PixelSize): readonly SlateBlock[] {
  const short = Math.min(width, height);
  const left = Math.round(MARGIN * width);
  const columns = width - 2 * left;
  const bottom = height - Math.round(MARGIN * height);
  const blocks: SlateBlock[] = [];
  let top = Math.round(MARGIN * height);
  const fontOf = (part: Part) => Math.round(FONT[part] * short);
  const lineOf = (part: Part) => fontOf(part) * LINE_HEIGHT;
  const linesOf = (part: Part, text: string, most: number) => wrapText(text, columns / fontOf(part), most);
  const put = (part: Part, text: string, most: number) => {
    const fontSize = fontOf(part);
    const lines = linesOf(part, text, most);
    if (lines.length === 0) return;
    blocks.push({ lines, fontSize, left, top, lineSpacing: Math.round(LINE_SPACING * fontSize), colour: COLOUR[part] });
    top += Math.ceil(lines.length * lineOf(part));
  };

  // The id is what a card is looked at for: a long one becomes smaller before it is cut.
  if (linesOf("shot", words.shot, 2).length < 2) put("shot", words.shot, 1);
  else put("longShot", words.shot, 5);
  put("state", words.state, 1);
  const gap = Math.round(0.05 * short);
  top += gap;
  const shared = bottom - top - gap;
  const forProblem = Math.min(
    linesOf("problem", words.problem, Infinity).length * lineOf("problem"),
    shared * PROBLEM_SHARE,
  );
  put("prompt", words.prompt, Math.floor((shared - forProblem) / lineOf("prompt")));
  top += gap;
  put("problem", words.problem, Math.floor((bottom - top) / lineOf("problem")));
  return blocks;
}

/**
 * Breaks a text into lines. Words that are wider than a line are broken within: not every script puts spaces between them.
 *
 * @param width - of a line, in font sizes
 * @param most - lines; what is too much becomes an ellipsis
 */
export function wrapText(text: string, width: number, most: number): readonly string[] {
  if (most < 1) return [];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const end = () => {
    lines.push(line);
    [line, used] = ["", 0];
  };
  for (const word of drawable(text).split(" ")) {
    if (word === "") continue;
    if (line !== "" && used + widthOf(" ") + widthOf(word) > width) end();
    else if (line !== "") [line, used] = [`${line} `, used + widthOf(" ")];
    for (const letter of lettersOf(word)) {
      if (line !== "" && used + widthOf(letter) > width) end();
      line += letter;
      used += widthOf(letter);
    }
    if (lines.length > most) break;
  }
  if (line !== "") end();
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), withEllipsis(lines[most - 1] ?? "", width)];
}

function withEllipsis(line: string, width: number): string {
  let kept = line;
  while (kept !== "" && widthOf(kept) + widthOf("…") > width) kept = lettersOf(kept).slice(0, -1).join("");
  return `${kept.trimEnd()}…`;
}

/** One line without what no picture can show: control characters, halves of surrogate pairs, marks of direction. */
function drawable(text: string): string {
  const whole = text.slice(0, MOST_CHARACTERS);
  return whole.replace(/[\s\u0085]+/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, "");
}

/**
 * How wide a text is, in font sizes: by classes of letters, rounded up, as nothing here reads fonts.
 *
 * @see DejaVu Sans 2.37, advance widths: i 0.28, f 0.35, e 0.62, N 0.75, m 0.97, any letter it does not have 0.6
 */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{M}]/u.test(character)) continue;
    if (/[ijlI.,:;'|!/\\ ]/.test(character)) width += 0.36;
    else if (/[frt()[\]-]/.test(character)) width += 0.42;
    else if (/[a-z0-9{}"*$?_]/.test(character)) width += /[mw]/.test(character) ? 0.98 : 0.64;
    else if (/[A-LN-VX-Z]/.test(character)) width += 0.78;
    else if (/[\u00c0-\u06ff]/.test(character)) width += 0.8;
    else width += 1;
  }
  return width;
}
