import type { Node, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument } from "yaml";
import type { Located, LocatedEntry, LocatedScalar, Span } from "./located.ts";
import type { ManifestProblem } from "./manifest-problem.ts";
import { type Spot, spotsOf } from "./spot.ts";
import { quoted } from "./wording.ts";
import { explainSyntax } from "./yaml-syntax.ts";

/** What a YAML text holds. `root` is undefined when it could not be understood; `problems` then says why. */
export interface YamlSource {
  readonly root: Located | undefined;
  readonly problems: readonly ManifestProblem[];
  readonly warnings: readonly ManifestProblem[];
  readonly spot: Spot;
}

/** Values a text may unfold into beyond those written down, through aliases: far above any storyboard, far below a bomb. */
const MOST_UNFOLDED = 100_000;

/** Collections within collections. The parser recurses, and deep inside the stack Node aborts without an exception. */
const DEEPEST = 64;
/** Columns that a value other than a block text may be indented by. */
const MOST_INDENTED = 400;

/** Words, marks, spaces and line ends: some 20,000 shots. The parser takes minutes for the millions a file can hold. */
const MOST_TOKENS = 600_000;

/** Tags of the YAML core schema; every other one would change a value behind the author's back. */
const CORE_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

/** Reads YAML 1.2 with merge keys. Duplicate keys, foreign tags and aliases that go nowhere or round are problems. */
export function readYaml(text: string, file: string): YamlSource {
  const spot = spotsOf(text, file);
  const problems: ManifestProblem[] = [];
  const warnings: ManifestProblem[] = [];
  const report: Report = (rule, span, message, fix) => problems.push({ rule, message, fix, ...spot(span) });

  const { text: modern, directive } = withoutOldVersion(text);
  if (directive) {
    warnings.push({
      rule: "yaml-version",
      message: "this line asks for YAML 1.1; the file is read as YAML 1.2, where yes, no, on and off are texts",
      fix: "Take the line out.",
      ...spot(directive),
    });
  }

  const excess = firstExcess(modern);
  if (excess?.of === "depth") {
    report("yaml-depth", excess.at, "values lie too deep inside each other here", "Take levels out.");
  } else if (excess) {
    const fix = "Spread the shots over several manifests; one command runs them all.";
    report("yaml-size", excess.at, "the file holds more up to here than can be read as one", fix);
  }
  if (excess) return { root: undefined, problems, warnings, spot };

  const document = parseDocument(modern, {
    version: "1.2",
    stringKeys: true,
    prettyErrors: false,
    uniqueKeys: false, // the parser's own check takes time in the square of the keys
    logLevel: "error", // "silent" would also keep quiet about a second document
  });
  const [broken] = document.errors;
  if (broken) {
    // Only the first: the parser goes on guessing, and what it says next mostly follows from this one.
    const { message, fix } = explainSyntax(broken.code, broken.message);
    const rule = broken.code === "MULTIPLE_DOCS" ? "yaml-documents" : "yaml-syntax";
    report(rule, { start: broken.pos[0], end: broken.pos[1] }, message, fix);
    return { root: undefined, problems, warnings, spot };
  }
  if (document.contents === null || isNothing(document.contents)) {
    report("yaml-empty", { start: 0, end: 1 }, "the file is empty", "Write at least one shot: `shots:`.");
    return { root: undefined, problems, warnings, spot };
  }
  const root = locate(document.contents, text, report);
  return { root, problems, warnings, spot };
}

type Report = (rule: string, span: Span, message: string, fix: string) => void;

/** The `%YAML 1.1` line made a comment of the same length, so that every place stays where it is. */
function withoutOldVersion(text: string): { readonly text: string; readonly directive?: Span } {
  const start = text.indexOf("%YAML");
  const directive = start === -1 ? null : /^%YAML[ \t]+1\.[01]\b/.exec(text.slice(start, start + 40));
  // Line by line, as one pattern for all lines before it overflows the stack on millions of them.
  const isFirst = text
    .slice(0, Math.max(0, start))
    .split("\n")
    .every((line) => /^[ \t]*(?:#.*)?\r?$/.test(line));
  if (!directive || !isFirst || (start > 0 && text[start - 1] !== "\n")) return { text };
  const end = start + directive[0].length;
  return { text: `${text.slice(0, start)}#${text.slice(start + 1)}`, directive: { start, end } };
}

/** The first token that opens too deep a level, or is one too many. Lexing needs no recursion, so this is safe where parsing is not. */
function firstExcess(text: string): { readonly of: "depth" | "size"; readonly at: Span } | undefined {
  let offset = 0;
  let tokens = 0;
  let flowDepth = 0;
  let lineDepth = 0;
  let indented = 0;
  let atLineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") flowDepth++;
    else if (token === "]" || token === "}") flowDepth = Math.max(0, flowDepth - 1);
    if (token.endsWith("\n")) {
      lineDepth = 0;
      indented = 0;
      atLineStart = true;
    } else if (atLineStart && (token === "-" || token === "?" || token === ":")) lineDepth++;
    // A block level takes at least one column, so the indentation bounds how many lie around it.
    else if (atLineStart && /^ +$/.test(token)) indented = token.length;
    else if (!CONTROL_TOKEN.test(token)) atLineStart = false;
    const tooDeep = flowDepth > DEEPEST || lineDepth > DEEPEST || indented > MOST_INDENTED;
    tokens++;
    if (tooDeep || tokens > MOST_TOKENS) {
      return { of: tooDeep ? "depth" : "size", at: { start: offset, end: offset + 1 } };
    }
    if (!CONTROL_TOKEN.test(token)) offset += token.length;
  }
  return undefined;
}

/** The lexer's own marks for the beginning of a document, of a scalar and of a flow value: they stand for no text. */
const CONTROL_TOKEN = /^[\x02\x18\x1F]$/;

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.range?.[0] ?? 0) === (node.range?.[1] ?? 0);
}

