import type { FilmStatus } from "../plan/film-status.ts";
import type { Plan } from "../plan/plan-run.ts";
import { isComplete, type ShotStatus } from "../plan/shot-status.ts";
import { type Step, stepCredits } from "../plan/step.ts";
import { isSelected } from "../plan/view.ts";
import { type BalanceTrace, isUnexplained } from "../run/balance-trace.ts";
import type { Outcome } from "../run/carry-out.ts";
import type { Problem } from "../shot/problem.ts";
import { countOf, showChange, showCount, showCredits, showMoney } from "./credits.ts";
import { unconfirmedTakes } from "./exit-code.ts";
import { filmNotes } from "./film-notes.ts";
import { loudnessFound } from "./loudness-words.ts";
import { printable } from "./printable.ts";
import { shortfallOf } from "./shortfall.ts";
import { howToFinish, standInWords } from "./stand-ins.ts";
import { paint, type Style } from "./style.ts";
import { withRested } from "./summary.ts";
import { nameShots, type ProblemOfShot, tellProblems } from "./tell-problems.ts";
import { showDuration, showPlayingTime } from "./tell-time.ts";

/** All that the end of one batch is told from. */
export interface EndOfRun {
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** where shots and films stand now */
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  /** credits of this run */
  readonly spent: number;
  /** credits left on the account; undefined when it is not known */
  readonly balance: number | undefined;
  /** how it moved over the run; undefined when it is not known */
  readonly trace?: BalanceTrace | undefined;
  readonly interrupted?: "SIGINT" | "SIGTERM" | undefined;
  readonly tookMs?: number;
  /** false where several manifests of one command end, and each says which it is; default: true */
  readonly isAlone?: boolean;
  /** a path relative to the batch folder, as it is typed from where the person stands */
  readonly show: (path: string) => string;
  readonly style: Style;
}

/** Waits that the words about open shots have told already; nobody has to mend anything. */
const IS_MERELY_OPEN: ReadonlySet<string> = new Set(["still-generating", "still-upgrading"]);

/**
 * The end of a run in words. What is there comes first and what is wrong last: that is where the eye is when the text
 * stops, in a terminal as in a mail.
 */
