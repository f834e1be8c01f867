import * as z from "zod";
import { EXPORT_FORMATS } from "../shot/export-format.ts";
import { CLIP_SECONDS } from "../shot/model.ts";
import { RESOLUTIONS } from "../shot/resolution.ts";
import { captionsSchema } from "./captions-schema.ts";
import { encodeSchema } from "./encode-schema.ts";
import { choice, described } from "./schema-wording.ts";
import { name } from "./shot-schema.ts";
import { sequenceSoundKeys } from "./sound-schema.ts";
import { transitionKeys } from "./transition-schema.ts";

const seconds = (description: string) =>
  described(z.number().min(0).max(CLIP_SECONDS), description, {
    rule: "clip-trim",
    must: `a number of seconds within the clip, from 0 to ${CLIP_SECONDS}`,
  });

const clipSchema = described(
  z.strictObject({
    shot: name("The shot whose picked take plays here."),
    in: seconds("Second of the clip at which it begins. Default 0.").optional(),
    out: seconds("Second of the clip at which it ends. Default: its end.").optional(),
    ...transitionKeys,
  }),
  "A shot with what the film does to it.",
);

export const sequenceSchema = described(
  z.strictObject({
    id: name("The film's name, also of its file: letters, digits, - and _."),
    shots: described(
      z
        .array(
          described(z.union([name("A shot in full."), clipSchema]), "A shot's name, or a shot with its trims.", {
            must: "a shot's name or a block such as { shot: NAME, in: 0.5, out: 7.5 }",
          }),
        )
        .min(1),
      "The shots in playing order. One may stand more than once.",
      { rule: "sequence-empty", must: "a list of at least one shot" },
    ),
    size: choice(RESOLUTIONS, "Size of the film. Default: what most of its shots asked for.", {
      rule: "sequence-size",
      says: "films come in",
    }).optional(),
    frame_rate: described(z.union([z.number(), z.string()]), 'Frames a second: 24 or "24000/1001".', {
      rule: "frame-rate",
      must: 'a whole number such as 24 or a fraction such as "24000/1001"',
    }).optional(),
    ...transitionKeys,
    ...sequenceSoundKeys,
    captions: captionsSchema.optional(),
    chapters: described(z.boolean(), "Whether each shot is a chapter of the film. Default true.").optional(),
    poster: described(
      z.number().min(0),
      "Second of the film whose picture is its poster. Default: one that shows something.",
      {
        must: "a number of seconds, 0 or more",
      },
    ).optional(),
    on_missing: choice(
      ["hold", "slate", "skip"],
      "What becomes of the film when a run ends and clips are missing: hold (default) joins nothing, slate puts a card in their place, skip leaves them out.",
      {
        rule: "sequence-on-missing",
        says: "a missing clip means",
      },
    ).optional(),
    encode: encodeSchema.optional(),
    exports: described(
      z.array(
        choice(EXPORT_FORMATS, "An editing program's format.", {
          rule: "sequence-exports",
          says: "exports are",
        }),
      ),
      "The film's cut for editing programs, beside the film: OpenTimelineIO, Final Cut Pro's XML, CMX 3600.",
    ).optional(),
  }),
  "Shots in playing order: one film.",
);
