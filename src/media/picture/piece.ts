import { showFrameRate } from "../../shot/frame-rate.ts";
import type { Transition } from "../../shot/transition.ts";
import { graphPath } from "../../world/graph-path.ts";
import type { World } from "../../world/world.ts";
import type { MediaTools } from "../tools/tools.ts";
import { type ClipSource, clipFilters, clipInput, countedTimes, type FrameRange } from "./clip-frames.ts";
import type { PictureFormat } from "./film-format.ts";
import { encodePicture, PictureNotExact } from "./film-picture.ts";
import { type CardSource, cardBlocks, cardFilters, cardInput } from "./slate.ts";
import { transitionGraph } from "./transition.ts";

/** A stretch of a film's picture that is encoded. */
export interface PieceJob {
  /** in order, at least one */
  readonly shows: readonly PiecePart[];
  /** of all parts together */
  readonly frames: number;
  readonly format: PictureFormat;
  /** undefined: no captions are drawn */
  readonly words?: PieceWords | undefined;
  readonly output: string;
  readonly onProgress?: (fraction: number) => void;
}

/** Captions that are drawn into a piece. */
export interface PieceWords {
  /** of `burnScript`, with times from the piece's first frame */
  readonly script: string;
  /** the file of the font that the script names */
  readonly font: string;
}

export type PiecePart =
  | { readonly shows: "frames"; readonly of: PieceRange }
  | {
      readonly shows: "transition";
      readonly transition: Transition;
      /** as many frames as the transition has */
      readonly before: PieceRange;
      /** as many again; one for `hold` */
      readonly after: PieceRange;
    };

/** Some frames of a clip or a card; `source` is the same object where it is the same clip in the same place of the film. */
export interface PieceRange extends FrameRange {
  readonly source: ClipSource | CardSource;
}

/**
 * Encodes a stretch of a film's picture with one ffmpeg, which decodes no more than it needs.
 *
 * @param font - a file that ffmpeg's drawtext reads
 * @throws RenderError, PictureNotExact
 */
export async function renderPiece(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  font: string,
  job: PieceJob,
  signal?: AbortSignal,
): Promise<void> {
  const { shows, frames, format, words, output, onProgress } = job;
  if (shows.some((part) => part.shows === "transition") && !canMix(tools)) {
    throw new PictureNotExact(
      "this ffmpeg has no xfade, which transitions need; callsheet doctor shows which is used",
      output,
    );
  }
  const runs = findRuns(shows);
  if (words && !canDrawCaptions(tools)) {
    throw new PictureNotExact("this ffmpeg has no ass filter, which draws captions into a picture", output);
  }
  const texts: string[] = [];
  const inputs: { source: string; options: readonly string[] }[] = [];
  const graph: string[] = [];
  try {
    for (const [index, run] of runs.entries()) {
      const { source } = run;
      if (source.shows === "clip") {
        inputs.push(clipInput(source, run, format.frameRate));
        const filters = clipFilters(source, run, format);
        graph.push(`[${index}:${source.facts.video.streamIndex}]${filters.join(",")}${split(index, run)}`);
      } else {
        const blocks = cardBlocks(tools, source, format);
        const textOf = (block: number) => `${output}.${index}.${block}.txt`;
        for (const [block, { lines }] of blocks.entries()) {
          texts.push(textOf(block));
          await world.files.write(textOf(block), lines.join("\n"));
        }
        inputs.push(cardInput(format));
        const filters = cardFilters(blocks, textOf, font, run.end - run.from, format);
        graph.push(`[${index}:v]${filters.join(",")}${split(index, run)}`);
      }
      if (run.uses.length > 1) graph.push(...run.uses.map((use) => cutUse(index, run, use)));
    }
    if (words) await layOutWords(world.files, words, output);
    graph.push(...playParts(job, runs));
    await encodePicture(
      tools,
      world,
      { inputs, graph: graph.join(";"), target: format, frames, output, onProgress },
      signal,
    );
  } finally {
    for (const text of texts) await world.files.remove(text);
    if (words) await world.files.remove(wordsFolder(output));
  }
}

