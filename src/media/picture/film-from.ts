import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";

/** How ffmpeg is to read a film so that a certain frame comes first. */
export interface FilmFrom {
  /** of the input */
  readonly options: readonly string[];
  /** the filter before all others */
  readonly step: string;
}

/**
 * Frames by which a film is opened early. A seek goes by when frames are decoded: with open groups it may find a key frame that
 * is shown after the frame sought, whose leading pictures a decoder then leaves out. x264 and x265 put at most 16 of them
 * before it, and decode up to 3 frames ahead.
 */
const EARLY_FRAMES = 20;

/** Reads a film of ours from a frame on, by its time: whatever was copied into it, and without decoding all before it. */
export function filmFrom(frame: number, rate: FrameRate): FilmFrom {
  const openedAt = Math.max(0, secondsOf(frame - EARLY_FRAMES, rate));
  // Half a frame early, as a time in decimals may fall on either side of the frame's own.
  const first = Math.max(0, secondsOf(frame - 0.5, rate) - openedAt);
  return { options: ["-ss", openedAt.toFixed(6)], step: `trim=start=${first.toFixed(6)}` };
}
