import * as z from "zod";
import { choice, described } from "./schema-wording.ts";

const WAYS = { rule: "sequence-captions", says: "captions are" };
const language = described(z.string(), "A language's tag: en, pt-BR, zh-Hans.", { must: "a language such as en" });

const blockSchema = described(
  z.strictObject({
    as: choice(
      ["soft", "burned", "sidecar"],
      "soft: a track a language in the film, to be switched on; burned: drawn into the picture; sidecar: files beside the film alone. The files are always written.",
      WAYS,
    ),
    languages: described(
      z.array(language).min(1),
      "Which languages, the first one first. Default: all that the dialogue has.",
      { rule: "captions-languages", must: "a list of languages such as [en, de]" },
    ).optional(),
    burned: described(
      z.string(),
      "The language that is drawn into the picture, also beside soft ones. Default: with `as: burned` the first.",
      { must: "one of the languages" },
    ).optional(),
  }),
  "Captions in chosen languages.",
);

/** One word, or a block that chooses languages. */
export const captionsSchema = described(
  z.union([choice(["soft", "burned", "sidecar", "off"], "How captions are shown.", WAYS), blockSchema]),
  "Captions made of the shots' dialogue: soft, burned, sidecar or off (default), or a block with their languages.",
  {
    rule: "sequence-captions",
    says: "captions are",
    must: "soft, burned, sidecar, off or a block such as { as: soft, languages: [en, de] }",
  },
);
