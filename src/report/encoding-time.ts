import type { FilmPlan } from "../plan/film.ts";
import type { FilmCodec } from "../shot/film-encoding.ts";

/**
 * Seconds of one core for a million pixels, at the usual preset. Measured with ffmpeg 5.1 on grainy 720p, where every encoder
 * has much to do: a film of quiet pictures takes half of it.
 */
const SECONDS: Readonly<Record<FilmCodec, number>> = { h264: 0.27, h265: 0.55, av1: 0.25, prores: 0.33 };

/** How much longer the presets of x264 and x265 take than `medium`. */
const PRESETS: Readonly<Record<string, number>> = {
  ...{ ultrafast: 0.15, superfast: 0.2, veryfast: 0.35, faster: 0.6, fast: 0.8 },
  ...{ slow: 1.6, slower: 3, veryslow: 6 },
};

/** What is taken to be there: the estimate is told with it. */
const CORES = 2;

/** The same for the pieces of a film, with ffmpeg 5.1 on 72 frames of 720p: 0.23 with a little grain, 0.29 with much. */
const PIECE_SECONDS = 0.3;

/** About how long a film's picture takes to be encoded as a whole on two cores; 0 where it is copied. */
export function encodingMinutes({ encode, size, frames }: Pick<FilmPlan, "encode" | "size" | "frames">): number {
  if (!encode) return 0;
  // Each step of AV1's presets is worth about a fifth.
  const factor = encode.codec === "av1" ? 0.8 ** (Number(encode.preset) - 8) : (PRESETS[encode.preset] ?? 1);
  const millions = (size.width * size.height * frames) / 1e6;
  return (millions * SECONDS[encode.codec] * factor) / CORES / 60;
}

/**
 * About how long it takes on two cores to render some frames of a film whose other frames are copied, transitions and
 * decoding included.
 */
export function piecesSeconds({ size }: Pick<FilmPlan, "size">, frames: number): number {
  return ((size.width * size.height * frames) / 1e6) * (PIECE_SECONDS / CORES);
}
