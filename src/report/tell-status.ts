import type { Manifest } from "../manifest/manifest.ts";
import { displayWidth } from "../media/words/columns.ts";
import type { FilmStatus } from "../plan/film-status.ts";
import { isComplete, type ShotStatus } from "../plan/shot-status.ts";
import type { Problem } from "../shot/problem.ts";
import { countOf, showCount, showMoney } from "./credits.ts";
import { padEnd, padStart, printable } from "./printable.ts";
import { howToFinish, standInWords } from "./stand-ins.ts";
import { type Look, paint, type Style } from "./style.ts";
import { nameShots, tellProblems } from "./tell-problems.ts";
import { showPlayingTime } from "./tell-time.ts";

export interface StatusContext {
  /** credits of purchases without an answer, which may have been charged */
  readonly unconfirmed?: number;
  /** what is paid for, not here, and soon to be deleted by the vendor */
  readonly fading?: readonly Problem[];
  readonly style: Style;
  readonly manifest: Manifest;
  /** a path relative to the batch folder, as it is typed from where the person stands */
  readonly show: (path: string) => string;
}

/** What `status` prints: a line a shot, a line a film, what it cost so far, then every problem in full. */
export function tellStatus(shots: readonly ShotStatus[], films: readonly FilmStatus[], context: StatusContext): string {
  const { style, manifest, unconfirmed = 0, fading = [] } = context;
  const spent = shots.reduce((sum, { credits }) => sum + credits, 0);
  const done = shots.filter(isComplete).length;
  const head = `${paint(style, "bold", printable(manifest.name))}: ${showCount(done)} of ${countOf(shots.length, "shot")} made, ${showMoney(spent)} spent${unconfirmed > 0 ? `; purchases without an answer may have cost ${showMoney(unconfirmed)} more` : ""}`;
  const problems = shots.flatMap(({ id, problem }) => (problem ? [{ shot: id, problem }] : []));
  const blocks = [
    head,
    shotTable(shots, context).join("\n"),
    films.map((film) => filmLine(film, shots, context)).join("\n"),
    ...tellProblems([...fading.map((problem) => ({ shot: undefined, problem })), ...problems], style),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function shotTable(shots: readonly ShotStatus[], { style, show }: StatusContext): readonly string[] {
  const rows = shots.map((status) => ({
    id: printable(status.id),
    state: status.state,
    take: status.take === null ? "-" : `${status.take}`,
    size: sizeWords(status),
    credits: showCount(status.credits),
    last: status.file === null ? ruleOf(status) : printable(show(status.file)),
    look: lookOf(status),
  }));
  const head = { id: "shot", state: "state", take: "take", size: "size", credits: "credits", last: "file or problem" };
  const all = [head, ...rows];
  const width = (name: keyof typeof head) => Math.max(...all.map((row) => displayWidth(row[name])));
  const [ids, states, takes, sizes, credits] = (["id", "state", "take", "size", "credits"] as const).map(width);
  const line = (row: typeof head, look?: Look) => {
    const state = padEnd(row.state, states ?? 0);
    return [
      padEnd(row.id, ids ?? 0),
      look ? paint(style, look, state) : state,
      padStart(row.take, takes ?? 0),
      padEnd(row.size, sizes ?? 0),
      padStart(row.credits, credits ?? 0),
      row.last,
    ]
      .join("  ")
      .trimEnd();
  };
  return [paint(style, "dim", line(head)), ...rows.map((row) => line(row, row.look))];
}

function sizeWords({ wanted, resolution }: ShotStatus): string {
  return resolution === null || resolution === wanted ? wanted : `${resolution} of ${wanted}`;
}

/** The rule alone: the whole problem stands below the table. */
function ruleOf({ problem }: ShotStatus): string {
  return problem ? `[${problem.rule}]` : "";
}

function lookOf(status: ShotStatus): Look {
  if (isComplete(status)) return "green";
  if (["refused", "failed", "unconfirmed", "lost", "blocked"].includes(status.state)) return "red";
  return status.state === "planned" ? "dim" : "yellow";
}

function filmLine(film: FilmStatus, shots: readonly ShotStatus[], context: StatusContext): string {
  const { id, file, seconds, frames, missing, standIns } = film;
  const { style, show, manifest } = context;
  if (file !== null) {
    const length = `${showPlayingTime(seconds ?? 0)}, ${countOf(frames ?? 0, "frame")}`;
    const joined = `Film "${id}": ${paint(style, "bold", printable(show(file)))}, ${length}`;
    if (standIns.length === 0) return joined;
    return `${joined}, ${standInWords(standIns)}. ${printable(howToFinish(standIns, shots, manifest))}`;
  }
  return missing.length > 0 ? `Film "${id}": waits for ${nameShots(missing)}` : `Film "${id}": not joined yet`;
}
