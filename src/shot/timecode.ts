import type { FrameRate } from "./frame-rate.ts";

/** How frames are counted where times have no fractions. */
export interface TimecodeCount {
  /** frames that are counted as a second: 24 for 24 and for 24000/1001 */
  readonly base: number;
  /** whether numbers are left out so that the count keeps up with the clock */
  readonly drops: boolean;
}

/** The rates that timecode counts, in words. */
export const TIMECODE_RATES = "1 to 99 whole frames a second, or 1000/1001 of them";

/**
 * How a rate is counted; undefined for rates that no timecode counts.
 *
 * @see SMPTE ST 12-1: numbers are dropped at 30000/1001 and 60000/1001 only; 24000/1001 falls behind the clock
 */
export function timecodeCount({ numerator, denominator }: FrameRate): TimecodeCount | undefined {
  const base = Math.round(numerator / denominator);
  const isWhole = denominator === 1;
  const isSlowed = denominator === 1001 && numerator === base * 1000;
  if ((!isWhole && !isSlowed) || base > 99) return undefined;
  return { base, drops: isSlowed && base % 30 === 0 };
}

/** `01:00:00:00`, with `;` before the frames where numbers are dropped. */
export function showTimecode(frames: number, { base, drops }: TimecodeCount): string {
  const counted = drops ? frames + droppedBefore(frames, base) : frames;
  const parts = [counted / base / 3600, (counted / base / 60) % 60, (counted / base) % 60, counted % base];
  const [hours, minutes, seconds, rest] = parts.map((part) => String(Math.floor(part)).padStart(2, "0"));
  return `${hours}:${minutes}:${seconds}${drops ? ";" : ":"}${rest}`;
}

/** Numbers left out before a frame: two at 30 a second at the beginning of each minute, but of every tenth. */
function droppedBefore(frames: number, base: number): number {
  const each = base / 15;
  const minute = base * 60 - each;
  const tenMinutes = minute * 10 + each;
  const tens = Math.floor(frames / tenMinutes);
  const rest = frames % tenMinutes;
  const minutes = rest < each ? 0 : Math.floor((rest - each) / minute);
  return each * (9 * tens + minutes);
}
