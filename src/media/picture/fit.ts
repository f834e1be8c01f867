import type { PixelSize } from "../../shot/resolution.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";

/** A picture inside a frame: its size and the place of its upper left corner. All even, as 4:2:0 wants it. */
export interface Fit extends PixelSize {
  readonly left: number;
  readonly top: number;
}

/** Size of the picture as it is seen: pixels made square, turned upright. */
export function shownSize(video: VideoFacts): PixelSize {
  const [across = 1, down = 1] = video.sampleAspect.split(":").map(Number);
  const width = across > 0 && down > 0 ? (video.width * across) / down : video.width;
  return video.rotation % 180 === 0
    ? { width: Math.round(width), height: video.height }
    : { width: video.height, height: Math.round(width) };
}

/** The largest place inside a frame that keeps the picture's shape; the rest stays black. */
export function fitInside(picture: PixelSize, frame: PixelSize): Fit {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = Math.min(even(picture.width * scale), frame.width);
  const height = Math.min(even(picture.height * scale), frame.height);
  return { width, height, left: middle(frame.width - width), top: middle(frame.height - height) };
}

/** The smallest picture of this shape that fills a frame; what stands over is cut off, so `left` and `top` lie inside it. */
export function fillFrame(picture: PixelSize, frame: PixelSize): Fit {
  const scale = Math.max(frame.width / picture.width, frame.height / picture.height);
  const width = Math.max(even(picture.width * scale), frame.width);
  const height = Math.max(even(picture.height * scale), frame.height);
  return { width, height, left: middle(width - frame.width), top: middle(height - frame.height) };
}

/** The nearest even number of pixels, at least 2. */
function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}

/** Half of what is left over, on an even pixel. */
function middle(spare: number): number {
  return 2 * Math.floor(spare / 4);
}
