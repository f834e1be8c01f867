import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import { chunksOf } from "./break-points.ts";
import { displayWidth, isWide } from "./columns.ts";
import type { Cue } from "./cue.ts";
import { type Block, type BlockShape, blocksOf, textOf } from "./lines.ts";
import { fromRight, readsFromRight, withoutEmbeddings } from "./reading-order.ts";

/** Words and when they are said, in frames of the film. */
export interface Spoken {
  readonly text: string;
  readonly startFrame: number;
  /** past the last one, above `startFrame` */
  readonly endFrame: number;
  /** until when the words may stay where they could not be read otherwise; not before `endFrame` */
  readonly latestFrame: number;
}

/** Shorter than this an eye does not catch it: five sixths of a second. */
export const SHORTEST_SECONDS = 5 / 6;

/** Columns a second: what adults read at ease of Latin letters, and twice what they do of Chinese or Japanese ones. */
const EASY_COLUMNS = 20;
/** Faster than this, many do not get to the end. */
const MOST_COLUMNS = 25;

/** Letters on a line by the shape of the picture; letters that are twice as wide are read at three quarters of the room. */
const LYING: BlockShape = { lines: 2, columns: 42 };
const UPRIGHT: BlockShape = { lines: 2, columns: 30 };
const WIDE_SHARE = 0.76;

/**
 * Captions of what is said. A text that fills more than two lines becomes several cues one after another, which share its time
 * by their length; one whose time is too short to be read stays as long as it may.
 *
 * @param size - of the film: an upright picture has shorter lines
 */
export function cuesOf(
  { text, startFrame, endFrame, latestFrame }: Spoken,
  language: string,
  rate: FrameRate,
  size: PixelSize,
): readonly Cue[] {
  const plain = withoutEmbeddings(text);
  const shape = shapeFor(plain, size);
  const blocks = blocksOf(chunksOf(plain, language, shape.columns), shape);
  const lengths = blocks.map(lengthOf);
  const easy = Math.ceil((easySeconds(lengths) * rate.numerator) / rate.denominator);
  const end = Math.max(endFrame, Math.min(latestFrame, startFrame + easy));
  const direct = readsFromRight(plain, language) ? fromRight : (line: string) => line;
  return share(end - startFrame, lengths).map(({ from, to, first, last }) => ({
    startSeconds: secondsOf(startFrame + from, rate),
    endSeconds: secondsOf(startFrame + to, rate),
    lines: blocks.slice(first, last).flatMap((block) => block.map((line) => direct(textOf(line)))),
  }));
}

/** Whether a cue goes by faster than most people read. */
export function isHasty({ startSeconds, endSeconds, lines }: Cue): boolean {
  const columns = lines.reduce((sum, line) => sum + displayWidth(line), 0);
  // Half a frame less is no haste.
  return columns / (endSeconds - startSeconds + 0.02) > MOST_COLUMNS;
}

function shapeFor(text: string, { width, height }: PixelSize): BlockShape {
  const shape = height > width ? UPRIGHT : LYING;
  return isWide(text) ? { ...shape, columns: 2 * Math.floor((shape.columns * WIDE_SHARE) / 2) } : shape;
}

function lengthOf(block: Block): number {
  return block.reduce((sum, line) => sum + displayWidth(textOf(line)), 0);
}

function easySeconds(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + Math.max(SHORTEST_SECONDS, length / EASY_COLUMNS), 0);
}

/** A stretch of frames, and the blocks that stand in it. */
interface Share {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/** Divides frames among blocks by their length. Where there are fewer frames than blocks, several stand in one. */
function share(frames: number, lengths: readonly number[]): readonly Share[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shares: Share[] = [];
  let read = 0;
  for (const [index, length] of lengths.entries()) {
    read += length;
    const before = shares.at(-1);
    const from = before?.to ?? 0;
    const to = index === lengths.length - 1 ? frames : Math.round((frames * read) / total);
    if (to > from) shares.push({ from, to, first: before?.last ?? 0, last: index + 1 });
    else if (before) shares.splice(-1, 1, { ...before, last: index + 1 });
  }
  return shares;
}
