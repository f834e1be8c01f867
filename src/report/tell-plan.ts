import type { AccountState } from "../ledger/ledger.ts";
import type { Sequence } from "../manifest/manifest.ts";
import { displayWidth } from "../media/words/columns.ts";
import type { FilmPlan } from "../plan/film.ts";
import { type FilmOutlook, filmOutlook, type KnownFiles, knownFiles } from "../plan/film-outlook.ts";
import { learnedPrices } from "../plan/learned-prices.ts";
import type { Plan } from "../plan/plan-run.ts";
import { isComplete } from "../plan/shot-status.ts";
import { type JoinStep, leavesFilm } from "../plan/step.ts";
import { isSelected } from "../plan/view.ts";
import type { FilmsAhead } from "../run/look-ahead.ts";
import type { SeenClips } from "../run/seen-clips.ts";
import { type Caps, unaffordable } from "../run/spending-problem.ts";
import type { FilmEncoding } from "../shot/film-encoding.ts";
import { showFrameRate } from "../shot/frame-rate.ts";
import type { SequenceId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { showCommand } from "../world/shown-command.ts";
import { captionWords, hastyWords } from "./caption-words.ts";
import { countOf, showCount, showCredits, showMoney } from "./credits.ts";
import { encodingMinutes } from "./encoding-time.ts";
import { loudnessAim } from "./loudness-words.ts";
import { encodedLines, lengthWords, pictureWords } from "./picture-words.ts";
import { planTimeMs } from "./plan-time.ts";
import { type TakeWork, takeWork } from "./plan-work.ts";
import { cut, padEnd, padStart, printable } from "./printable.ts";
import { standInWords } from "./stand-ins.ts";
import { paint, type Style } from "./style.ts";
import { nameShots, tellProblem, tellProblems } from "./tell-problems.ts";
import { showDuration, showPlayingTime } from "./tell-time.ts";
import { cutVoiceWords } from "./voice-words.ts";

/** What the person who reads a plan should know beside it. */
export interface PlanContext extends Partial<FilmsAhead> {
  readonly style: Style;
  /** `plan` and `dry-run` end by saying that nothing was bought; `run` goes on */
  readonly mode: "plan" | "dry-run" | "run";
  /** credits the account has left; undefined when it was not asked */
  readonly balance?: number | undefined;
  readonly caps?: Partial<Caps>;
  readonly spentToday?: number | undefined;
  /** what all batches of the command cost that spend from the same account; left out where there is one */
  readonly together?: Together | undefined;
  /** how long work took before, for an estimate */
  readonly durations?: AccountState["durations"];
  /** whether this ffmpeg can write on slates; undefined when nobody looked */
  readonly drawsWords?: boolean | undefined;
  /** why a run would refuse to begin on this machine; undefined when nobody looked */
  readonly obstacles?: readonly Problem[] | undefined;
  /** what purchases were seen to cost, for prices that have changed */
  readonly charges?: AccountState["charges"] | undefined;
  /** path of the ledger that this run would begin */
  readonly newLedger?: string | undefined;
}

/** The prices of several batches added up. */
export interface Together {
  readonly likely: number;
  readonly worst: number;
  /** how many of them cost something */
  readonly manifests: number;
}

/** Told wherever slates are about to be drawn by an ffmpeg that lacks drawtext. */
export const SLATES_BLANK =
  "This ffmpeg cannot write (it has no drawtext): slates stay without words. callsheet doctor shows which one is used.";

/** Lines of one sort that are listed; the others are counted. */
const MOST_ALIKE = 20;

/** A command line that is longer is cut. */
const MOST_HOOK_COLUMNS = 160;

/** What `plan` and `run --dry-run` print, and `run` at its beginning. */
export function tellPlan(plan: Plan, context: PlanContext): string {
  const { style } = context;
  const blocks = [
    headBlock(plan, context),
    takesBlock(plan, style),
    joinsBlock(plan, context),
    restBlock(plan),
    tellProblems(
      plan.fading.map((problem) => ({ shot: undefined, problem })),
      style,
    ),
    problemsBlock(plan, style),
    obstaclesBlock(context),
    endBlock(plan, context),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headBlock(plan: Plan, { style, newLedger }: PlanContext): readonly string[] {
  const { name, title, shown, shots, sequences } = plan.view.manifest;
  const called = title === undefined ? name : `${printable(title)} (${name})`;
  const size = `${countOf(shots.length, "shot")}, ${countOf(sequences.length, "film")}`;
  const lines = [`${paint(style, "bold", called)}: ${size}, from ${printable(shown)}`];
  const { only } = plan.view.wish;
  if (only) lines.push(`Only ${showCount(only.size)} of these shots ${only.size === 1 ? "is" : "are"} selected.`);
  if (newLedger !== undefined)
    lines.push(`A new ledger begins: ${printable(newLedger)}. Nothing bought before is known in it.`);
  return [...lines, ...hookLines(plan.view.manifest)];
}

/** A manifest that came from elsewhere may start a program of its own: who reads the plan must see it. */
function hookLines({ onDone, onFailed }: Plan["view"]["manifest"]): readonly string[] {
  return [onDone, onFailed].flatMap((hook) => {
    if (!hook) return [];
    const when = hook.when === "done" ? "When all is made" : "When something is missing";
    const what = hook.does === "command" ? `starts ${showCommand(hook.program, hook.args)}` : `calls ${hook.url}`;
    return [cut(printable(`${when}, it ${what}`), MOST_HOOK_COLUMNS)];
  });
}

function takesBlock(plan: Plan, style: Style): readonly string[] {
  const works = takeWork(plan);
  if (works.length === 0) return [];
  const counts = new Map<string, number>();
  for (const work of works) counts.set(sortOf(work), (counts.get(sortOf(work)) ?? 0) + 1);
  const listed: TakeWork[] = [];
  const more = new Map<string, TakeWork[]>();
  const told = new Map<string, number>();
  for (const work of works) {
    const sort = sortOf(work);
    const nth = (told.get(sort) ?? 0) + 1;
    told.set(sort, nth);
    // To hide a single line behind another one would gain nothing.
    if (nth <= MOST_ALIKE || counts.get(sort) === MOST_ALIKE + 1) listed.push(work);
    else more.set(sort, [...(more.get(sort) ?? []), work]);
  }
  return [
    "Takes",
    ...takeLines(listed, style),
    ...[...more.values()].map((group) => moreLine(group, counts.size === 1)),
  ];
}

function takeLines(works: readonly TakeWork[], style: Style): readonly string[] {
  const rows = works.map((work) => ({
    shot: printable(work.shot),
    take: work.first === work.last ? `take ${work.first}` : `takes ${work.first} to ${work.last}`,
    price: work.credits === 0 ? "free" : showCredits(work.credits),
    words: `${work.what} ${paint(style, "dim", `(${work.why})`)}`,
  }));
  const [shots, takes, prices] = [widest(rows, "shot"), widest(rows, "take"), widest(rows, "price")];
  return rows.map(({ shot, take, price, words }) => {
    return `  ${padEnd(shot, shots)}  ${padEnd(take, takes)}  ${padStart(price, prices)}  ${words}`;
  });
}

function moreLine(group: readonly TakeWork[], isOnlySort: boolean): string {
  const [first] = group;
  const credits = group.reduce((sum, work) => sum + work.credits, 0);
  const price = credits === 0 ? "free" : showMoney(credits);
  const which = isOnlySort ? "like these" : `to ${first?.sort} (${first?.why})`;
  return `  and ${showCount(group.length)} more ${which}: ${price}`;
}

function joinsBlock(
  plan: Plan,
  { style, drawsWords, cutVoices, kept, seen = new Map() }: PlanContext,
): readonly string[] {
  const found = new Map<SequenceId, JoinStep>();
  for (const { step } of plan.steps) {
    // What is only written anew beside a film comes with joining it.
    if (step.kind === "join" && !(leavesFilm(step) && found.has(step.sequence))) found.set(step.sequence, step);
  }
  const joins = plan.view.manifest.sequences.flatMap((sequence) => {
    const step = found.get(sequence.id);
    return step ? [{ sequence, step }] : [];
  });
  if (joins.length === 0) return [];
  const width = Math.max(...joins.map(({ step }) => step.film.file.length));
  const files = knownFiles(plan.view, plan.end.events);
  const lines = joins.flatMap(({ sequence, step }) => {
    const { film } = step;
    const outlook = filmOutlook(film, seen, files);
    const line = `  ${padEnd(film.file, width)}  ${joinWords(step, outlook, kept?.get(step.sequence) ?? 0, style)}${missingWords(sequence, plan)}`;
    const reasons = leavesFilm(step) || film.encode ? [] : encodedLines(film, outlook);
    return [line, ...reasons.map((each) => `    ${each}`)];
  });
  const isBlank = drawsWords === false && joins.some(({ sequence }) => sequence.onMissing === "slate");
  const cut = joins.flatMap(({ sequence: { id } }) => cutVoiceWords(id, cutVoices?.get(id) ?? []));
  const doubts = [...hastyWords(joins.map(({ step }) => step)), ...cut, ...(isBlank ? [SLATES_BLANK] : [])];
  return ["Films", ...lines, ...doubts.map((doubt) => `  ${paint(style, "yellow", doubt)}`)];
}

/** What `join` prints before it begins: how the film comes to be, and how long that takes. Undefined: it is only copied. */
export function tellFilm(film: FilmPlan, seen: SeenClips, files: KnownFiles, kept: number): string | undefined {
  const outlook = filmOutlook(film, seen, files);
  if (outlook.encodedFrames.most === 0) return undefined;
  const how = film.encode ? encodeWords(film, film.encode) : pictureWords(film, outlook, kept);
  const reasons = film.encode ? [] : encodedLines(film, outlook);
  return [`${film.file}  ${lengthWords(film, outlook)}: ${how}`, ...reasons.map((each) => `    ${each}`)].join("\n");
}

/** What becomes of the film should shots not come that this plan buys or waits for. */
function missingWords({ onMissing, clips }: Sequence, plan: Plan): string {
  const open = new Set(plan.steps.flatMap(({ step }) => (step.kind === "join" ? [] : [step.shot])));
  if (onMissing === "hold" || !clips.some(({ shot }) => open.has(shot))) return "";
  return onMissing === "slate" ? "; what does not come becomes a slate" : "; what does not come is left out";
}

function joinWords(step: JoinStep, outlook: FilmOutlook, kept: number, style: Style): string {
  const { film, why } = step;
  const lacks = film.standIns.length > 0 ? `, ${standInWords(film.standIns)}` : "";
  const how = leavesFilm(step)
    ? "stays as it is"
    : film.encode
      ? encodeWords(film, film.encode)
      : pictureWords(film, outlook, kept);
  const pixels = `${film.size.width}x${film.size.height} at ${showFrameRate(film.frameRate)} frames a second`;
  const length = `${lengthWords(film, outlook)}, ${showPlayingTime(film.seconds)}`;
  const beside = `${leavesFilm(step) ? "" : soundWords(film)}${captionWords(film.captions)}${exportWords(film)}`;
  return `${length}, ${pixels}: ${how}${lacks}${beside} ${paint(style, "dim", `(${why})`)}`;
}

/** @see encodingMinutes for what the time is worth */
function encodeWords(film: FilmPlan, { codec, crf, preset, audio }: FilmEncoding): string {
  const quality = [...(crf === undefined ? [] : [`crf ${crf}`]), preset, `${audio} sound`].join(", ");
  const minutes = encodingMinutes(film);
  const time = minutes < 1 ? "less than a minute" : `about ${countOf(Math.round(minutes), "minute")}`;
  return `everything is encoded as ${codec} (${quality}), ${time} on two cores`;
}

function soundWords(film: FilmPlan): string {
  const { music, voices } = film.sound;
  const words = [...(music ? ["music"] : []), ...(voices.length > 0 ? [countOf(voices.length, "voice")] : [])];
  return loudnessAim(film) + words.map((word) => `; ${word}`).join("");
}

function exportWords({ handOff }: FilmPlan): string {
  const files =
    handOff && handOff.files.length > 0
      ? [`cut for editors: ${handOff.files.map(({ format }) => format).join(", ")}`]
      : [];
  const left = handOff?.left.map(({ format, why }) => `no ${format}: ${why}`) ?? [];
  return [...files, ...left].map((words) => `; ${words}`).join("");
}

/** What needs nothing is counted; a film that waits says for what. */
function restBlock(plan: Plan): readonly string[] {
  if (plan.steps.length === 0 && problemsOf(plan).length === 0) return [];
  const busy = new Set(plan.steps.map(({ step }) => (step.kind === "join" ? `film ${step.sequence}` : step.shot)));
  const shots = plan.shots.filter(({ id }) => isSelected(plan.view, id) && !busy.has(id));
  const done = shots.filter(isComplete).length;
  const films = plan.films.filter(({ id }) => !busy.has(`film ${id}`));
  const joined = films.filter(({ state }) => state === "joined").length;
  const lines: string[] = [];
  for (const { id, standIns } of films)
    if (standIns.length > 0) lines.push(`Film "${id}" is joined ${standInWords(standIns)}.`);
  const still = [...(done > 0 ? [countOf(done, "shot")] : []), ...(joined > 0 ? [countOf(joined, "film")] : [])];
  if (still.length > 0) lines.push(`${still.join(" and ")} ${done + joined === 1 ? "needs" : "need"} nothing.`);
  for (const { id, state, missing } of films) {
    const open = missing.filter((shot) => !busy.has(shot));
    if (state === "held" && open.length > 0)
      lines.push(`Film "${id}" cannot be joined yet: ${nameShots(open)} ${open.length === 1 ? "is" : "are"} missing.`);
  }
  return lines;
}

function problemsBlock(plan: Plan, style: Style): readonly string[] {
  return tellProblems(problemsOf(plan), style);
}

/** A plan is made without any program, so that it may promise what this machine cannot keep. */
function obstaclesBlock({ obstacles = [], style }: PlanContext): readonly string[] {
  if (obstacles.length === 0) return [];
  const told = tellProblems(
    obstacles.map((problem) => ({ shot: undefined, problem })),
    style,
  );
  return [paint(style, "yellow", "A run would refuse to begin on this machine:"), ...told];
}

/** Troubles that this plan does nothing about. One that it mends is history. */
function problemsOf(plan: Plan) {
  const busy = new Set(plan.steps.flatMap(({ step }) => (step.kind === "join" ? [] : [step.shot])));
  return plan.shots.flatMap(({ id, problem }) =>
    problem && !busy.has(id) && isSelected(plan.view, id) ? [{ shot: id, problem }] : [],
  );
}

function endBlock(plan: Plan, context: PlanContext): readonly string[] {
  const { price, view, steps } = plan;
  if (steps.length === 0) return [nothingToDo(plan)];
  const { style } = context;
  const worst = price.worst > price.likely ? `; at worst ${showMoney(price.worst)}` : "";
  const lines = [`${paint(style, "bold", `Total: ${showMoney(price.likely)}`)}${worst}`];
  lines.push(`Prices: ${printable(view.prices.source)}, as of ${printable(view.prices.date)}`);
  lines.push(...learnedWords(plan, context));
  if (context.balance !== undefined) lines.push(`Balance: ${showMoney(context.balance)}`);
  const caps = capWords(context);
  if (caps.length > 0) lines.push(`Caps: ${caps.join(", ")}`);
  const aboutMs = context.durations && planTimeMs(plan, context.durations);
  if (aboutMs) lines.push(`Time: about ${showDuration(aboutMs)}, judged by earlier takes`);
  // A run tells by itself that it stops.
  if (context.mode === "run") return lines;
  return [...lines, ...limitWords(plan, context)];
}

/** Prices that are others by now. What a run may spend goes by the table all the same. */
function learnedWords({ view }: Plan, { style, charges }: PlanContext): readonly string[] {
  const learned = charges ? learnedPrices(view.prices, charges) : [];
  const lines = learned.map(({ kind, table, took, times }) => {
    const [what = "", which = ""] = kind.split(":");
    const figures = `the table says ${showCount(table)}, the vendor took ${showCount(took)} the last ${times} times`;
    return `${paint(style, "yellow", `${what} ${which}: ${figures}.`)} Write prices: in the manifest; until then price and caps go by the table.`;
  });
  return lines;
}

function capWords({ caps, spentToday, together }: PlanContext): readonly string[] {
  const isShared = caps?.run?.place === null && together !== undefined && together.manifests > 1;
  const today = spentToday === undefined ? "" : ` (${showCount(spentToday)} spent or reserved today)`;
  return [
    ...(caps?.run ? [`${showCredits(caps.run.credits)} ${isShared ? "for all manifests together" : "a run"}`] : []),
    ...(caps?.day ? [`${showCredits(caps.day.credits)} a day${today}`] : []),
  ];
}

/** What the price runs into. Likely above a limit: nothing is bought. Only the worst case: bought up to the limit. */
function limitWords({ price }: Plan, context: PlanContext): readonly string[] {
  const { style, caps, balance, spentToday = 0, together = { ...price, manifests: 1 } } = context;
  const purse = { caps: { run: caps?.run, day: caps?.day }, spentToday, balance };
  const { manifests } = together;
  const refused = unaffordable({ own: price.likely, together: together.likely, manifests }, purse);
  if (refused) return ["", tellProblem(refused.problem, style)];
  const isWorstOver = unaffordable({ own: price.worst, together: together.worst, manifests }, purse) !== undefined;
  const warning = "The worst case is above a limit: a run would begin, and stop buying there.";
  return [...(isWorstOver ? [paint(style, "yellow", warning)] : []), "Nothing was bought."];
}

function nothingToDo(plan: Plan): string {
  const selected = plan.shots.filter(({ id }) => isSelected(plan.view, id));
  if (problemsOf(plan).length > 0 || !selected.every(isComplete)) return "Nothing can be done by itself. 0 credits.";
  const joined = plan.films.filter(({ state }) => state === "joined").length;
  const films = joined > 0 ? `, ${countOf(joined, "film")} joined` : "";
  return `Nothing to do: ${countOf(selected.length, "shot")} made${films}. 0 credits.`;
}

function sortOf({ sort, why, credits, first, last }: TakeWork): string {
  return JSON.stringify([sort, why, credits, last - first]);
}

function widest<Name extends string>(rows: readonly Record<Name, string>[], name: Name): number {
  return Math.max(...rows.map((row) => displayWidth(row[name])));
}
