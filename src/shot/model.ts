import type { FrameRate } from "./frame-rate.ts";

/** The vendor's own names: Quality, Fast and Lite. */
export const MODELS = ["veo3", "veo3_fast", "veo3_lite"] as const;
export type Model = (typeof MODELS)[number];

export const ASPECT_RATIOS = ["16:9", "9:16", "Auto"] as const;
/** `Auto` crops to whichever of the two is nearer to the image that was sent. */
export type AspectRatio = (typeof ASPECT_RATIOS)[number];

/** Models that take reference images. @see kie.ai "Generate Veo 3.1 Video": `REFERENCE_2_VIDEO`, as of August 2026 */
export const REFERENCE_MODELS: readonly Model[] = ["veo3_fast", "veo3_lite"];

/** Seeds the vendor accepts, both ends included. */
export const SEED_RANGE = { least: 10_000, most: 99_999 } as const;

/** Frames a second of a generated clip. @see kie.ai quickstart: clips come at 24 frames a second */
export const CLIP_RATE: FrameRate = { numerator: 24, denominator: 1 };

/** Length of a generated clip. @see kie.ai Veo 3.1 quickstart, FAQ: clips are limited to 8 seconds */
export const CLIP_SECONDS = 8;
