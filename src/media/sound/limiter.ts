import type { GainCurve } from "./gain-curve.ts";
import { SOUND } from "./sound-slots.ts";
import { truePeak } from "./true-peak.ts";

/**
 * Takes peaks down without touching anything else. As the whole film lies there, it sees them coming: the gain sinks
 * smoothly before a peak and comes back as smoothly behind it, and away from peaks it is 1.
 */

/** Samples of one channel that have a gain in common: 1 ms. */
const BLOCK_SAMPLES = SOUND.sampleRate / 1000;

/** Blocks before and behind a peak in which the gain moves: slower than a cycle of the lowest tones, faster than is heard as pumping. */
const REACH = 20;

/** What the limiter knows of a film's sound, a value a block. */
export interface PeakMap {
  /** highest true peak of any channel, as a factor of full scale */
  readonly peaks: Float32Array;
  /** sum of the squares of all samples */
  readonly energies: Float32Array;
}

/** @param samples - of one channel, of the whole film */
export function openPeakMap(samples: number): PeakMap {
  const blocks = Math.ceil(samples / BLOCK_SAMPLES);
  return { peaks: new Float32Array(blocks), energies: new Float32Array(blocks) };
}

/**
 * Enters a piece of the film.
 *
 * @param piece - interleaved samples, with `margin` samples of their surroundings on both sides
 * @param from - sample of the film at which the piece begins, its margin apart
 * @param loud - sample values from which on the peaks between samples are looked for as well
 */
export function mapPeaks(map: PeakMap, piece: Float32Array, margin: number, from: number, loud: number): void {
  const { channels } = SOUND;
  const samples = piece.length / channels - 2 * margin;
  for (let sample = 0; sample < samples; sample++) {
    const block = Math.floor((from + sample) / BLOCK_SAMPLES);
    for (let channel = 0; channel < channels; channel++) {
      const index = (sample + margin) * channels + channel;
      const value = piece[index] ?? 0;
      map.energies[block] = (map.energies[block] ?? 0) + value * value;
      const size = Math.abs(value);
      const peak = size < loud ? size : truePeak(piece, index);
      if (peak > (map.peaks[block] ?? 0)) map.peaks[block] = peak;
    }
  }
}

/**
 * A gain at which no peak exceeds the ceiling.
 *
 * @param gain - factor that all of the film takes first
 * @param ceiling - factor of full scale
 */
export function limiterCurve({ peaks }: PeakMap, gain: number, ceiling: number): GainCurve {
  const needed = peaks.map((peak) => (peak * gain > ceiling ? ceiling / (peak * gain) : 1));
  const lowest = slidingMinimum(needed, REACH);
  const window = Array.from(
    { length: 2 * REACH - 1 },
    (_, index) => 1 + Math.cos((Math.PI * (index - REACH + 1)) / REACH),
  );
  const sum = window.reduce((total, weight) => total + weight, 0);
  const gains = lowest.map((value, block) => {
    let total = 0;
    let isTouched = value < 1;
    for (const [index, weight] of window.entries()) {
      const near = lowest[Math.min(Math.max(0, block + index - REACH + 1), lowest.length - 1)] ?? 1;
      isTouched ||= near < 1;
      total += weight * near;
    }
    return isTouched ? total / sum : 1;
  });
  return { blockSamples: BLOCK_SAMPLES, gains };
}

/** How much softer the limiter makes the film as a whole, in dB, 0 or less. */
export function limiterLossDb({ energies }: PeakMap, { gains }: GainCurve): number {
  let [before, after] = [0, 0];
  energies.forEach((energy, block) => {
    before += energy;
    after += energy * (gains[block] ?? 1) ** 2;
  });
  return before === 0 ? 0 : 10 * Math.log10(after / before);
}

/** The least of each value and its neighbours up to `reach` away on both sides. */
function slidingMinimum(values: Float32Array, reach: number): Float32Array {
  const result = new Float32Array(values.length);
  const rising: number[] = []; // positions whose values rise: the first is the least of the window
  let head = 0;
  for (let index = 0; index < values.length + reach; index++) {
    const value = values[index];
    if (value !== undefined) {
      while (rising.length > head && (values[rising.at(-1) ?? 0] ?? 1) >= value) rising.pop();
      rising.push(index);
    }
    const middle = index - reach;
    if (middle < 0) continue;
    while ((rising[head] ?? 0) < middle - reach) head++;
    result[middle] = values[rising[head] ?? 0] ?? 1;
  }
  return result;
}
