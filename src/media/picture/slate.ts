import { showFrameRate } from "../../shot/frame-rate.ts";
import { graphPath } from "../../world/graph-path.ts";
import type { World } from "../../world/world.ts";
import type { MediaTools } from "../tools/tools.ts";
import type { FilmFormat } from "./film-format.ts";
import { encodePicture } from "./film-picture.ts";
import { layOutSlate, type SlateBlock, type SlateWords } from "./slate-layout.ts";

export interface SlateJob {
  readonly words: SlateWords;
  /** at least 1 */
  readonly frames: number;
  readonly target: FilmFormat;
  readonly output: string;
}

/** Dark, and not black: black is what a broken clip looks like. */
const GROUND = "0x20262e";

/**
 * Draws a card that stands in a film for a clip that is not there. It is encoded as conformed clips are, and has no
 * sound: where a clip has none, the film is silent.
 *
 * @param font - a file that ffmpeg's drawtext reads
 */
export async function drawSlate(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  font: string,
  job: SlateJob,
  signal?: AbortSignal,
): Promise<void> {
  const { words, target, frames, output } = job;
  const { width, height } = target.size;
  const rate = showFrameRate(target.frameRate);
  const blocks = canDrawWords(tools) ? layOutSlate(words, target.size) : [];
  const textOf = (index: number) => `${output}.${index}.txt`;
  try {
    // Through files: a prompt may hold all that means something in a filter graph.
    for (const [index, { lines }] of blocks.entries()) await world.files.write(textOf(index), lines.join("\n"));
    const source = { source: `color=c=${GROUND}:s=${width}x${height}:r=${rate}`, options: ["-f", "lavfi"] };
    const graph = slateGraph(job, font, blocks, textOf);
    await encodePicture(tools, world, { inputs: [source], graph, target, frames, output }, signal);
  } finally {
    for (const index of blocks.keys()) await world.files.remove(textOf(index));
  }
}

/** Some builds come without drawtext, as it needs a library. Their cards stay empty. */
export function canDrawWords({ ffmpeg }: Pick<MediaTools, "ffmpeg">): boolean {
  return ffmpeg.capabilities.includes("filter:drawtext");
}

/** One frame is drawn and then repeated. */
function slateGraph(
  { target: { size, frameRate }, frames }: SlateJob,
  font: string,
  blocks: readonly SlateBlock[],
  textOf: (index: number) => string,
): string {
  const steps = [
    "trim=end_frame=1",
    "format=yuv420p",
    ...blocks.map(({ fontSize, left, top, lineSpacing, colour }, index) => {
      const text = `textfile=${graphPath(textOf(index))}:expansion=none`; // else %{…} of a prompt would be evaluated
      const look = `fontsize=${fontSize}:fontcolor=${colour}:line_spacing=${lineSpacing}`;
      return `drawtext=fontfile=${graphPath(font)}:${text}:${look}:x=${left}:y=${top}`;
    }),
    // Labels the frames as those of conformed clips are.
    `scale=${size.width}:${size.height}:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv`,
    "format=yuv420p",
    "loop=loop=-1:size=1:start=0",
    `setpts=N*${frameRate.denominator}/(${frameRate.numerator}*TB)`,
    `fps=${showFrameRate(frameRate)}`,
    `trim=end_frame=${frames}`,
    "setsar=1",
  ];
  return `[0:v]${steps.join(",")}[v]`;
}
