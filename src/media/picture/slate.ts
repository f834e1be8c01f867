import { showFrameRate } from "../../shot/frame-rate.ts";
import { graphPath } from "../../world/graph-path.ts";
import type { MediaTools } from "../tools/tools.ts";
import { countedTimes } from "./clip-frames.ts";
import type { FilmFormat, PictureFormat } from "./film-format.ts";
import { layOutSlate, type SlateBlock, type SlateWords } from "./slate-layout.ts";

/** A card that stands in a film for a clip that is not there. */
export interface CardSource {
  readonly shows: "card";
  readonly words: SlateWords;
}

/** Dark, and not black: black is what a broken clip looks like. */
const GROUND = "0x20262e";

/** An endless plain ground, on which `cardFilters` writes. */
export function cardInput({ size: { width, height }, frameRate }: FilmFormat) {
  return { source: `color=c=${GROUND}:s=${width}x${height}:r=${showFrameRate(frameRate)}`, options: ["-f", "lavfi"] };
}

/** What is written on a card; nothing where this build cannot write. */
export function cardBlocks(tools: Pick<MediaTools, "ffmpeg">, { words }: CardSource, format: FilmFormat) {
  return canDrawWords(tools) ? layOutSlate(words, format.size) : [];
}

/** Some builds come without drawtext, as it needs a library. Their cards stay empty. */
export function canDrawWords({ ffmpeg }: Pick<MediaTools, "ffmpeg">): boolean {
  return ffmpeg.capabilities.includes("filter:drawtext");
}

/**
 * The filters that write a card and let it stand: one frame is drawn and then repeated.
 *
 * @param font - a file that ffmpeg's drawtext reads
 * @param textOf - the file that holds a block's words: a prompt may hold all that means something in a filter graph
 */
export function cardFilters(
  blocks: readonly SlateBlock[],
  textOf: (index: number) => string,
  font: string,
  frames: number,
  format: PictureFormat,
): readonly string[] {
  const { size, frameRate } = format;
  return [
    "trim=end_frame=1",
    "format=yuv420p",
    ...blocks.map(({ fontSize, left, top, lineSpacing, colour }, index) => {
      const text = `textfile=${graphPath(textOf(index))}:expansion=none`; // else %{…} of a prompt would be evaluated
      const look = `fontsize=${fontSize}:fontcolor=${colour}:line_spacing=${lineSpacing}`;
      return `drawtext=fontfile=${graphPath(font)}:${text}:${look}:x=${left}:y=${top}`;
    }),
    // Labels the frames as those of clips are.
    `scale=${size.width}:${size.height}:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv`,
    "format=yuv420p",
    "loop=loop=-1:size=1:start=0",
    countedTimes(frameRate),
    `fps=${showFrameRate(frameRate)}`,
    `trim=end_frame=${frames}`,
    "setsar=1",
  ];
}
