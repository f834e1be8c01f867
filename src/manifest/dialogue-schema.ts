import * as z from "zod";
import { CLIP_SECONDS } from "../shot/model.ts";
import { described } from "./schema-wording.ts";

const seconds = (description: string) =>
  described(z.number().min(0).max(CLIP_SECONDS), description, {
    rule: "dialogue-times",
    must: `a number of seconds within the clip, from 0 to ${CLIP_SECONDS}`,
  });

const said = described(z.string(), "What is said.", { must: "a text" });

const languages = described(
  z.record(z.string(), said),
  "The same in several languages, by their tags: { en: …, de: … }.",
);

const lineSchema = described(
  z.strictObject({
    text: described(z.union([said, languages]), "What is said, or a block of languages with it.", {
      must: "a text or a block of languages such as { en: …, de: … }",
    }),
    in: seconds(
      "Second of the clip at which it begins. Default: where the one before ends, or the clip's start.",
    ).optional(),
    out: seconds(
      "Second of the clip at which it ends. Default: where the next one begins, or the clip's end.",
    ).optional(),
  }),
  "What is said, and when.",
);

const WORDING = { must: "a text, a block such as { text: …, in: 1, out: 3 }, or a list of these" };

/** A text, one that knows its time, one in several languages, or a list of these. */
export const dialogueSchema = described(
  z.union([
    said,
    lineSchema,
    languages,
    described(
      z.array(described(z.union([said, lineSchema, languages]), "One line of a dialogue.", WORDING)).min(1),
      "What is said one after another.",
      WORDING,
    ),
  ]),
  "What is said, for captions: a text, { text, in, out } in seconds of the clip, or a list of these; each text also by language.",
  WORDING,
);