export function tellOutcome(end: EndOfRun): string {
  const blocks = [
    [...headLines(end), ...filmLines(end)].join("\n"),
    madeLine(end),
    openLines(end).join("\n"),
    ...problemBlocks(end),
    lastLines(end).join("\n"),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n${end.isAlone === false ? "\n" : ""}`;
}

function headLines({ plan, isAlone = true, style }: EndOfRun): readonly string[] {
  const { name, shown } = plan.view.manifest;
  return isAlone ? [] : [`${paint(style, "bold", name)}, from ${printable(shown)}`];
}

function filmLines({ films, show, style, outcome }: EndOfRun): readonly string[] {
  return films.flatMap((film) => {
    if (film.file !== null) {
      const length = `${showPlayingTime(film.seconds ?? 0)}, ${countOf(film.frames ?? 0, "frame")}`;
      const lacks = film.standIns.length > 0 ? `, ${standInWords(film.standIns)}` : "";
      const made = `${paint(style, "bold", printable(show(film.file)))}, ${length}${loudnessFound(film.figures)}${lacks}`;
      const notes = filmNotes(film.id, film.figures);
      return [`Film "${film.id}": ${made}`, ...notes.map((note) => `   ${paint(style, "yellow", note)}`)];
    }
    return [`Film "${film.id}": not joined${heldWords(film, outcome)}`];
  });
}

function heldWords({ id, missing }: FilmStatus, { rested }: Outcome): string {
  if (missing.length > 0) return `; it waits for ${nameShots(missing)}`;
  const failed = rested.some(({ step }) => step.kind === "join" && step.sequence === id);
  return failed ? ", see below" : "; its clips are all there";
}

function madeLine({ plan, shots, spent, balance, trace, tookMs, outcome }: EndOfRun): string {
  const { view } = outcome;
  const before = new Set(plan.shots.filter(isComplete).map(({ id }) => id));
  const selected = shots.filter(({ id }) => isSelected(view, id));
  const done = selected.filter(isComplete);
  const now = done.filter(({ id }) => !before.has(id));
  // What was paid for and made before is only brought here again.
  const fetched = now.filter(({ id, task }) => task !== null && isMadeBefore(plan, id, task)).length;
  const all =
    done.length === selected.length
      ? countOf(done.length, "shot")
      : `${showCount(done.length)} of ${countOf(selected.length, "shot")}`;
  const parts = [
    `${all} made${newWords(now.length - fetched, fetched, done.length)}`,
    `${showMoney(spent)} spent${spent === plan.price.likely ? "" : ` of ${showCount(plan.price.likely)} planned`}`,
    ...(balance === undefined ? [] : [`balance ${showCredits(balance)}${changeWords(trace)}`]),
    ...(tookMs === undefined ? [] : [showDuration(tookMs)]),
  ];
  return `${parts.join("; ")}.`;
}

function newWords(made: number, fetched: number, done: number): string {
  if (done === 0) return "";
  if (fetched > 0) {
    const again = `${showCount(fetched)} of them fetched again`;
    return made === 0 ? `, ${again} in this run` : `, ${showCount(made)} of them in this run and ${again}`;
  }
  if (made === 0) return ", none of them in this run";
  if (made < done) return `, ${showCount(made)} of them in this run`;
  return done === 1 ? " in this run" : ", all in this run";
}

function isMadeBefore({ view }: Plan, shot: ShotStatus["id"], task: string): boolean {
  const take = view.state.takes.get(shot)?.find((each) => each.task === task);
  const file = take?.files.get(view.manifest.shots.find(({ id }) => id === shot)?.resolution ?? "720p");
  return file?.state === "checked";
}

function changeWords(trace: BalanceTrace | undefined): string {
  return trace === undefined ? "" : `, ${showChange(-trace.fell)} in this run`;
}

/** What the same command goes on with. */
function openLines(end: EndOfRun): readonly string[] {
  const { shots, outcome } = end;
  const { view } = outcome;
  const selected = shots.filter(({ id }) => isSelected(view, id));
  const named = (states: readonly ShotStatus["state"][]) =>
    selected.flatMap(({ id, state }) => (states.includes(state) ? [id] : []));
  const generating = named(["generating", "upgrading"]);
  const unfetched = named(["made", "upgraded", "downloaded"]);
  const open = new Set(outcome.left.filter(isPurchase).flatMap((step) => (step.kind === "join" ? [] : [step.shot])));
  const planned = selected.flatMap(({ id, state }) =>
    state === "planned" || state === "blocked" || (open.has(id) && state !== "checked") ? [id] : [],
  );
  const upgrades = selected.flatMap(({ id, state }) => (open.has(id) && state === "checked" ? [id] : []));
  const lines = [
    ...(generating.length > 0
      ? [`${countOf(generating.length, "shot")} still at the vendor's, paid: ${nameShots(generating)}.`]
      : []),
    ...(unfetched.length > 0
      ? [`${countOf(unfetched.length, "shot")} made and paid, not fetched yet: ${nameShots(unfetched)}.`]
      : []),
    ...(planned.length > 0
      ? [`${countOf(planned.length, "shot")} not bought: ${nameShots([...new Set(planned)])}.`]
      : []),
    ...(upgrades.length > 0
      ? [`${countOf(upgrades.length, "shot")} not upgraded or taken again yet: ${nameShots(upgrades)}.`]
      : []),
  ];
  const isToldBelow = end.interrupted || outcome.stopped || outcome.keyProblem;
  // Shots that are blocked alone do not come by running again: their problems say what they need.
  const isOpen =
    lines.length > 0 && !(lines.length === 1 && planned.length === named(["blocked"]).length && planned.length > 0);
  return [...lines, ...unusedLines(end), ...(isOpen && !isToldBelow ? [howToGoOn(end)] : [])];
}

/** A forced take that was bought and that no film shows: the author wanted it, and has to say so once more. */
function unusedLines({ plan, outcome, shots }: EndOfRun): readonly string[] {
  return [...plan.view.wish.renew].flatMap(([shot, { above, why }]) => {
    const used = shots.find(({ id }) => id === shot)?.take;
    const bought = (outcome.view.state.takes.get(shot) ?? []).filter(
      ({ number, purchase }) => number > above && (purchase === "made" || purchase === "generating"),
    );
    if (why !== "forced" || used === undefined || used === null || !isSelected(outcome.view, shot)) return [];
    return bought
      .filter(({ number }) => number !== used)
      .map(({ number, credits }) => {
        const which = `Take ${number} of "${shot}" was bought for ${showMoney(credits)} and is not the one that films use`;
        return `${which}: that is take ${used}. Write pick: ${number} in the shot to use it.`;
      });
  });
}

