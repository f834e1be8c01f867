import type * as z from "zod";
import type { Draft } from "./draft.ts";
import { findLocated, type Located, type Path, pathKey, plainValue, type Span } from "./located.ts";
import type { Findings, ManifestProblem } from "./manifest-problem.ts";
import type { Note } from "./note.ts";
import { schemaProblems } from "./schema-problems.ts";
import type { Spot } from "./spot.ts";
import { readYaml } from "./yaml-source.ts";

/** One YAML file under examination: what its schema let through, and a pen that marks what is wrong at its place. */
export interface Sheet<T> {
  readonly draft: Draft<T>;
  /** whether the value, or one around it, was already found wrong: what follows from it is no second problem */
  judged(path: Path): boolean;
  problem(note: Note): void;
  warning(note: Note): void;
  /** whether the file has a value at this very path */
  stands(path: Path): boolean;
  /** where a value stands, or the deepest one around it that is there */
  place(path: Path): ManifestProblem["place"];
  /** the value as it is written in the file */
  source(path: Path): string;
}

/** Reads a text and holds it against a schema; undefined when it is no YAML, or no block of keys. Problems go to `findings`. */
export function openSheet<S extends z.ZodType>(
  text: string,
  shown: string,
  schema: S,
  findings: Findings,
): Sheet<z.input<S>> | undefined {
  const { root, problems, warnings, spot } = readYaml(text, shown);
  for (const problem of problems) findings.problem(problem);
  for (const warning of warnings) findings.warning(warning);
  if (!root) return undefined;

  const marker = markerOf(root, text, spot);
  const judgedKeys = new Set<string>();
  const verdict = schema.safeParse(plainValue(root));
  if (!verdict.success) {
    for (const { note, judged } of schemaProblems(verdict.error.issues, schema, root)) {
      if (note) findings.problem(marker(note));
      judgedKeys.add(pathKey(judged));
    }
  }
  if (judgedKeys.has(pathKey([]))) return undefined;
  return {
    draft: plainValue(root, judgedKeys) as Draft<z.input<S>>,
    judged: (path) => path.some((_, index) => judgedKeys.has(pathKey(path.slice(0, index + 1)))),
    problem: (note) => findings.problem(marker(note)),
    warning: (note) => findings.warning(marker(note)),
    stands: (path) => findLocated(root, path).whole,
    place: (path) => spot(findLocated(root, path).node.span).place,
    source: (path) => {
      const { span } = findLocated(root, path).node;
      return text.slice(span.start, span.end);
    },
  };
}

function markerOf(root: Located, text: string, spot: Spot): (note: Note) => ManifestProblem {
  return ({ rule, at, message, fix, mark }) => {
    const found = findLocated(root, at);
    let span: Span = found.node.span;
    // An empty value stands nowhere that could be seen, so its key is shown.
    const invisible = text.slice(span.start, span.end).trim() === "";
    if (found.whole && found.key && (mark === "key" || invisible)) span = found.key;
    // Something missing in a flow block is shown at its bracket.
    if (!found.whole && /[[{]/.test(text.charAt(span.start))) span = { start: span.start, end: span.start + 1 };
    if (typeof mark === "object") span = within(span, text, mark.text);
    return { rule, message, fix, ...spot(span) };
  };
}

/** The first occurrence of a text inside a value as it is written; the whole value when escapes hide it. */
function within(span: Span, text: string, wanted: string): Span {
  const offset = text.slice(span.start, span.end).indexOf(wanted);
  if (offset === -1) return span;
  return { start: span.start + offset, end: span.start + offset + wanted.length };
}
