import { findTake } from "../ledger/batch-state.ts";
import type { LedgerEvent, Recorded } from "../ledger/event.ts";
import { allOf } from "../manifest/wording.ts";
import type { FilmPlan } from "../plan/film.ts";
import { type JoinStep, leavesFilm } from "../plan/step.ts";
import type { View } from "../plan/view.ts";
import type { News } from "../run/news.ts";
import { heeded, USUAL_CHECKS } from "../shot/clip-check.ts";
import type { ShotId } from "../shot/id.ts";
import { countOf, showCredits } from "./credits.ts";
import { printable } from "./printable.ts";
import { standInWords } from "./stand-ins.ts";
import { showDuration, showPlayingTime } from "./tell-time.ts";

/** A wait that is over sooner than this is not worth a line. */
const SHORTEST_WAIT_MS = 5_000;

/**
 * One line of text for a piece of news where nobody watches a table, without date and line end; undefined for chatter.
 * Fixes are left for the end of the run, where they are told once.
 */
export function lineFor(news: News): string | undefined {
  switch (news.news) {
    case "recorded":
      return recordedLine(news.recorded, news.view);
    case "started":
      if (news.step.kind !== "join") return undefined;
      return joiningLine(news.step);
    case "waiting":
      return news.waitMs < SHORTEST_WAIT_MS ? undefined : waitingLine(news);
    case "retrying": {
      const about =
        news.step.kind === "join" ? `film "${news.step.sequence}"` : takeName(news.step.shot, news.step.take);
      return `${about}: ${printable(news.why)}; tried again in ${showDuration(news.inMs)}`;
    }
    case "resting":
      // What was to lie beside a film that is whole: it has failed, and nobody waits for it.
      if (news.problem.rule === "beside-failed") return printable(news.problem.message);
      return `put off until the next run: ${printable(news.problem.message)}`;
    case "buying-stopped":
      return `nothing more is bought: ${printable(news.problem.message)}`;
    case "callback-ignored":
      return `${takeName(news.shot, news.take)}: a callback that names task ${printable(news.task)} is ignored: ${printable(news.why)}`;
    case "awaiting-callbacks": {
      const which = news.takes === 1 ? "a purchase that was" : `${news.takes} purchases that were`;
      return `waiting up to ${showDuration(news.forMs)} for the callback of ${which} not answered`;
    }
    case "ended":
    case "progress":
    case "called":
      return undefined;
  }
}

function joiningLine(step: JoinStep): string {
  const { sequence, film } = step;
  if (leavesFilm(step)) return `film "${sequence}" stays as it is; ${besideWords(film)} written again`;
  const clips = film.clips.filter(({ shows }) => shows === "take").length;
  const lacks = film.standIns.length > 0 ? `, ${standInWords(film.standIns)}` : "";
  return `film "${sequence}" is being joined from ${countOf(clips, "clip")}${lacks}`;
}

function writtenWords({ beside = [] }: Extract<LedgerEvent, { event: "joined" }>): string {
  const files = beside.flatMap(({ file, bytes }) => (bytes > 0 ? [file] : []));
  return files.length > 0 ? printable(allOf(files)) : "none";
}

function besideWords({ captions, handOff }: FilmPlan): string {
  const exports = handOff?.files.map(({ format }) => format) ?? [];
  const named = [
    ...(captions ? ["captions"] : []),
    ...(exports.length > 0 ? [`cut for editors (${exports.join(", ")})`] : []),
    "poster",
  ];
  return `its ${allOf(named)} ${named.length === 1 ? "is" : "are"}`;
}

/** What was told before: the looks of one long wait make one line, and one fault is told once. */
export interface Told {
  readonly because: "window" | "pause" | "running" | undefined;
  /** epoch milliseconds */
  readonly until: number;
  /** messages of problems */
  readonly problems: ReadonlySet<string>;
}
export const NOTHING_TOLD: Told = { because: undefined, until: 0, problems: new Set() };