/** A person who stops a run wonders what becomes of that which is paid and not there. */
function pickedUp({ shots, outcome }: EndOfRun): string {
  const isOpen = shots.some(
    ({ id, state }) => isSelected(outcome.view, id) && (state === "generating" || state === "upgrading"),
  );
  return isOpen ? "What still generates is picked up by the next run. " : "";
}

/** A forced take is bought anew by every command that forces it. */
function howToGoOn({ plan }: EndOfRun): string {
  const isForced = [...plan.view.wish.renew.values()].some(({ why }) => why === "forced");
  const command = isForced ? "Run it again without --force" : "Run the same command again";
  return `${command} to go on; nothing is paid for twice.`;
}

/** Every problem once: those of shots, then those of films, last what stopped the run. */
function problemBlocks({ outcome, shots, style }: EndOfRun): readonly string[] {
  const { view, rested, stopped, keyProblem } = outcome;
  const ofShots = withRested(shots, rested).flatMap(({ id, problem }): readonly ProblemOfShot[] =>
    problem && isSelected(view, id) ? [{ shot: id, problem }] : [],
  );
  // A take that is not the shot's picked one has no place in its status, yet its money is an open question.
  const ofTakes = unconfirmedTakes(view).flatMap(({ shot, problem }) => (problem ? [{ shot, problem }] : []));
  const ofSteps = rested.map(({ step, problem }) => ({ shot: step.kind === "join" ? undefined : step.shot, problem }));
  const ends = [stopped?.problem, keyProblem].flatMap((problem) => (problem ? [{ shot: undefined, problem }] : []));
  const told = new Set(ends.map(({ problem }) => textOf(problem)));
  const others = [...ofShots, ...ofTakes, ...ofSteps].filter(({ problem }) => {
    const isNew = !told.has(textOf(problem));
    told.add(textOf(problem));
    return isNew && !IS_MERELY_OPEN.has(problem.rule);
  });
  // What merely follows from another problem comes before it.
  const isConsequence = ({ problem }: ProblemOfShot) => problem.rule === "parent-missing";
  const causes = others.filter((each) => !isConsequence(each));
  return tellProblems([...others.filter(isConsequence), ...causes, ...ends], style);
}

function lastLines(end: EndOfRun): readonly string[] {
  const { outcome, interrupted, shots, films, style } = end;
  const unconfirmed = unconfirmedTakes(outcome.view);
  const lines: string[] = [];
  if (unconfirmed.length > 0) {
    const credits = unconfirmed.reduce((sum, take) => sum + take.credits, 0);
    const which = `${countOf(unconfirmed.length, "purchase")} without an answer may have cost ${showMoney(credits)} more`;
    lines.push(
      paint(style, "yellow", `${which}; only a person can settle ${unconfirmed.length === 1 ? "it" : "them"}.`),
    );
  }
  if (end.trace && isUnexplained(end.trace)) lines.push(paint(style, "yellow", disagreement(end.trace)));
  const short = shortfallOf(outcome.view, shots, films);
  const isDone = short.shots.length === 0 && short.films.length === 0;
  if (!interrupted) lines.push(...finishLines(end, short.films));
  if (interrupted && !isDone) lines.push(`Interrupted. ${pickedUp(end)}${howToGoOn(end)}`);
  return lines;
}

/** A film that was joined without all its clips looks finished from afar. */
function finishLines(end: EndOfRun, films: readonly FilmStatus[]): readonly string[] {
  const { shots, plan, style } = end;
  const { manifest } = plan.view;
  return films.flatMap(({ id, standIns }) => {
    if (standIns.length === 0) return [];
    const what = paint(style, "yellow", `Film "${id}" is joined ${standInWords(standIns)}.`);
    return [`${what} ${printable(howToFinish(standIns, shots, manifest))}`];
  });
}

/** The balance and the ledger tell different stories: nobody here can know why. */
function disagreement({ since, fell, explained, doubtful }: BalanceTrace): string {
  const moved = fell < 0 ? `rose by ${showCredits(-fell)}` : `fell by ${showCredits(fell)}`;
  const upTo = doubtful > 0 ? ` to ${showCount(explained + doubtful)}` : "";
  const time = new Date(since).toISOString();
  return `The balance ${moved} since ${time}, but what was bought from here comes to ${showCount(explained)}${upTo}: somebody else may use the account, or the vendor's prices are not those of the table. https://kie.ai/logs shows each charge.`;
}

function isPurchase(step: Step): boolean {
  return stepCredits(step) > 0;
}

function textOf({ rule, message }: Problem): string {
  return `${rule} ${message}`;
}
