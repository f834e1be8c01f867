import * as z from "zod";
import { findLocated, type Located, type Path, pathKey, plainValue } from "./located.ts";
import { nearest } from "./nearest.ts";
import type { Note } from "./note.ts";
import { keysOf, schemaAt, wordingOf } from "./schema-wording.ts";
import { OWN_KEYS, shotSchema } from "./shot-schema.ts";
import { subjectOf } from "./subject.ts";
import { allOf, bareValue, oneOf, quoted, shownValue } from "./wording.ts";

/** A problem, and the path of the value that it makes unfit for any further question. */
export interface SchemaProblem {
  /** undefined where another problem says it already */
  readonly note?: Note;
  readonly judged: Path;
  /** of an unknown key: the path under which it would be known */
  readonly meant?: Path;
}

/** zod's issues in our words, one a value. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  root: Located,
): readonly SchemaProblem[] {
  const all = issues.flatMap((issue): readonly z.core.$ZodIssue[] =>
    issue.code === "unrecognized_keys" ? oneByOne(issue) : [issue],
  );
  // Words cost more than verdicts, and nobody reads so many.
  const worded = all.slice(0, MOST_WORDED).flatMap((issue) => problemsOf(issue, issue.path as Path, schema, root));
  const found = [...worded, ...all.slice(MOST_WORDED).flatMap(verdictOf)];
  // A key that is missing because it was misspelt is one problem, and the misspelling says more.
  const meant = new Set(found.flatMap((problem) => (problem.meant ? [pathKey(problem.meant)] : [])));
  return found.map((problem) => {
    const isFollowUp = problem.note?.rule === "missing-key" && meant.has(pathKey(problem.judged));
    return isFollowUp ? { judged: problem.judged } : problem;
  });
}

/** More problems than this are only counted, see `openFindings`. */
const MOST_WORDED = 2000;

function oneByOne(issue: z.core.$ZodIssueUnrecognizedKeys): readonly z.core.$ZodIssueUnrecognizedKeys[] {
  return issue.keys.map((key) => ({ ...issue, keys: [key] }));
}

function verdictOf(issue: z.core.$ZodIssue): readonly SchemaProblem[] {
  const path = issue.path as Path;
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ judged: [...path, key] }))
    : [{ judged: path }];
}

function problemsOf(issue: z.core.$ZodIssue, path: Path, schema: z.ZodType, root: Located): readonly SchemaProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, path, schema, root));
  }
  if (issue.code === "invalid_union") {
    // A value that is a block was meant as one: what is wrong inside it says more than that it fits no alternative.
    // Of several kinds of blocks it was meant as the one with which least is wrong.
    const blocks = issue.errors.filter((errors) => errors.every((error) => error.path.length > 0 || "keys" in error));
    const inside = blocks.toSorted((a, b) => wrongIn(a) - wrongIn(b))[0];
    if (inside) return inside.flatMap((error) => problemsOf(error, [...path, ...(error.path as Path)], schema, root));
  }
  const found = findLocated(root, path);
  const note = found.whole ? wrongValue(issue, path, schema, root) : missingKey(path, root);
  return [{ note, judged: path }];
}

function wrongIn(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + ("keys" in issue ? issue.keys.length : 1), 0);
}

function unknownKey(key: string, path: Path, schema: z.ZodType, root: Located): SchemaProblem {
  const at = [...path, key];
  const known = keysOf(schemaAt(schema, path));
  const isDefaults = path.length === 1 && path[0] === "defaults";
  const meant = nearest(key, known);
  let fix = `Take it out, or name it "x-${key}" to keep it for yourself. Keys here are ${allOf(known)}.`;
  if (meant !== undefined) fix = `Write ${quoted(meant)}.`;
  else if (isDefaults && OWN_KEYS.some((own) => own === key)) fix = "Write it in the shot: it cannot be common to all.";
  else if (path.length === 0 && keysOf(shotSchema).includes(key)) fix = 'Write it in a shot or below "defaults".';
  const message = `${subjectOf(path, root) ?? "the file"} has no key ${quoted(key)}`;
  const note: Note = { rule: "unknown-key", at, message, fix, mark: "key" };
  return meant === undefined ? { note, judged: at } : { note, judged: at, meant: [...path, meant] };
}