/**
 * `lineFor`, but a wait that goes on as was told before says nothing more, and a fault that was told is not told again
 * where a step rests or the buying stops for it.
 *
 * @param now - epoch milliseconds
 */
export function nextLine(before: Told, news: News, now: number): { line: string | undefined; told: Told } {
  const message = messageOf(news);
  const isKnown = message !== undefined && before.problems.has(message);
  const told = message === undefined ? before : { ...before, problems: new Set([...before.problems, message]) };
  if (isKnown && news.news === "resting") return { line: undefined, told };
  if (isKnown && news.news === "buying-stopped") return { line: "nothing more is bought in this run", told };
  if (news.news !== "waiting") return { line: lineFor(news), told };
  const { because } = news;
  const until = now + news.waitMs;
  const isTold = because === told.because && until < told.until + SHORTEST_WAIT_MS;
  const line = isTold ? undefined : lineFor(news);
  return { line, told: line === undefined ? told : { ...told, because, until } };
}

function messageOf(news: News): string | undefined {
  if (news.news === "resting" || news.news === "buying-stopped") return news.problem.message;
  if (news.news !== "recorded") return undefined;
  const { event } = news.recorded;
  return "problem" in event ? event.problem?.message : undefined;
}

function recordedLine({ event }: Recorded, view: View): string | undefined {
  switch (event.event) {
    case "run-started":
    case "run-ended":
    case "submitting":
    case "downloaded":
      return undefined;
    case "submitted":
      return `${takeName(event.shot, event.take)} submitted (${showCredits(findTake(view.state, event.shot, event.take)?.credits ?? 0)})`;
    case "made":
      return `${takeName(event.shot, event.take)} made after ${showDuration(event.tookMs)}`;
    case "checked": {
      const checks = view.manifest.shots.find(({ id }) => id === event.shot)?.checks ?? USUAL_CHECKS;
      const [finding] = heeded(event.findings ?? [], checks);
      const note = finding ? `; ${printable(finding.message)}` : "";
      return `${takeName(event.shot, event.take)} checked: ${event.file}, ${countOf(event.frames, "frame")}${note}`;
    }
    case "upgrading":
      return `${takeName(event.shot, event.take)} upgrading to ${event.resolution} (${showCredits(event.credits)})`;
    case "upgraded":
      return `${takeName(event.shot, event.take)} upgraded to ${event.resolution} after ${showDuration(event.tookMs)}`;
    case "deferred":
    case "upgrade-deferred":
      return `put off: ${printable(event.problem.message)}`;
    case "refused":
    case "unconfirmed":
    case "failed":
    case "lost":
    case "rejected-file":
    case "upgrade-refused":
      return printable(event.problem.message);
    case "adopted":
      return `${takeName(event.shot, event.take)} adopted: task ${printable(event.task)}`;
    case "salvaged":
      return `${takeName(event.shot, event.take)} found again: task ${printable(event.task)}`;
    case "forgotten":
      return `${takeName(event.shot, event.take)} forgotten: it was not bought`;
    case "renamed":
      return `${event.shot} goes by ${event.to} from here on`;
    case "joined": {
      if (event.kept) return `film "${event.sequence}" has its files beside it again: ${writtenWords(event)}`;
      const length = `${countOf(event.frames, "frame")}, ${showPlayingTime(event.seconds)}`;
      return `film "${event.sequence}" joined: ${event.file}, ${length}`;
    }
  }
}

function waitingLine({ because, waitMs }: News & { news: "waiting" }): string {
  const duration = showDuration(waitMs);
  switch (because) {
    case "window":
      return `buying waits ${duration}: as many starts as the vendor allows were made just now`;
    case "pause":
      return `buying waits ${duration}: the vendor asked for a pause`;
    case "running":
      return "buying waits: as many takes generate as may at a time";
  }
}

function takeName(shot: ShotId, take: number): string {
  return `${printable(shot)} take ${take}`;
}
