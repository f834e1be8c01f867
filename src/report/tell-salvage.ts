import { join } from "node:path";
import { commandLine } from "../manifest/command-line.ts";
import { isComplete } from "../plan/shot-status.ts";
import { countOf, showCredits } from "./credits.ts";
import { printable } from "./printable.ts";
import { absentTakes, fetchedFiles, type SalvagedBatch, type TaskEnd } from "./salvage.ts";
import { paint, type Style } from "./style.ts";
import { withRested } from "./summary.ts";
import { nameShots, tellProblems } from "./tell-problems.ts";
import { showPlayingTime } from "./tell-time.ts";

export interface SalvageContext {
  readonly style: Style;
  /** an absolute path, as it is typed from where the person stands */
  readonly show: (path: string) => string;
}

/** More lines of one sort than this are counted. */
const MOST_LINES = 40;

/** What `salvage` prints: a batch after the other, then the tasks that belong to none. */
export function tellSalvage(
  batches: readonly SalvagedBatch[],
  tasks: readonly TaskEnd[],
  context: SalvageContext,
): string {
  const homeless = tasks.filter(({ shot }) => shot === undefined);
  const blocks = [
    ...batches.flatMap((batch) => batchBlocks(batch, tasks, context)),
    homeless.length === 0
      ? ""
      : ["Tasks of no take", ...listed(homeless.map((task) => strayLine(task, context)))].join("\n"),
    "Nothing was bought: 0 credits spent.",
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function batchBlocks(batch: SalvagedBatch, tasks: readonly TaskEnd[], context: SalvageContext): readonly string[] {
  const { manifest, outcome, shots, films, folder } = batch;
  const { style, show } = context;
  const ours = tasks.filter((each) => each.batch === manifest.name && each.shot !== undefined);
  const of = (end: TaskEnd["end"]) => ours.filter((each) => each.end === end);
  const [settled, takenIn, known] = [of("settled"), of("taken-in"), of("known")];
  const fetched = fetchedFiles(batch);
  const counts = [
    fetched.length > 0 ? `${countOf(fetched.length, "clip")} fetched` : "no clip was missing that could be fetched",
    ...(settled.length > 0 ? [`${countOf(settled.length, "unanswered purchase")} settled`] : []),
    ...(takenIn.length > 0 ? [`${countOf(takenIn.length, "take")} found again`] : []),
    ...(batch.restored > 0 ? [`${countOf(batch.restored, "take")} found again by the notes beside the clips`] : []),
    ...(known.length > 0 ? [`${countOf(known.length, "task")} known already`] : []),
  ];
  const lines = [
    ...settled.map(
      ({ shot, take, task }) => `  ${shot} take ${take}: the answer that never came is task ${printable(task)}`,
    ),
    ...takenIn.map(({ shot, take, task }) => `  ${shot} take ${take}: found again as task ${printable(task)}`),
    ...fetched.map(({ file }) => `  ${printable(show(join(folder, file)))}`),
  ];
  const note =
    takenIn.length + batch.restored === 0
      ? []
      : ["Takes that were found again count in what their shots cost, but are no purchases of today or of this run."];
  const joined = films.flatMap((film) =>
    film.file === null
      ? []
      : [`Film "${film.id}": ${printable(show(join(folder, film.file)))}, ${showPlayingTime(film.seconds ?? 0)}`],
  );
  const problems = withRested(shots, outcome.rested).flatMap(({ id, problem }) =>
    problem ? [{ shot: id, problem }] : [],
  );
  return [
    [`${paint(style, "bold", manifest.name)}: ${counts.join("; ")}.`, ...listed(lines), ...note].join("\n"),
    joined.join("\n"),
    leftLines(batch).join("\n"),
    ...tellProblems([...problems, ...batch.fading.map((problem) => ({ shot: undefined, problem }))], style),
  ];
}

/** What the next command has to do. */
function leftLines(batch: SalvagedBatch): readonly string[] {
  const { manifest, shots } = batch;
  const absent = absentTakes(batch);
  const unbought = shots.filter(({ state }) => state === "planned");
  const short = shots.filter((shot) => shot.state === "checked" && !isComplete(shot));
  return [
    ...(absent.length > 0
      ? [
          `Paid and not here: ${nameShots(absent.map(({ shot, number, credits }) => `${shot} take ${number} (${showCredits(credits)})`))}.`,
        ]
      : []),
    ...(unbought.length > 0
      ? [
          `${countOf(unbought.length, "shot")} not bought: ${nameShots(unbought.map(({ id }) => id))}. ${commandLine(manifest, "run")} buys what is missing.`,
        ]
      : []),
    ...(short.length > 0
      ? [
          `${countOf(short.length, "shot")} here at 720p and wanted larger: ${nameShots(short.map(({ id }) => id))}. ${commandLine(manifest, "run")} asks for it; the vendor charges an upgrade of a take once.`,
        ]
      : []),
  ];
}

function strayLine({ task, end, message, file }: TaskEnd, { show }: SalvageContext): string {
  const why = message === "" ? "" : `: ${printable(message)}`;
  const words: Record<TaskEnd["end"], string> = {
    known: "belongs to a take",
    settled: "answers a purchase",
    "taken-in": "is a take",
    "saved-aside": `fits no shot${why}; saved as ${printable(show(file ?? ""))}`,
    "not-saved": `fits no shot, and its clip could not be had${why}`,
    failed: `failed at the vendor's, who pays failed takes back${why}`,
    unknown: `is unknown to the vendor under this key${why}`,
    expired: `is older than the vendor keeps anything${why}`,
    untold: `could not be asked about${why}; run the same command again`,
  };
  return `  task ${printable(task)} ${words[end]}`;
}

function listed(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_LINES;
  return more > 1
    ? [...lines.slice(0, MOST_LINES), `  and ${countOf(more, "more like these", "more like these")}`]
    : lines;
}
