import { type FrameRate, frameAt } from "../../shot/frame-rate.ts";
import type { SoundEdit } from "./edit-list.ts";

/** A sound as it is wanted below a film, with what its file says of itself. */
export interface PlacedSound extends Pick<SoundEdit, "role" | "file" | "gainDb" | "duckDb" | "channels"> {
  /** of the film */
  readonly startSeconds: number;
  /** of the file, where it begins each time */
  readonly fromSeconds: number;
  /** of the whole file */
  readonly seconds: number;
  /** plays again when it ends before the film */
  readonly loop: boolean;
  /** where it begins in the film, and where the film's end cuts it off */
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
}

/** Rounds of a sound that plays again and again: further ones would be a list that nobody works with. */
const MOST_ROUNDS = 500;

/**
 * A sound as stretches of an editing program's track, each within its file and within the film. One that plays again is
 * a stretch a round, placed by the running total, so that rounding to frames does not add up. A fade is no longer than the
 * first or last stretch.
 */
export function soundEdits(sound: PlacedSound, rate: FrameRate, filmFrames: number): readonly SoundEdit[] {
  const { startSeconds, fromSeconds, seconds, loop, fadeInSeconds, fadeOutSeconds, ...told } = sound;
  const mediaFrames = Math.floor((seconds * rate.numerator) / rate.denominator);
  const firstFrame = frameAt(fromSeconds, rate);
  const round = seconds - fromSeconds;
  const rounds = loop && round > 0 ? MOST_ROUNDS : 1;
  const edits: SoundEdit[] = [];
  for (let nth = 0; nth < rounds; nth++) {
    const startFrame = frameAt(startSeconds + nth * round, rate);
    const end = Math.min(frameAt(startSeconds + (nth + 1) * round, rate), filmFrames);
    if (startFrame >= filmFrames) break;
    const frames = Math.min(end - startFrame, mediaFrames - firstFrame);
    if (frames <= 0) continue;
    const isCut = startFrame + frames === filmFrames;
    const fadeInFrames = nth === 0 ? Math.min(frames, frameAt(fadeInSeconds, rate)) : 0;
    const fadeOutFrames = isCut ? Math.min(frames - fadeInFrames, frameAt(fadeOutSeconds, rate)) : 0;
    edits.push({ ...told, startFrame, frames, firstFrame, mediaFrames, fadeInFrames, fadeOutFrames });
  }
  return edits;
}

/** Sounds of one role, each lane of sounds that do not overlap. */
export function soundLanes(sounds: readonly SoundEdit[]): readonly (readonly SoundEdit[])[] {
  const lanes: SoundEdit[][] = [];
  for (const each of sounds.toSorted((a, b) => a.startFrame - b.startFrame)) {
    const lane = lanes.find((those) => those[0]?.role === each.role && endOf(those) <= each.startFrame);
    if (lane) lane.push(each);
    else lanes.push([each]);
  }
  return lanes;
}

/** One past the last frame of sounds in order; 0 of none. */
export function endOf(sounds: readonly SoundEdit[]): number {
  const last = sounds.at(-1);
  return last ? last.startFrame + last.frames : 0;
}
