import * as z from "zod";
import { SAFE_NAME } from "../shot/id.ts";
import { ASPECT_RATIOS, MODELS, SEED_RANGE } from "../shot/model.ts";
import { RESOLUTIONS } from "../shot/resolution.ts";
import { checksSchema } from "./checks-schema.ts";
import { dialogueSchema } from "./dialogue-schema.ts";
import { choice, described } from "./schema-wording.ts";
import { shotSoundKeys } from "./sound-schema.ts";

/** More attempts at one shot than this are a slip of the finger: each is paid. */
const MOST_TAKES = 20;

/** Unsafe names are judged apart, with better words; the pattern is there for editors. */
export const name = (description: string) =>
  described(z.string().meta({ pattern: SAFE_NAME.source }), description, { must: "a name" });

export const text = (description: string) => described(z.string(), description);

const still = (description: string) =>
  described(z.string().min(1), description, { must: "a file's path or an https address" });

/** Two seconds: more than that is a cut, which sequences make. */
const MOST_TRIMMED = 48;

const modelSchema = choice(MODELS, "Which Veo 3.1 makes the take, in the vendor's own words. Default veo3_fast.", {
  rule: "shot-model",
  says: "models are",
});

/** More than this is a slip of the finger: each is paid, and what five takes could not do no sixth one will. */
const MOST_RETRIES = 5;

const retries = (description: string) =>
  described(z.int().min(0).max(MOST_RETRIES), description, { must: `a whole number from 0 to ${MOST_RETRIES}` });

export const retrySchema = described(
  z.strictObject({
    failed: retries(
      "Further takes of a shot that are bought because the vendor could not make one. Default 0.",
    ).optional(),
    refused: retries("Further takes of a shot that are asked for because one was refused. Default 0.").optional(),
    checks: retries(
      "Further takes of a shot that are bought, each at full price, because a check set to `fail` passed one over. Default 0.",
    ).optional(),
    prompt: text(
      `The prompt of those takes; \${prompt} stands for the shot's own words, and its style is appended. Default: the same.`,
    ).optional(),
    model: modelSchema.optional(),
  }),
  "When a shot is bought again by itself: a shot's own policy as a whole, else the one for all. Default: never.",
);

/** All that a shot may say about itself besides what only it can say: the keys of `defaults`. */
const settings = {
  model: modelSchema.optional(),
  aspect_ratio: choice(ASPECT_RATIOS, "Shape of the picture. Auto takes that of the first frame. Default 16:9.", {
    rule: "shot-aspect-ratio",
    says: "pictures are",
  }).optional(),
  resolution: choice(RESOLUTIONS, "Short side of the picture. 1080p and 4k are paid upgrades. Default 720p.", {
    rule: "shot-resolution",
    says: "takes come in",
  }).optional(),
  style: text("Appended to the prompt. An empty text takes the style of `defaults` away.").optional(),
  translate: described(
    z.boolean(),
    "Whether the vendor may translate the prompt into English. Default false.",
  ).optional(),
  image: still("First frame: a PNG, JPEG or WebP file, relative to the manifest, or an https address.").optional(),
  last_image: still("Last frame. Only together with `image` or `follows`.").optional(),
  references: described(
    z.array(still("A picture that the take should look like.")).min(1).max(3),
    "One to three pictures whose people, things or look the take keeps. Not with image, follows or extends.",
    { must: "a list of 1 to 3 pictures" },
  ).optional(),
  seed: described(
    z.int().min(SEED_RANGE.least).max(SEED_RANGE.most),
    "The same seed and request give a similar picture.",
    { must: `a whole number from ${SEED_RANGE.least} to ${SEED_RANGE.most}` },
  ).optional(),
  takes: described(z.int().min(1).max(MOST_TAKES), "Attempts to buy, each at full price. Default 1.", {
    must: `a whole number from 1 to ${MOST_TAKES}`,
  }).optional(),
  pick: described(z.int().min(1), "Number of the take that the film uses. Default: the lowest that is good.", {
    must: "a whole number from 1",
  }).optional(),
  dialogue: dialogueSchema.optional(),
  ...shotSoundKeys,
  retry: retrySchema.optional(),
  checks: checksSchema.optional(),
  seam_trim: described(
    z.union([z.enum(["auto", "off"]), z.int().min(0).max(MOST_TRIMMED)]),
    "Frames of its parent that a follower or an extension shows again: `auto` (default) finds and cuts them, `off` leaves them, a number takes so many off the parent's end.",
    { must: `auto, off or a number of frames from 0 to ${MOST_TRIMMED}` },
  ).optional(),
  colour_match: described(
    z.boolean(),
    "Whether a follower or an extension is given back the colours its parent ends with, where they drifted: such clips are encoded again for films. Default false.",
    { must: "true or false" },
  ).optional(),
};

/** Keys that belong to one shot and so cannot stand in `defaults`. */
export const OWN_KEYS = ["id", "prompt", "follows", "extends"] as const;

export const defaultsSchema = described(z.strictObject(settings), "What every shot says unless it says otherwise.");

export const shotSchema = described(
  z.strictObject({
    id: name("The shot's name, also of its folder: letters, digits, - and _."),
    prompt: text(`What is to be seen and heard. \${name} stands for a variable.`),
    follows: name("Starts from the last frame of that shot.").optional(),
    extends: name("The vendor's own extension of that shot's take.").optional(),
    ...settings,
  }),
  "One planned piece of picture, 8 seconds long.",
);
