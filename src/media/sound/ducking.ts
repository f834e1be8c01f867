import type { GainCurve } from "./gain-curve.ts";
import { factorOf } from "./raw-sound.ts";
import { SOUND } from "./sound-slots.ts";

/**
 * Lets music step back while something else is heard. As the whole film lies there, the music is already soft when a voice
 * begins, and it does not come back in the pauses between words.
 */

/** Samples of one channel whose level is looked at together: 10 ms. */
const BLOCK_SAMPLES = SOUND.sampleRate / 100;

const STEP_BACK_BLOCKS = 20;
const HOLD_BLOCKS = 50;
const RETURN_BLOCKS = 80;

/** Something is heard where the film is at most so much softer than it is in the mean ... */
const UNDER_MEAN_DB = 15;
/** ... and not below this in any case: noise alone pushes no music back. In dB of full scale. */
const SOFTEST_DB = -50;

/** Mean power of all samples in each block of the film without its music. */
export interface LevelMap {
  readonly powers: Float32Array;
}

/** @param samples - of one channel, of the whole film */
export function openLevelMap(samples: number): LevelMap {
  return { powers: new Float32Array(Math.ceil(samples / BLOCK_SAMPLES)) };
}

/**
 * Enters a piece of the film.
 *
 * @param piece - interleaved samples
 * @param from - sample of the film at which it begins
 */
export function mapLevels({ powers }: LevelMap, piece: Float32Array, from: number): void {
  piece.forEach((value, index) => {
    const block = Math.floor((from + Math.floor(index / SOUND.channels)) / BLOCK_SAMPLES);
    powers[block] = (powers[block] ?? 0) + (value * value) / (BLOCK_SAMPLES * SOUND.channels);
  });
}

/** How the music steps back: by up to `duckDb`, in straight lines of dB. */
export function duckingCurve({ powers }: LevelMap, duckDb: number): GainCurve {
  const softest = 10 ** (SOFTEST_DB / 10);
  const heard = powers.filter((power) => power > softest);
  const mean = heard.reduce((sum, power) => sum + power, 0) / Math.max(1, heard.length);
  const threshold = Math.max(softest, mean * 10 ** (-UNDER_MEAN_DB / 10));
  const ducked = new Float32Array(powers.length);
  let [last, held] = [0, 0];
  powers.forEach((power, block) => {
    held = power > threshold ? HOLD_BLOCKS : held - 1;
    last = power > threshold || held > 0 ? duckDb : Math.max(0, last - duckDb / RETURN_BLOCKS);
    ducked[block] = last;
  });
  for (let block = ducked.length - 2; block >= 0; block--)
    ducked[block] = Math.max(ducked[block] ?? 0, (ducked[block + 1] ?? 0) - duckDb / STEP_BACK_BLOCKS);
  return { blockSamples: BLOCK_SAMPLES, gains: ducked.map((db) => factorOf(-db)) };
}
