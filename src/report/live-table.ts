import { creditsSpent } from "../ledger/batch-state.ts";
import { displayWidth } from "../media/words/columns.ts";
import { filmStatuses } from "../plan/film-status.ts";
import { countOf, showCount } from "./credits.ts";
import { LIVE_WORDS, type LiveRow, type LiveWord, liveRows, type TimeLeft } from "./live-row.ts";
import type { LiveState } from "./live-state.ts";
import { cut, padEnd, printable } from "./printable.ts";
import { standInWords } from "./stand-ins.ts";
import { type Look, paint, type Style } from "./style.ts";
import { showDuration, showElapsed } from "./tell-time.ts";

/** A screen: the style of its text and its height in lines. */
export interface Screen extends Style {
  readonly rows: number;
}

/** Longer ids are cut: two shots side by side still have room for what they do. */
const WIDEST_ID = 24;
const BAR_COLUMNS = 10;

const LOOK_OF: Readonly<Record<LiveWord, Look>> = {
  generating: "cyan",
  upgrading: "cyan",
  downloading: "cyan",
  submitted: "cyan",
  refused: "red",
  failed: "red",
  unconfirmed: "red",
  lost: "red",
  blocked: "red",
  waiting: "dim",
  checked: "green",
};

/**
 * A picture of the run, no wider than the screen and no higher: a head with counts and money, a line a shot, a line a
 * film. Where there are more shots than lines, those that something happens to are shown and the others counted.
 *
 * @param now - epoch milliseconds
 */
export function tableLines(state: LiveState, screen: Screen, now: number, timeLeft: TimeLeft): readonly string[] {
  const rows = liveRows(state, now, timeLeft);
  const head = headLines(state, rows, screen, now);
  const films = filmLines(state, screen);
  const room = Math.max(1, screen.rows - head.length);
  // Of many films the first are enough while there are shots to see.
  const shownFilms = films.slice(0, Math.max(1, Math.floor(room / 3)));
  const shots = shotLines(rows, Math.max(1, room - shownFilms.length), screen);
  return [...head, ...shots, ...shownFilms].slice(0, screen.rows);
}

function headLines(state: LiveState, rows: readonly LiveRow[], screen: Screen, now: number): readonly string[] {
  const { manifest } = state.view;
  const spent = creditsSpent(state.view.state) - state.creditsBefore;
  const money = `${showCount(spent)} of ${showCount(state.plannedCredits)} credits spent`;
  const first = cut(`${manifest.name}  ${showElapsed(now - state.startedAt)}  ${money}`, screen.columns);
  const counts = LIVE_WORDS.flatMap((word) => {
    const count = rows.filter((row) => row.word === word).length;
    return count > 0 ? [`${showCount(count)} ${word}`] : [];
  });
  const lines = [paint(screen, "bold", first), ...countLines(`${countOf(rows.length, "shot")}: `, counts, screen)];
  if (state.stopped) {
    const stopped = cut(`Nothing more is bought: ${printable(state.stopped.message)}`, screen.columns);
    lines.push(paint(screen, "yellow", stopped));
  }
  const unanswered = rows.filter(({ word }) => word === "unconfirmed").length;
  if (unanswered > 0 && state.answersUntil !== undefined && state.answersUntil > now) {
    const left = showDuration(state.answersUntil - now);
    const words = `Waiting up to ${left} for callbacks: ${countOf(unanswered, "purchase")} without an answer`;
    lines.push(paint(screen, "yellow", cut(words, screen.columns)));
  }
  return lines;
}

/** The counts, on a second line where one is too short. */
function countLines(before: string, counts: readonly string[], { columns }: Screen): readonly string[] {
  const fits = counts.findLastIndex(
    (_, index) => displayWidth(before + counts.slice(0, index + 1).join(", ")) < columns,
  );
  if (fits === counts.length - 1 || fits < 0) return [cut(before + counts.join(", "), columns)];
  const rest = counts.slice(fits + 1).join(", ");
  return [`${before}${counts.slice(0, fits + 1).join(", ")},`, cut(`  ${rest}`, columns)];
}

function shotLines(rows: readonly LiveRow[], room: number, screen: Screen): readonly string[] {
  if (rows.length <= room) return rows.map((row) => shotLine(row, idColumns(rows), screen));
  const urgency = new Map(LIVE_WORDS.map((word, index) => [word, index]));
  const byUrgency = rows.toSorted((a, b) => (urgency.get(a.word) ?? 0) - (urgency.get(b.word) ?? 0));
  const kept = new Set(byUrgency.slice(0, room - 1));
  const shown = rows.filter((row) => kept.has(row));
  const counts = LIVE_WORDS.flatMap((word) => {
    const count = rows.filter((row) => row.word === word && !kept.has(row)).length;
    return count > 0 ? [`${showCount(count)} ${word}`] : [];
  });
  const rest = cut(`+ ${counts.join(", ")}`, screen.columns);
  return [...shown.map((row) => shotLine(row, idColumns(shown), screen)), paint(screen, "dim", rest)];
}

function shotLine({ shot, word, detail, fraction }: LiveRow, idWidth: number, screen: Screen): string {
  const id = padEnd(cut(printable(shot), idWidth), idWidth);
  const widestWord = Math.max(...LIVE_WORDS.map((each) => each.length));
  const bar = fraction === undefined ? "" : `${barOf(fraction)} `;
  // Two spaces before the word and two behind it.
  const left = screen.columns - idWidth - widestWord - 4;
  if (left < 0) return cut(`${id}  ${word}`, screen.columns);
  const isBadEnd = LOOK_OF[word] === "red";
  const shownDetail = cut(`${bar}${detail}`, left);
  const tail = shownDetail === "" ? "" : `  ${isBadEnd ? shownDetail : paint(screen, "dim", shownDetail)}`;
  const state = tail === "" ? word : padEnd(word, widestWord);
  return `${id}  ${paint(screen, LOOK_OF[word], state)}${tail}`;
}

function filmLines(state: LiveState, screen: Screen): readonly string[] {
  const joining = new Map(
    [...state.inHand.values()].flatMap(({ step, fraction }) =>
      step.kind === "join" ? [[step.sequence, fraction] as const] : [],
    ),
  );
  return filmStatuses(state.view).map(({ id, state: film, missing, standIns }) => {
    const words = joining.has(id)
      ? `joining ${Math.round((joining.get(id) ?? 0) * 100)} %`
      : film !== "held"
        ? ["joined", standInWords(standIns)].filter((words) => words !== "").join(" ")
        : missing.length > 0
          ? `waits for ${countOf(missing.length, "shot")}`
          : "waits to be joined";
    return cut(`film ${id}: ${words}`, screen.columns);
  });
}

function idColumns(rows: readonly LiveRow[]): number {
  return Math.min(WIDEST_ID, Math.max(0, ...rows.map(({ shot }) => displayWidth(printable(shot)))));
}

/** `####......`: plain characters, as they take one column in every terminal. */
function barOf(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_COLUMNS);
  return "#".repeat(filled) + ".".repeat(BAR_COLUMNS - filled);
}
