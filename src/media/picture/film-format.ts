import type { FrameRate } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";

/** What every clip of a film must be. */
export interface FilmFormat {
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
}
