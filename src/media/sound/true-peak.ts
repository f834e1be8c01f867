import { SOUND } from "./sound-slots.ts";

/**
 * A sound's peaks can lie between its samples. Read at four times the rate they are missed by 0.6 dB at the most.
 *
 * @see ITU-R BS.1770, annex 2
 */
const PHASES = 4;

/** Samples before and behind one that its surroundings are computed from. */
export const PEAK_MARGIN = 8;

/** For each moment between two samples, the weights of the samples around it: a windowed sinc. */
const WEIGHTS = Array.from({ length: PHASES - 1 }, (_, phase) => {
  const offset = (phase + 1) / PHASES;
  const weights = Array.from({ length: 2 * PEAK_MARGIN }, (_, tap) => {
    const distance = tap - (PEAK_MARGIN - 1) - offset;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / (PEAK_MARGIN + 0.5));
    return (Math.sin(Math.PI * distance) / (Math.PI * distance)) * window;
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
});

/**
 * The highest value at a sample and between it and its two neighbours.
 *
 * @param samples - interleaved; at least `PEAK_MARGIN` moments on both sides of the sample
 * @param index - of the sample
 */
export function truePeak(samples: Float32Array, index: number): number {
  const { channels } = SOUND;
  let peak = Math.abs(samples[index] ?? 0);
  for (const start of [index - channels, index]) {
    for (const weights of WEIGHTS) {
      let value = 0;
      for (let tap = 0; tap < weights.length; tap++)
        value += (weights[tap] ?? 0) * (samples[start + (tap - PEAK_MARGIN + 1) * channels] ?? 0);
      peak = Math.max(peak, Math.abs(value));
    }
  }
  return peak;
}