function missingKey(path: Path, root: Located): Note {
  const key = String(path.at(-1));
  const message = `${subjectOf(path.slice(0, -1), root) ?? "the file"} has no ${quoted(key)}`;
  const fix = path.length === 1 ? `Write \`${key}:\` and what belongs to it below.` : `Write \`${key}: …\` here.`;
  return { rule: "missing-key", at: path, message, fix };
}

function wrongValue(issue: z.core.$ZodIssue, path: Path, schema: z.ZodType, root: Located): Note {
  const judge = schemaAt(schema, path);
  const { rule = "value", says, must } = wordingOf(judge);
  const value = plainValue(findLocated(root, path).node);
  const subject = subjectOf(path.slice(0, -1), root);

  if (value === null) {
    const message = `${whose(path, subject)} is empty`;
    return { rule: "empty-value", at: path, message, fix: "Give it a value, or take the key out." };
  }
  if (issue.code === "invalid_value" && says !== undefined && typeof value !== "object") {
    const values = issue.values.map(String);
    const meant = nearest(String(value), values);
    return {
      rule,
      at: path,
      message: `${subject ?? "the file"} asks for ${bareValue(value)}; ${says} ${oneOf(values)}`,
      fix: meant === undefined ? `Write ${oneOf(values)}.` : `Write ${meant}.`,
    };
  }
  const wanted = must ?? typeWanted(judge, issue);
  const message = `${whose(path, subject)} is ${unlike(value)}; it must be ${wanted}`;
  return { rule, at: path, message, fix: mending(value, judge, wanted) };
}

/** `"seed" of shot "lamp"`, or for an item of a list `item 2 of "references" of shot "lamp"`. */
function whose(path: Path, subject: string | undefined): string {
  if (path.length === 0) return "the file";
  const last = path.at(-1);
  const owner = subject === undefined ? "" : ` of ${subject}`;
  return typeof last === "number" ? `item ${last + 1}${owner}` : `${quoted(String(last))}${owner}`;
}

function unlike(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return shownValue(value);
}

function typeWanted(judge: z.ZodType | undefined, issue: z.core.$ZodIssue): string {
  if (judge instanceof z.ZodString) return "a text";
  if (judge instanceof z.ZodBoolean) return "true or false";
  if (judge instanceof z.ZodNumber) return "a number";
  if (judge instanceof z.ZodArray) return "a list";
  if (judge instanceof z.ZodObject || judge instanceof z.ZodRecord) return "a block of keys";
  return issue.code === "invalid_value" ? oneOf(issue.values.map(String)) : "something else";
}

function mending(value: unknown, judge: z.ZodType | undefined, wanted: string): string {
  const isPlain = typeof value === "number" || typeof value === "boolean";
  if (judge instanceof z.ZodString && isPlain) return `Put it in quotes: "${value}".`;
  if (judge instanceof z.ZodBoolean && typeof value === "string") {
    if (/^(?:yes|on|y)$/i.test(value)) return "Write true.";
    if (/^(?:no|off|n)$/i.test(value)) return "Write false.";
  }
  if (judge instanceof z.ZodUnion && typeof value === "string") {
    const words = judge.options.flatMap((option) => (option instanceof z.ZodEnum ? option.options.map(String) : []));
    const meant = nearest(value, words);
    if (meant !== undefined) return `Write ${meant}.`;
  }
  if (judge instanceof z.ZodNumber && typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) {
    return `Write ${value} without quotes.`;
  }
  return `Write ${wanted}.`;
}