function canMix({ ffmpeg }: Pick<MediaTools, "ffmpeg">): boolean {
  return ffmpeg.capabilities.includes("filter:xfade");
}

/** Some builds come without libass, which `ass` needs. */
export function canDrawCaptions({ ffmpeg }: Pick<MediaTools, "ffmpeg">): boolean {
  return ffmpeg.capabilities.includes("filter:ass");
}

function wordsFolder(output: string): string {
  return `${output}.words`;
}

/** The font alone in a folder: libass reads all that lie in one, and its package holds hundreds. */
async function layOutWords(files: World["files"], { script, font }: PieceWords, output: string): Promise<void> {
  const folder = wordsFolder(output);
  await files.makeFolder(`${folder}/font`);
  await files.write(`${folder}/font/font`, await files.readBytes(font));
  await files.write(`${folder}/captions.ass`, script);
}

function drawWords({ words, output }: PieceJob): string {
  if (!words) return "";
  const folder = wordsFolder(output);
  return `ass=filename=${graphPath(`${folder}/captions.ass`)}:fontsdir=${graphPath(`${folder}/font`)},`;
}

/** Frames of one source that follow each other, opened once though several parts use them. */
interface Run extends PieceRange {
  readonly uses: readonly PieceRange[];
}

function findRuns(shows: readonly PiecePart[]): readonly Run[] {
  const runs: Run[] = [];
  for (const use of shows.flatMap(usesOf)) {
    const index = runs.findLastIndex(({ source, end }) => source === use.source && end === use.from);
    const run = runs[index];
    if (run) runs[index] = { ...run, end: use.end, uses: [...run.uses, use] };
    else runs.push({ ...use, uses: [use] });
  }
  return runs;
}

function usesOf(part: PiecePart): readonly PieceRange[] {
  return part.shows === "frames" ? [part.of] : [part.before, part.after];
}

/** Where a run is used more than once, each use gets a copy of it. */
function split(index: number, { uses }: Run): string {
  if (uses.length === 1) return `[${label(index, 0)}]`;
  return `,split=${uses.length}${uses.map((_, use) => `[r${index}c${use}]`).join("")}`;
}

function cutUse(index: number, run: Run, use: PieceRange): string {
  const at = run.uses.indexOf(use);
  const cut = `trim=start_frame=${use.from - run.from}:end_frame=${use.end - run.from},setpts=PTS-STARTPTS`;
  return `[r${index}c${at}]${cut}[${label(index, at)}]`;
}

function label(run: number, use: number): string {
  return `r${run}u${use}`;
}

function playParts(job: PieceJob, runs: readonly Run[]): readonly string[] {
  const { shows, frames, format } = job;
  const labelOf = (use: PieceRange) => {
    const run = runs.findIndex(({ uses }) => uses.includes(use));
    return label(run, runs[run]?.uses.indexOf(use) ?? 0);
  };
  const graph: string[] = [];
  const played = shows.map((part, index) => {
    if (part.shows === "frames") return labelOf(part.of);
    const output = `t${index}`;
    graph.push(...transitionGraph(part.transition, labelOf(part.before), labelOf(part.after), output, format));
    return output;
  });
  const joined = played.length > 1 ? `concat=n=${played.length}:v=1:a=0,` : "";
  const inputs = played.map((name) => `[${name}]`).join("");
  // Clips and filters may say another rate than they have: the encoder is told the film's.
  const steady = `${countedTimes(format.frameRate)},fps=${showFrameRate(format.frameRate)},trim=end_frame=${frames}`;
  return [...graph, `${inputs}${joined}${steady},${drawWords(job)}${labelled(format.colour)}[v]`];
}

/** Frames of several clips come with labels of their own, which the encoder would take over. */
function labelled(colour: string): string {
  const [matrix, primaries, transfer, range] = colour.split("/");
  return `setparams=range=${range}:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
}