/** Follows aliases and merges; undefined when one of them cannot be followed, which then has been reported. */
function locate(contents: Node, text: string, report: Report): Located | undefined {
  const anchors = new Map<string, Located | "open">();
  const sizes = new Map<Located, number>();
  let followed = 0;
  let broken = false;

  const fail = (rule: string, span: Span, message: string, fix: string): LocatedScalar => {
    broken = true;
    report(rule, span, message, fix);
    return { kind: "scalar", span, value: null };
  };

  const keep = (node: Node, located: Located, size: number): Located => {
    sizes.set(located, size);
    if ("anchor" in node && node.anchor) anchors.set(node.anchor, located);
    return located;
  };

  const visit = (node: Node | null | undefined, fallback: number): Located => {
    const span = spanOf(node, fallback);
    if (!node) return { kind: "scalar", span, value: null };
    if (node.tag && !CORE_TAG.test(node.tag)) {
      const written = /!\S*(?=\s*$)/.exec(text.slice(0, span.start))?.[0] ?? node.tag;
      const start = Math.max(0, text.lastIndexOf(written, span.start));
      const at = { start, end: start + written.length };
      report("yaml-tag", at, `the tag ${quoted(written)} has no meaning here`, "Take the tag out.");
      if (isScalar(node)) return keep(node, { kind: "scalar", span, value: node.source ?? "" }, 1);
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        const fix = `Write \`&${node.source}\` in front of the value that is meant, further up.`;
        return fail("yaml-alias", span, `the alias *${node.source} names no anchor above it`, fix);
      }
      if (target === "open") {
        const message = `the alias *${node.source} stands inside the value it names`;
        return fail("yaml-alias", span, message, "Write the value out.");
      }
      followed += sizes.get(target) ?? 1;
      if (followed > MOST_UNFOLDED && !broken) {
        const message = `the aliases of this file unfold into more than ${MOST_UNFOLDED} values`;
        fail("yaml-alias", span, message, "Use fewer aliases of aliases.");
      }
      return target;
    }
    if ("anchor" in node && node.anchor) anchors.set(node.anchor, "open");
    if (isSeq(node)) {
      const items = node.items.map((item) => visit(item as Node | null, span.start));
      return keep(node, { kind: "list", span, items }, sum(items, sizes));
    }
    if (isMap(node)) {
      const entries = readEntries(node, span);
      const values = [...entries.values()].map((entry) => entry.value);
      return keep(node, { kind: "map", span, entries }, sum(values, sizes));
    }
    return keep(node, { kind: "scalar", span, value: isScalar(node) ? node.value : null }, 1);
  };

  const readEntries = (map: YAMLMap, span: Span): ReadonlyMap<string, LocatedEntry> => {
    const own = new Map<string, LocatedEntry>();
    const merged = new Map<string, LocatedEntry>();
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = spanOf(pair.key, span.start);
      const name = isScalar(pair.key) ? String(pair.key.value ?? "null") : "";
      const value = visit(pair.value, key.end);
      if (name === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
        mergeInto(merged, value);
        continue;
      }
      if (own.has(name)) {
        const message = `the key ${quoted(name)} stands here a second time`;
        report("duplicate-key", key, message, "Keep one of the two.");
      } else own.set(name, { key, value });
    }
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry);
    return own;
  };

  const mergeInto = (merged: Map<string, LocatedEntry>, source: Located): void => {
    const maps = source.kind === "list" ? source.items : [source];
    for (const map of maps) {
      if (map.kind !== "map") {
        if (!broken) fail("yaml-merge", map.span, "`<<` takes a block of keys", "Name an anchor: `<<: *name`.");
        continue;
      }
      for (const [name, entry] of map.entries) if (!merged.has(name)) merged.set(name, entry);
    }
  };

  const root = visit(contents, 0);
  return broken ? undefined : root;
}

function spanOf(node: Node | null | undefined, fallback: number): Span {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: fallback, end: fallback };
}

function sum(parts: readonly Located[], sizes: ReadonlyMap<Located, number>): number {
  return parts.reduce((total, part) => total + (sizes.get(part) ?? 1), 1);
}
