import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import type { HeardClip } from "./film-sound-plan.ts";

/** The film's sound while it is made: 32-bit floats, so that what an encoder pushed over full scale is not clipped. */
export const SOUND = { sampleRate: 48_000, channels: 2, bytesPerSample: 4 } as const;

/** Bytes of one moment: a sample of each channel. */
export const MOMENT_BYTES = SOUND.channels * SOUND.bytesPerSample;

/** Length of the fades at a cut: 5 ms bring the click of two unrelated sounds from -10 to -67 dBFS. */
export const FADE_SAMPLES = (SOUND.sampleRate * 5) / 1000;

/** The stretch of the film's sound that belongs to one clip. In samples of one channel. */
export interface SoundSlot {
  readonly start: number;
  readonly samples: number;
  readonly fadeIn: boolean;
  readonly fadeOut: boolean;
  /** samples at its beginning in which the clip before is still heard, and at its end those of the clip behind */
  readonly overlapBefore: number;
  readonly overlapAfter: number;
}

/**
 * The film's sound cut at the frames where its clips begin and end. Borders come from the number of frames so far and not
 * from the slots before, so no rounding adds up.
 *
 * @throws RangeError when a clip leaves a gap, or begins before the last but one ended: a bug in the planner
 */
export function soundSlots(
  clips: readonly Pick<HeardClip, "startFrame" | "frames" | "continues">[],
  rate: FrameRate,
): readonly SoundSlot[] {
  const stretches = clips.map(({ startFrame, frames }) => {
    return { start: samplesOf(startFrame, rate), end: samplesOf(startFrame + frames, rate) };
  });
  return stretches.map(({ start, end }, index) => {
    const [before, next] = [stretches[index - 1], stretches[index + 1]];
    const overlapBefore = (before?.end ?? start) - start;
    const overlapAfter = end - (next?.start ?? end);
    if (overlapBefore < 0 || overlapAfter < 0 || overlapBefore + overlapAfter > end - start)
      throw new RangeError(`join: the sound of clip ${index + 1} does not fit between its neighbours`);
    return {
      start,
      samples: end - start,
      fadeIn: index > 0 && overlapBefore === 0 && !clips[index]?.continues,
      fadeOut: next !== undefined && overlapAfter === 0 && !clips[index + 1]?.continues,
      overlapBefore,
      overlapAfter,
    };
  });
}

/** Samples of one channel that the film has after so many frames. */
export function samplesOf(frames: number, rate: FrameRate): number {
  return Math.round(secondsOf(frames, rate) * SOUND.sampleRate);
}

/**
 * Fades the edges of a slot, in place.
 *
 * @param piece - interleaved samples of the slot
 * @param from - sample of the slot at which the piece begins
 */
export function fadeEdges(
  piece: Float32Array,
  from: number,
  slot: Pick<SoundSlot, "samples" | "fadeIn" | "fadeOut">,
): void {
  const fade = Math.min(FADE_SAMPLES, Math.floor(slot.samples / 2));
  scale(piece, from, slot.samples, (sinceStart, untilEnd) => {
    let gain = 1;
    if (slot.fadeIn) gain *= edgeGain(sinceStart, fade);
    if (slot.fadeOut) gain *= edgeGain(untilEnd, fade);
    return gain;
  });
}

/**
 * Lets a slot rise out of the clip before and sink into the one behind, in place. Of two sounds that have nothing to do with
 * one another the power stays the same all through: the squares of their gains add up to 1 at every sample.
 *
 * @param piece - interleaved samples of the slot
 * @param from - sample of the slot at which the piece begins
 */
export function crossFade(
  piece: Float32Array,
  from: number,
  slot: Pick<SoundSlot, "samples" | "overlapBefore" | "overlapAfter">,
): void {
  scale(piece, from, slot.samples, (sinceStart, untilEnd) => {
    let gain = 1;
    if (sinceStart < slot.overlapBefore) gain *= Math.sin(((sinceStart + 0.5) / slot.overlapBefore) * (Math.PI / 2));
    if (untilEnd < slot.overlapAfter) gain *= Math.sin(((untilEnd + 0.5) / slot.overlapAfter) * (Math.PI / 2));
    return gain;
  });
}

function scale(
  piece: Float32Array,
  from: number,
  samples: number,
  gainAt: (sinceStart: number, untilEnd: number) => number,
): void {
  for (let moment = 0; moment < piece.length / SOUND.channels; moment++) {
    const gain = gainAt(from + moment, samples - 1 - from - moment);
    if (gain === 1) continue;
    for (let channel = 0; channel < SOUND.channels; channel++) {
      const index = moment * SOUND.channels + channel;
      piece[index] = (piece[index] ?? 0) * gain;
    }
  }
}

/**
 * Gain of a sample so far from an edge that is faded: half a cosine, without a corner at either end, which would be heard
 * as a tick.
 */
export function edgeGain(samplesFromEdge: number, fadeSamples: number): number {
  if (samplesFromEdge >= fadeSamples) return 1;
  return (1 - Math.cos((Math.PI * (samplesFromEdge + 0.5)) / fadeSamples)) / 2;
}
