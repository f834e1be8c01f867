import { SOUND } from "./sound-slots.ts";

/** A gain that changes over the film. */
export interface GainCurve {
  /** samples of one channel that one value stands for */
  readonly blockSamples: number;
  /** factors at the middles of the blocks, with straight lines between them */
  readonly gains: Float32Array;
}

/**
 * Applies a curve and a gain to a piece of the film, in place.
 *
 * @param piece - interleaved samples
 * @param from - sample of the film at which it begins
 * @param gain - factor for all of it
 */
export function applyCurve(piece: Float32Array, from: number, { blockSamples, gains }: GainCurve, gain = 1): void {
  const { channels } = SOUND;
  const last = gains.length - 1;
  for (let sample = 0; sample < piece.length / channels; sample++) {
    const position = (from + sample + 0.5) / blockSamples - 0.5;
    const block = Math.floor(position);
    const before = gains[Math.max(0, block)] ?? 1;
    const after = gains[Math.min(last, block + 1)] ?? 1;
    const factor = gain * (before === after ? before : before + (after - before) * (position - block));
    if (factor === 1) continue;
    for (let channel = 0; channel < channels; channel++) {
      const index = sample * channels + channel;
      piece[index] = (piece[index] ?? 0) * factor;
    }
  }
}
