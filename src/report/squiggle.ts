import { displayWidth } from "../media/words/columns.ts";
import { type Place, showPlace } from "../shot/place.ts";
import type { Problem } from "../shot/problem.ts";
import { printable } from "./printable.ts";

/** A problem that may know how many UTF-16 code units of its line are meant. */
export type Squiggled = Problem & { readonly length?: number };

/** Columns of a source line that are shown at most; a longer line is cut around what is underlined. */
const MOST_COLUMNS = 110;

/**
 * All problems as a person reads them, each with its line of source and the way out, and at the end that nothing was
 * spent: problems of a manifest are found before anything is bought.
 *
 * @param sources - text of each file by the name its places bear; a problem in any other file is shown without a line
 */
export function showProblems(problems: readonly Squiggled[], sources: ReadonlyMap<string, string>): string {
  if (problems.length === 0) return "";
  const files = [...new Set(problems.flatMap(({ place }) => (place ? [printable(place.file)] : [])))];
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const where = files.length === 0 ? "" : ` in ${listed(files)}`;
  const shown = problems.map((problem) => showProblem(problem, sources));
  return `${[...shown, `${count}${where}. Nothing was submitted: 0 credits spent.`].join("\n\n")}\n`;
}

/** Warnings in the same look; they keep nothing from going on. */
export function showWarnings(warnings: readonly Squiggled[], sources: ReadonlyMap<string, string>): string {
  return warnings.map((warning) => `${showProblem(warning, sources, "warning: ")}\n`).join("\n");
}

function showProblem(problem: Squiggled, sources: ReadonlyMap<string, string>, label = ""): string {
  const { place, message, rule, fix } = problem;
  const head = `${place ? `${printable(showPlace(place))}: ` : ""}${label}${printable(message)} [${rule}]`;
  const digits = place ? String(place.line).length : 2;
  const source = place && lineOf(sources.get(place.file) ?? "", place.line);
  const lines = place && source ? excerpt(source.replace(/\r$/, ""), place, problem.length, digits) : [];
  const indent = " ".repeat(digits + 1);
  const wayOut = fix === null ? [] : [`${indent}${printable(fix)}`];
  return [head, ...lines, ...wayOut].join("\n");
}

/** Found by its number and not by splitting: a file may have millions of lines and hundreds of problems. */
function lineOf(text: string, line: number): string {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const newline = text.indexOf("\n", start);
    if (newline === -1) return "";
    start = newline + 1;
  }
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end);
}

function excerpt(source: string, place: Place, length: number | undefined, digits: number): readonly string[] {
  const from = Math.min(place.column - 1, source.length);
  const meant = length ?? wordLength(source, from);
  const first = Math.max(0, Math.min(from - 30, source.length - MOST_COLUMNS));
  const cutBefore = source.length > MOST_COLUMNS && first > 0 ? "…" : "";
  const start = cutBefore === "" ? 0 : first;
  const end = source.length > start + MOST_COLUMNS ? start + MOST_COLUMNS : source.length;
  const cutAfter = end < source.length ? "…" : "";

  const before = cutBefore + sourceForm(source.slice(start, from));
  const under = sourceForm(source.slice(from, Math.min(end, from + meant)));
  const after = sourceForm(source.slice(Math.min(end, from + meant), end)) + cutAfter;
  const gutter = " ".repeat(digits + 1);
  const squiggle = "^".repeat(Math.max(1, displayWidth(under)));
  return [
    `${gutter}|`,
    `${String(place.line).padStart(digits)} | ${before}${under}${after}`.trimEnd(),
    `${gutter}| ${" ".repeat(displayWidth(before))}${squiggle}`,
  ];
}

/** Up to the next space: what most likely is meant when nobody said. */
function wordLength(source: string, from: number): number {
  return Math.max(1, /^[^\s,\]}]*/.exec(source.slice(from))?.[0].length ?? 1);
}

/** Characters that would steer a terminal, reorder the line or take no room. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A piece of a source line, safe and one character for one, so that columns stay: controls become their pictures. */
function sourceForm(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x09) return " ";
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
