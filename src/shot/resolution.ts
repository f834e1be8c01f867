/** The three sizes a take comes in, named by the short side of the picture. Ordered from small to large. */
export const RESOLUTIONS = ["720p", "1080p", "4k"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
/** A resolution that is bought after the take was made. */
export type UpgradeResolution = Exclude<Resolution, "720p">;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

const SHORT_SIDE = { "720p": 720, "1080p": 1080, "4k": 2160 } as const satisfies Record<Resolution, number>;

/** Pixels of a picture lying 16:9, or standing 9:16. */
export function pixelSize(resolution: Resolution, orientation: "wide" | "upright"): PixelSize {
  const short = SHORT_SIDE[resolution];
  const long = (short * 16) / 9;
  return orientation === "wide" ? { width: long, height: short } : { width: short, height: long };
}

/** Which way a picture lies; a square counts as wide. */
export function orientationOf(size: PixelSize): "wide" | "upright" {
  return size.height > size.width ? "upright" : "wide";
}

/** Negative when `a` is smaller than `b`. */
export function compareResolutions(a: Resolution, b: Resolution): number {
  return RESOLUTIONS.indexOf(a) - RESOLUTIONS.indexOf(b);
}
