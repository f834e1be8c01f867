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

/** Something is heard where the film is at most so much softer than where it is loud ... */
const UNDER_LOUD_DB = 15;
/** ... and so much louder than what sounds all the time around it: wind, rain, the hum of a room ... */
const OVER_BED_DB = 6;
/** ... seconds on either side, of which the softest tenth is taken for that bed: words have pauses, rain has none */
const BED_SECONDS = 3;
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
  // A mean of all of it would sink with every pause, until a bed below it were taken for a voice.
  const loud = meanAbove(powers, meanAbove(powers, softest));
  const least = Math.max(softest, loud * 10 ** (-UNDER_LOUD_DB / 10));
  const beds = bedsOf(powers);
  const overBed = 10 ** (OVER_BED_DB / 10);
  const ducked = new Float32Array(powers.length);
  let [last, held] = [0, 0];
  powers.forEach((power, block) => {
    const isHeard = power > Math.max(least, (beds[Math.floor(block / SECOND_BLOCKS)] ?? 0) * overBed);
    held = isHeard ? HOLD_BLOCKS : held - 1;
    last = isHeard || held > 0 ? duckDb : Math.max(0, last - duckDb / RETURN_BLOCKS);
    ducked[block] = last;
  });
  for (let block = ducked.length - 2; block >= 0; block--)
    ducked[block] = Math.max(ducked[block] ?? 0, (ducked[block + 1] ?? 0) - duckDb / STEP_BACK_BLOCKS);
  return { blockSamples: BLOCK_SAMPLES, gains: ducked.map((db) => factorOf(-db)) };
}

function meanAbove(powers: Float32Array, least: number): number {
  const above = powers.filter((power) => power >= least);
  return above.reduce((sum, power) => sum + power, 0) / Math.max(1, above.length);
}

const SECOND_BLOCKS = 100;

/** For each second of the film, the power of what sounds all the time around it. */
function bedsOf(powers: Float32Array): readonly number[] {
  return Array.from({ length: Math.ceil(powers.length / SECOND_BLOCKS) }, (_, second) => {
    const from = Math.max(0, (second - BED_SECONDS) * SECOND_BLOCKS);
    const around = powers.slice(from, (second + 1 + BED_SECONDS) * SECOND_BLOCKS).sort();
    return around[Math.floor(around.length / 10)] ?? 0;
  });
}
