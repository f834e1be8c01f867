import { createHash } from "node:crypto";

/**
 * The row of squares along the top of every frame, from which a program reads what it is looking at.
 *
 * 32 squares, side by side from the left edge, each a 40th of the picture's short side (18, 27 or 54 pixels); white is 1,
 * black is 0, least significant bit first. Squares 0 to 15 give the frame's number in its clip, 16 to 31 the take's
 * number: the first 16 bits of the SHA-256 of its task id.
 */
export const MARK = { squares: 32, frameBits: 16, takeBits: 16, squaresPerShortSide: 40 } as const;

/** The take's number in the mark: 0 to 65535. */
export function markOf(task: string): number {
  return createHash("sha256").update(task).digest().readUInt16BE(0);
}

/** The 32 squares of one frame, from left to right; true is white. */
export function markBits(task: string, frame: number): readonly boolean[] {
  return [...bits(frame, MARK.frameBits), ...bits(markOf(task), MARK.takeBits)];
}

/** The other way round: what a row of squares says. */
export function readMark(squares: readonly boolean[]): { readonly frame: number; readonly take: number } {
  const number = (from: number, count: number) =>
    squares.slice(from, from + count).reduce((sum, white, bit) => sum + (white ? 2 ** bit : 0), 0);
  return { frame: number(0, MARK.frameBits), take: number(MARK.frameBits, MARK.takeBits) };
}

function bits(value: number, count: number): readonly boolean[] {
  return Array.from({ length: count }, (_, bit) => Math.floor(value / 2 ** bit) % 2 === 1);
}
