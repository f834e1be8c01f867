import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import type { Place } from "../shot/place.ts";
import type { Problem } from "../shot/problem.ts";
import { LOOKS } from "./clip.ts";
import { draw } from "./draw.ts";
import { TARGETS, type Target } from "./endpoint.ts";
import { FAILURE_NAMES, type FailureName, isFailureName, REFUSALS } from "./failure.ts";
import { type Switches, switchesSchema, USUAL } from "./switches.ts";

const GATEWAY_STATUSES = [502, 503, 504, 520, 521, 522, 523, 524] as const;

/**
 * Everything that can go wrong between the two sides.
 *
 * On calls: `reset-before` and `hang-before` (nothing was done), `reset-after` and `hang-after` (done, the answer never
 * comes), `html-502` and its kin (a gateway's page; nothing was done), the same with `-after`, `code-429` and its kin (an
 * envelope with that code; nothing was done), `code-500-after` (the same although it was done), `truncated-json`,
 * `empty-body`, `no-code`, `no-task-id` (done, the answer is damaged). On generate and extend also `stuck`, `empty`,
 * `fail:NAME`, `black`, `frozen`, `muted`, `clipped`, `repeat` and `drift`, as in prompts.
 *
 * On files: `slow-file`, `truncated-file`, `html-file`, `forbidden` (403 unless the link came from download-url), and the
 * resets, hangs and gateway pages above. On callbacks: `duplicate`, `late` (others overtake it), `drop`.
 */
export const FAULT_NAMES: readonly string[] = [
  ...["reset-before", "reset-after", "hang-before", "hang-after"],
  ...GATEWAY_STATUSES.flatMap((status) => [`html-${status}`, `html-${status}-after`]),
  ...Object.keys(REFUSALS).map((code) => `code-${code}`),
  "code-500-after",
  ...["truncated-json", "empty-body", "no-code", "no-task-id"],
  ...["stuck", "empty", ...LOOKS, ...FAILURE_NAMES.map((name) => `fail:${name}`)],
  ...["slow-file", "truncated-file", "html-file", "forbidden"],
  ...["duplicate", "late", "drop"],
];

export interface FaultRule {
  readonly endpoint: Target | "*";
  /** the calls to that endpoint it strikes, counted from 1; without it and `probability`, every one */
  readonly nth?: number | readonly number[];
  readonly probability?: number;
  readonly fault: string;
}

export interface FaultPlan {
  readonly switches: Switches;
  readonly faults: readonly FaultRule[];
}

/** The vendor on a good day. */
export const NO_FAULTS: FaultPlan = { switches: USUAL, faults: [] };

/** A plan from what differs from a good day. */
export function planFaults(switches: Partial<Switches>, faults: readonly FaultRule[] = []): FaultPlan {
  return { switches: { ...USUAL, ...switches }, faults };
}

/** The fault that strikes the nth call to a target, by the first rule that fits. */
export function faultFor(
  plan: FaultPlan,
  seed: number,
  target: Target,
  nth: { readonly ofTarget: number; readonly ofAll: number },
): string | undefined {
  return plan.faults.find((rule, position) => {
    if (rule.endpoint !== "*" && rule.endpoint !== target) return false;
    const count = rule.endpoint === "*" ? nth.ofAll : nth.ofTarget;
    if (rule.nth !== undefined) return [rule.nth].flat().includes(count);
    if (rule.probability === undefined) return true;
    return draw(seed, `fault ${position} ${count}`) < rule.probability;
  })?.fault;
}

/** `fail:policy` as the failure's name. */
export function failureOf(fault: string | undefined): FailureName | undefined {
  const name = fault?.startsWith("fail:") ? fault.slice("fail:".length) : "";
  return isFailureName(name) ? name : undefined;
}

const ruleSchema = z
  .strictObject({
    endpoint: z.enum([...TARGETS, "*"]),
    nth: z.union([z.number().int().positive(), z.array(z.number().int().positive()).min(1)]).optional(),
    probability: z.number().min(0).max(1).optional(),
    fault: z.enum(FAULT_NAMES),
  })
  .refine((rule) => rule.nth === undefined || rule.probability === undefined, {
    message: "nth and probability exclude each other",
  });

const fileSchema = z.strictObject({ switches: switchesSchema.optional(), faults: z.array(ruleSchema).optional() });

/**
 * Reads a fault file: YAML with `switches` (see `SWITCHES`) and `faults` (see `FAULT_NAMES`), both optional.
 *
 * @param shownPath - as the person would type it; only for messages
 */
export function parseFaults(
  text: string,
  shownPath: string,
): { readonly ok: true; readonly value: FaultPlan } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2" });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: shownPath, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return {
      ok: false,
      problems: broken.map((error) => problem(error.message.split("\n")[0] ?? "", at(error.pos[0]))),
    };
  }
  const parsed = fileSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      // An unknown key is reported on its parent; the person looks for the key itself.
      const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
      const path = unknown === undefined ? issue.path : [...issue.path, unknown];
      return problem(wordsOf(issue, path, document), at(offsetOf(document, path, unknown !== undefined)));
    });
    return { ok: false, problems };
  }
  const { switches = {}, faults = [] } = parsed.data;
  return { ok: true, value: planFaults(withoutGaps(switches), faults.map(withoutGaps) as unknown as FaultRule[]) };
}

/** More values than this are looked up in the documentation. */
const MOST_LISTED = 15;

function wordsOf(
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
  document: ReturnType<typeof parseDocument>,
): string {
  const shown = path.join(".");
  if (shown === "") return issue.message;
  if (issue.code !== "invalid_value") return `${shown}: ${issue.message}`;
  const given = `${shown} is ${JSON.stringify(document.getIn(path)) ?? "not there"}`;
  return issue.values.length > MOST_LISTED
    ? `${given}, which nobody knows`
    : `${given}; it is one of ${issue.values.join(", ")}`;
}

function problem(message: string, place: Place): Problem {
  return {
    rule: "fault-file",
    message,
    fix: "docs/simulator.md lists every switch and every fault with its values.",
    place,
  };
}

/** Where a key nobody knows stands; of a known one where its value does, or the deepest part of its path that is there. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[], isKey: boolean): number {
  const parent = isKey ? document.getIn(path.slice(0, -1), true) : undefined;
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function withoutGaps<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Partial<T>;
}
