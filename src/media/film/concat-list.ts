import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";

export interface ListedClip {
  /** absolute */
  readonly path: string;
  readonly frames: number;
  /** when its first frame is shown, by its own timestamps */
  readonly startSeconds: number;
}

/**
 * The script by which ffmpeg's concat demuxer plays clips one after another.
 *
 * Each clip is told where it begins and how long it lasts: left to itself the demuxer takes the earliest of its streams as the
 * beginning (sound begins 21 ms before the picture) and the longest as the length. Lengths are differences of rounded running
 * totals, so that 300 roundings to microseconds do not add up.
 *
 * @see FFmpeg formats manual, `concat`: `file`, `inpoint`, `duration`
 */
export function concatList(clips: readonly ListedClip[], rate: FrameRate): string {
  const lines = ["ffconcat version 1.0"];
  let frames = 0;
  for (const clip of clips) {
    const from = microseconds(secondsOf(frames, rate));
    frames += clip.frames;
    lines.push(
      `file ${quote(clip.path)}`,
      `inpoint ${microseconds(clip.startSeconds)}us`,
      `duration ${microseconds(secondsOf(frames, rate)) - from}us`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6);
}

function quote(path: string): string {
  if (/[\r\n]/.test(path))
    throw new RangeError(`a clip's path holds a line break, which no concat list can: ${JSON.stringify(path)}`);
  return `'${path.replaceAll("'", "'\\''")}'`;
}
