import type { Place } from "../shot/place.ts";
import type { Problem } from "../shot/problem.ts";

/** A problem that stands at a value of a file, so that the value itself can be underlined. */
export interface ManifestProblem extends Problem {
  readonly place: Place;
  /** UTF-16 code units to underline from the place on, at least 1, never past the end of the line */
  readonly length: number;
}

/** Gathers what is wrong in all files of one manifest. What one change at one value mends is kept once. */
export interface Findings {
  problem(problem: ManifestProblem): void;
  warning(warning: ManifestProblem): void;
  /** file by file in the order they were met, from top to bottom; of very many the first, and one that counts the rest */
  problems(): readonly ManifestProblem[];
  warnings(): readonly ManifestProblem[];
}

/** What a person may read in one go. */
const MOST_TOLD = 200;

export function openFindings(): Findings {
  const problems = new Map<string, ManifestProblem>();
  const warnings = new Map<string, ManifestProblem>();
  return {
    problem: (problem) => keepFirst(problems, problem),
    warning: (warning) => keepFirst(warnings, warning),
    problems: () => inReadingOrder(problems),
    warnings: () => inReadingOrder(warnings),
  };
}

function keepFirst(found: Map<string, ManifestProblem>, problem: ManifestProblem): void {
  const { file, line, column } = problem.place;
  const key = JSON.stringify([file, line, column, problem.rule, problem.fix]);
  if (!found.has(key)) found.set(key, problem);
}

function inReadingOrder(found: Map<string, ManifestProblem>): readonly ManifestProblem[] {
  const all = [...found.values()];
  const files = [...new Set(all.map((problem) => problem.place.file))];
  const sorted = all.toSorted(
    (a, b) =>
      files.indexOf(a.place.file) - files.indexOf(b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
  const next = sorted[MOST_TOLD];
  if (!next) return sorted;
  const count = sorted.length - MOST_TOLD;
  const more = {
    rule: "more-problems",
    message: `${count} more from here on`,
    fix: "Mend the first ones and look again.",
  };
  return [...sorted.slice(0, MOST_TOLD), { ...next, ...more, length: 1 }];
}
