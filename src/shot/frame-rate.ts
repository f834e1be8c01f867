/** Frames a second as an exact fraction in lowest terms: 24000/1001, never 23.976. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** Reads `24`, `"24"` or `"24000/1001"`; undefined for anything else, for 0 and for more than 240 a second. */
export function parseFrameRate(value: string | number): FrameRate | undefined {
  const match = /^(\d{1,6})(?:\/(\d{1,6}))?$/.exec(String(value).trim());
  if (!match) return undefined;
  const numerator = Number(match[1]);
  const denominator = Number(match[2] ?? 1);
  if (numerator === 0 || denominator === 0 || numerator / denominator > 240) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** `24` or `24000/1001`, as ffmpeg and the manifest write it. */
export function showFrameRate(rate: FrameRate): string {
  return rate.denominator === 1 ? `${rate.numerator}` : `${rate.numerator}/${rate.denominator}`;
}

/** Number of the frame that begins nearest to a time, from 0. */
export function frameAt(seconds: number, rate: FrameRate): number {
  return Math.round((seconds * rate.numerator) / rate.denominator);
}

/** Time at which a frame begins, in seconds. */
export function secondsOf(frames: number, rate: FrameRate): number {
  return (frames * rate.denominator) / rate.numerator;
}

export function sameFrameRate(a: FrameRate, b: FrameRate): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** Of two whole numbers, the first at least 0. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
