import type { Chunk } from "./break-points.ts";

/** How many lines a block of words has, and how wide they are, in columns. */
export interface BlockShape {
  readonly lines: number;
  readonly columns: number;
}

/** Chunks put into lines: one block stands on the screen at a time. */
export type Block = readonly (readonly Chunk[])[];

/**
 * Puts words into blocks of lines: as few blocks as hold them, each sentence in one block if it fits, and within a block as
 * few lines as hold it, about equally long.
 */
export function blocksOf(chunks: readonly Chunk[], shape: BlockShape): readonly Block[] {
  const blocks: Block[] = [];
  for (const part of partsOf(chunks)) {
    const before = blocks.at(-1)?.flat() ?? [];
    const together = linesOf([...before, ...part], shape.columns);
    if (before.length > 0 && together.length <= shape.lines) {
      blocks.splice(-1, 1, together);
      continue;
    }
    const lines = linesOf(part, shape.columns);
    for (let at = 0; at < lines.length; ) {
      // Of five lines three blocks are made: the short one stands last, where a sentence ends anyway.
      blocks.push(lines.slice(at, at + shape.lines));
      at += shape.lines;
    }
  }
  return blocks;
}

/** Sentences, and lines of which the author ended each. */
function partsOf(chunks: readonly Chunk[]): readonly (readonly Chunk[])[] {
  const parts: Chunk[][] = [[]];
  for (const chunk of chunks) {
    parts.at(-1)?.push(chunk);
    if (chunk.ends === "sentence" || chunk.ends === "line") parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}

/** What a break costs beside the unevenness of its lines, in squared columns. */
const BREAK_COST = { line: 0, sentence: 0, clause: 20, nothing: 120 } as const;

/** Makes fewer lines win over evener ones. */
const LINE_COST = 1e6;

/**
 * Breaks one block: the fewest lines, then those that differ least, broken behind punctuation where it costs little.
 *
 * @param columns - none of the chunks is wider
 */
function linesOf(chunks: readonly Chunk[], columns: number): Block {
  const total = widthOf(chunks);
  const even = total / Math.ceil(total / columns);
  // at each number of chunks: the cheapest way to break so many, and where its last line begins
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= chunks.length; end++) {
    let found = { cost: Number.POSITIVE_INFINITY, from: end - 1 };
    for (let from = end - 1; from >= 0; from--) {
      const width = widthOf(chunks.slice(from, end));
      const isCrossed = from < end - 1 && chunks[from]?.ends === "line";
      if (width > columns || isCrossed) break;
      const broken = end === chunks.length ? 0 : BREAK_COST[chunks[end - 1]?.ends ?? "nothing"];
      const cost = (best[from]?.cost ?? 0) + LINE_COST + (width - even) ** 2 + broken;
      if (cost < found.cost) found = { cost, from };
    }
    best.push(found);
  }
  const lines: (readonly Chunk[])[] = [];
  for (let end = chunks.length; end > 0; ) {
    const from = best[end]?.from ?? 0;
    lines.unshift(chunks.slice(from, end));
    end = from;
  }
  return lines;
}

/** Of a line: the space before its first chunk does not stand there. */
function widthOf(line: readonly Chunk[]): number {
  return line.reduce((sum, { columns, gap }, index) => sum + columns + (index === 0 ? 0 : gap), 0);
}

export function textOf(line: readonly Chunk[]): string {
  return line.map(({ text, gap }, index) => (index === 0 || gap === 0 ? text : ` ${text}`)).join("");
}
