import * as z from "zod";
import { checksSchema } from "./checks-schema.ts";
import { described } from "./schema-wording.ts";
import { sequenceSchema } from "./sequence-schema.ts";
import { defaultsSchema, name, retrySchema, shotSchema, text } from "./shot-schema.ts";

const credits = (description: string) =>
  described(z.number().min(0), description, { rule: "budget", must: "a number of credits, 0 or more" });

/** Plain http is for servers on this machine, beside a simulator. */
const WEBHOOK = /^(?:https:\/\/.|http:\/\/(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?:[:/]|$))/;

const hook = (description: string) =>
  described(
    z.strictObject({
      command: described(
        z
          .array(
            described(z.string().regex(/^[^\0]+$/), "Passed as it is written.", {
              must: "a text of at least one character and no zero byte",
            }),
          )
          .min(1),
        "A program and its arguments, started without a shell. What it is to know comes in its environment.",
        { must: "a list of a program and its arguments" },
      ).optional(),
      webhook: described(
        z.string().regex(WEBHOOK),
        "A public https address that is sent the summary. While the API is on this machine, http to it as well.",
        { must: "an https address" },
      ).optional(),
    }),
    description,
  );

const limitsSchema = described(
  z.strictObject({
    starts: described(z.int().min(1), "Most buying calls in any window of `seconds`.", {
      rule: "limits",
      must: "a whole number from 1",
    }).optional(),
    seconds: described(z.number().gt(0), "Length of that window in seconds.", {
      rule: "limits",
      must: "a number of seconds above 0",
    }).optional(),
    running: described(z.int().min(1), "Most tasks that generate at the same time.", {
      rule: "limits",
      must: "a whole number from 1",
    }).optional(),
  }),
  "How much is asked of the vendor at a time.",
);

const version = described(z.literal(1), "Format of this file.", { rule: "format-version", must: "1" });
const prices = text("A file with the vendor's present prices, relative to this one.");

/** Format 1 of a manifest, as typed. Meaning that spans several values is judged elsewhere. */
export const manifestSchema = z.strictObject({
  version: version.optional(),
  title: text("The film's title, for people.").optional(),
  name: name("Folder below output/. Default: this file's name without its extension.").optional(),
  budget: described(
    z.strictObject({
      run: credits("Most credits that one run may spend.").optional(),
      day: credits("Most credits that may be spent in a calendar day.").optional(),
    }),
    "Caps on spending, in credits.",
  ).optional(),
  limits: limitsSchema.optional(),
  prices: prices.optional(),
  variables: described(
    z.record(z.string(), described(z.union([z.string(), z.number()]), "A text.", { must: "a text or a number" })),
    `Texts that \${name} stands for in prompts, styles, dialogue, titles and pictures' paths.`,
  ).optional(),
  matrix: described(
    z.record(
      z.string(),
      described(z.array(z.union([z.string(), z.number()])).min(1), "The texts, one batch each.", {
        must: "a list of texts",
      }),
    ),
    "Variables with several texts each: one batch a combination.",
  ).optional(),
  defaults: defaultsSchema.optional(),
  shots: described(z.array(shotSchema).min(1), "What is to be shot.", {
    rule: "no-shots",
    must: "a list of at least one shot",
  }),
  sequences: described(z.array(sequenceSchema).min(1), "The films. Default: one, named film, of all shots in order.", {
    rule: "sequence-empty",
    must: "a list of at least one sequence; without the key there is one film of all shots",
  }).optional(),
  retry: retrySchema.optional(),
  on_done: hook("What happens when all is made.").optional(),
  on_failed: hook("What happens when something is missing at the end.").optional(),
  checks: checksSchema.optional(),
});

/** The account-wide `callsheet.yaml`. */
export const accountSchema = z.strictObject({
  version: version.optional(),
  budget: described(
    z.strictObject({ day: credits("Most credits that may be spent in a calendar day.").optional() }),
    "Caps on spending, in credits.",
  ).optional(),
  limits: limitsSchema.optional(),
  prices: prices.optional(),
  output: described(z.string().regex(/^[^\0]+$/), "Folder of all batches, relative to this file.", {
    must: "a folder's path",
  }).optional(),
});

export type ManifestText = z.input<typeof manifestSchema>;
export type AccountText = z.input<typeof accountSchema>;

/** The manifest's schema for editors, as JSON schema draft 7. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, {
    target: "draft-7",
    io: "input", // the other way round every key with a default would be required
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === "object" && jsonSchema.additionalProperties === false) {
        jsonSchema.patternProperties = { "^x-": {} };
      }
    },
  });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    title: "callsheet manifest",
    description: "A YAML manifest of shots (format 1) that callsheet turns into films.",
    ...rest,
  };
}
