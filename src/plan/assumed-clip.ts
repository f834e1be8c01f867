import type { FrameRate } from "../shot/frame-rate.ts";
import { CLIP_SECONDS } from "../shot/model.ts";

const RATE: FrameRate = { numerator: 24, denominator: 1 };

/** What a clip is taken to be before there is one. @see kie.ai quickstart: at most 8 s; clips come at 24 frames a second */
export const ASSUMED_CLIP = { frames: CLIP_SECONDS * RATE.numerator, frameRate: RATE } as const;
