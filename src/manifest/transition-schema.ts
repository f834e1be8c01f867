import * as z from "zod";
import { CLIP_SECONDS } from "../shot/model.ts";
import { FITS, TRANSITION_KINDS } from "../shot/transition.ts";
import { choice, described } from "./schema-wording.ts";

/** What may stand in a clip, and in a sequence for all of its clips. */
export const transitionKeys = {
  transition: choice(
    TRANSITION_KINDS,
    "What plays across the seam before a clip. Default cut. Given to the sequence: at all its seams. hold dissolves into the held first frame and keeps the film's length; all others play over both clips and shorten it.",
    { rule: "clip-transition", says: "transitions are" },
  ).optional(),
  transition_seconds: described(z.number().gt(0).max(CLIP_SECONDS), "Length of a transition. Default 0.5.", {
    rule: "transition-seconds",
    must: `a number of seconds above 0, at most ${CLIP_SECONDS}`,
  }).optional(),
  fit: choice(
    FITS,
    "How a picture of another shape is put into the film: pad (default) keeps all of it with black around it, crop fills the film and cuts its edges.",
    { rule: "picture-fit", says: "a picture can be fitted by" },
  ).optional(),
};
