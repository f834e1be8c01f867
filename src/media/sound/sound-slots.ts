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
}

/**
 * The film's sound cut at the frames where its clips begin and end. Borders come from the number of frames so far and not
 * from the slots before, so no rounding adds up.
 */
export function soundSlots(
  clips: readonly Pick<HeardClip, "startFrame" | "frames" | "continues">[],
  rate: FrameRate,
): readonly SoundSlot[] {
  return clips.map(({ startFrame, frames, continues }, index) => {
    const start = samplesOf(startFrame, rate);
    const next = clips[index + 1];
    return {
      start,
      samples: samplesOf(startFrame + frames, rate) - start,
      fadeIn: index > 0 && !continues,
      fadeOut: next !== undefined && !next.continues,
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
export function fadeEdges(piece: Float32Array, from: number, slot: SoundSlot): void {
  const fade = Math.min(FADE_SAMPLES, Math.floor(slot.samples / 2));
  for (let moment = 0; moment < piece.length / SOUND.channels; moment++) {
    const sinceStart = from + moment;
    const untilEnd = slot.samples - 1 - sinceStart;
    let gain = 1;
    if (slot.fadeIn && sinceStart < fade) gain *= rise((sinceStart + 0.5) / fade);
    if (slot.fadeOut && untilEnd < fade) gain *= rise((untilEnd + 0.5) / fade);
    if (gain === 1) continue;
    for (let channel = 0; channel < SOUND.channels; channel++) {
      const index = moment * SOUND.channels + channel;
      piece[index] = (piece[index] ?? 0) * gain;
    }
  }
}

/** Half a cosine: without a corner at either end, which would be heard as a tick. */
function rise(part: number): number {
  return (1 - Math.cos(Math.PI * part)) / 2;
}
