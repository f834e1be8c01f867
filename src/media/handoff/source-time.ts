import { type FrameRate, greatestCommonDivisor } from "../../shot/frame-rate.ts";
import type { ClipEdit } from "./edit-list.ts";
import type { Stretch } from "./stretches.ts";

/** A time as an exact fraction of seconds, in lowest terms. */
export interface ExactSeconds {
  readonly numerator: number;
  readonly denominator: number;
}

/** When a frame begins. */
export function timeOf(frames: number, rate: FrameRate): ExactSeconds {
  return reduced(frames * rate.denominator, rate.numerator);
}

/** When a stretch begins within its clip's file, whose rate need not be the film's. A stretch that stands still shows that moment. */
export function sourceTime(stretch: Stretch, clip: ClipEdit, rate: FrameRate): ExactSeconds {
  return sum(timeOf(clip.firstFrame, clip.media.rate), timeOf(stretch.skipped, rate));
}

/** How many frames of a rate a time is; a whole number wherever the time came from that rate. */
export function framesAt({ numerator, denominator }: ExactSeconds, rate: FrameRate): number {
  const exact = reduced(numerator * rate.numerator, denominator * rate.denominator);
  return exact.numerator / exact.denominator;
}

export function sum(a: ExactSeconds, b: ExactSeconds): ExactSeconds {
  return reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

function reduced(numerator: number, denominator: number): ExactSeconds {
  const divisor = greatestCommonDivisor(Math.abs(numerator), denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}
