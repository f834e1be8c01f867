import { CLIP_RATE, CLIP_SECONDS } from "../shot/model.ts";

/** What a clip is taken to be before there is one. @see kie.ai quickstart: at most 8 s */
export const ASSUMED_CLIP = { frames: CLIP_SECONDS * CLIP_RATE.numerator, frameRate: CLIP_RATE } as const;
