import type { ShotId } from "../shot/id.ts";
import { showPlace } from "../shot/place.ts";
import type { Problem } from "../shot/problem.ts";
import { countOf, showCount } from "./credits.ts";
import { printable, printableLines } from "./printable.ts";
import { paint, type Style } from "./style.ts";

/** A problem and the shot that has it; undefined: it belongs to no single shot. */
export interface ProblemOfShot {
  readonly shot: ShotId | undefined;
  readonly problem: Problem;
}

/** More names than this are counted. */
const MOST_NAMES = 20;

/**
 * Problems in full, each told once: where many shots have the same one, the first is told and the others are named.
 * One block a problem, in the order in which they came; place first, so that a terminal can jump there.
 */
export function tellProblems(found: readonly ProblemOfShot[], style: Style): readonly string[] {
  const groups = new Map<string, ProblemOfShot[]>();
  for (const each of found) {
    const group = groups.get(sortOf(each)) ?? [];
    if (group.some(({ shot }) => shot === each.shot)) continue;
    groups.set(sortOf(each), [...group, each]);
  }
  return [...groups.values()].map((group) => tellGroup(group, style));
}

/** One problem: `place: message [rule]`, and its way out below. */
export function tellProblem({ rule, message, fix, place }: Problem, style: Style): string {
  const [first = "", ...rest] = printableLines(message);
  const where = place ? `${paint(style, "bold", printable(showPlace(place)))}: ` : "";
  const head = `${where}${first} ${paint(style, "dim", `[${rule}]`)}`;
  return [head, ...rest.map(indented), ...(fix === null ? [] : printableLines(fix).map(indented))].join("\n");
}

/** `door, lamp and storm`; beyond twenty `… and 480 more`. */
export function nameShots(shots: readonly string[]): string {
  const shown = shots.slice(0, MOST_NAMES);
  const more = shots.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${showCount(more)} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function tellGroup(group: readonly ProblemOfShot[], style: Style): string {
  const [first, ...others] = group;
  if (!first) return "";
  const told = tellProblem(first.problem, style);
  if (others.length === 0) return told;
  const names = others.flatMap(({ shot }) => (shot === undefined ? [] : [printable(shot)]));
  return `${told}\n${indented(`The same holds for ${countOf(others.length, "more shot", "more shots")}: ${nameShots(names)}.`)}`;
}

/** Equal for problems that differ only in whose they are. */
function sortOf({ shot, problem: { rule, message, fix } }: ProblemOfShot): string {
  return JSON.stringify([rule, shot === undefined ? message : neutral(message, shot), fix && neutral(fix, shot ?? "")]);
}

function neutral(text: string, shot: string): string {
  const unnamed = shot === "" ? text : text.replace(new RegExp(`(?<![\\w-])${escaped(shot)}(?![\\w-])`, "g"), "<>");
  return unnamed.replace(/\btake([ -])\d+/g, "take$1<>").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

function indented(line: string): string {
  return `   ${line}`;
}

/** Ids need no escaping in a regular expression; a hand-edited ledger may hold others. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "\\$&");
}
