import type { ColourLevels, SeamFigures } from "../../shot/seam-figures.ts";

/** A small picture as red, green and blue bytes in turn. */
export type SmallFrame = Uint8Array;

/** Frames on both sides of a seam, in the order in which they are shown. */
export interface SeamFrames {
  readonly parentTail: readonly SmallFrame[];
  /** of the parent as well, where this clip is long enough to hold it as a whole */
  readonly parentHead?: readonly SmallFrame[];
  readonly parentFrames: number;
  readonly head: readonly SmallFrame[];
}

/** Two codings of one picture, made small, differ by less than this many levels, and so do frames between which nothing moves. */
const CODING_NOISE = 0.35;

/** A repeated frame differs by less than this part of what a new one would. */
const PART_OF_MOTION = 0.4;

/** A vendor's colours wander a little from one clip to the next; what is further away is another picture. */
export const MOST_DRIFT = 12;

/**
 * Finds frames at the head of a clip that its parent has shown already, by their picture alone: how many a vendor repeats
 * is nowhere written, and differs. Where nothing moves, one frame at most: more of them cannot be told from a calm picture.
 */
export function compareSeam({
  parentTail,
  parentHead,
  parentFrames,
  head,
}: SeamFrames): Omit<SeamFigures, "parentTake"> {
  const [last, first] = [parentTail.at(-1), head[0]];
  if (!last || !first) throw new RangeError("a seam needs frames on both sides");
  const motion = middle([...steps(parentTail), ...steps(head.slice(1))]);
  const limit = Math.max(CODING_NOISE, PART_OF_MOTION * motion);
  const isSame = (a: SmallFrame | undefined, b: SmallFrame | undefined) => a && b && differenceOf(a, b) <= limit;
  const isMoving = motion > CODING_NOISE;

  const firstNew = head.findIndex((frame) => !isSame(frame, last));
  const held = firstNew === -1 ? head.length : firstNew;
  const isWhole = isMoving && parentHead?.every((frame, index) => isSame(frame, head[index]));
  const overlap = isMoving ? overlapOf(parentTail, head, limit) : 0;
  const found = isWhole
    ? ({ repeats: "whole", repeatedFrames: parentFrames } as const)
    : held > 1 && isMoving
      ? ({ repeats: "held", repeatedFrames: held } as const)
      : held > 0
        ? ({ repeats: "overlap", repeatedFrames: 1 } as const)
        : overlap > 0
          ? ({ repeats: "overlap", repeatedFrames: overlap } as const)
          : ({ repeats: "none", repeatedFrames: 0 } as const);
  // Of repeated frames, the one that is the parent's last: the same picture twice.
  const again = found.repeats === "overlap" ? (head[found.repeatedFrames - 1] ?? first) : first;
  const drift = levelsBetween(meanOf(last), meanOf(again));
  return { ...found, difference: rounded(spread(last, first)), motion: rounded(motion), drift };
}

/** The longest run of the parent's last frames with which the clip begins, of two frames or more. */
function overlapOf(tail: readonly SmallFrame[], head: readonly SmallFrame[], limit: number): number {
  for (let count = Math.min(tail.length, head.length); count > 1; count--) {
    const parents = tail.slice(-count);
    if (parents.every((frame, index) => differenceOf(frame, head[index] ?? frame) <= limit)) return count;
  }
  return 0;
}

function steps(frames: readonly SmallFrame[]): readonly number[] {
  return frames.slice(1).map((frame, index) => spread(frames[index] ?? frame, frame));
}

/** How far two frames are apart; endlessly far where the colour of all of it is another one. */
function differenceOf(a: SmallFrame, b: SmallFrame): number {
  const { red, green, blue } = levelsBetween(meanOf(a), meanOf(b));
  const isOther = [red, green, blue].some((level) => Math.abs(level) > MOST_DRIFT);
  return isOther ? Number.POSITIVE_INFINITY : spread(a, b);
}

/** Mean of what pixels differ by once the colour of the whole picture is taken away. */
function spread(a: SmallFrame, b: SmallFrame): number {
  const [before, after] = [meanOf(a), meanOf(b)];
  const offsets = [after.red - before.red, after.green - before.green, after.blue - before.blue];
  let sum = 0;
  for (let index = 0; index < a.length; index++) {
    sum += Math.abs((b[index] ?? 0) - (a[index] ?? 0) - (offsets[index % 3] ?? 0));
  }
  return sum / a.length;
}

const means = new WeakMap<SmallFrame, ColourLevels>();

/** Mean colour of a frame. */
export function meanOf(frame: SmallFrame): ColourLevels {
  const known = means.get(frame);
  if (known) return known;
  const sums = [0, 0, 0];
  for (let index = 0; index < frame.length; index++) sums[index % 3] = (sums[index % 3] ?? 0) + (frame[index] ?? 0);
  const [red = 0, green = 0, blue = 0] = sums.map((sum) => sum / (frame.length / 3));
  const mean = { red, green, blue };
  means.set(frame, mean);
  return mean;
}

/** What the second has more than the first, to a hundredth of a level. */
export function levelsBetween(before: ColourLevels, after: ColourLevels): ColourLevels {
  return {
    red: rounded(after.red - before.red),
    green: rounded(after.green - before.green),
    blue: rounded(after.blue - before.blue),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function rounded(levels: number): number {
  return Math.round(levels * 100) / 100;
}
