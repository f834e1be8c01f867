import * as z from "zod";
import { MODELS } from "../shot/model.ts";
import type { PriceOverrides } from "../shot/price.ts";
import type { Files } from "../world/files.ts";
import type { Findings } from "./manifest-problem.ts";
import { present } from "./present.ts";
import { described } from "./schema-wording.ts";
import { openSheet } from "./sheet.ts";
import { readSourceText, type SourceText } from "./source-text.ts";

const credits = () =>
  described(z.number().min(0), "Credits.", { rule: "prices", must: "a number of credits, 0 or more" });

const byModel = () => {
  const [quality, fast, lite] = MODELS;
  const shape = { [quality]: credits().optional(), [fast]: credits().optional(), [lite]: credits().optional() };
  return described(z.strictObject(shape), "Credits by model.");
};

const priceSchema = z.strictObject({
  date: described(z.string(), "The day the figures were read.", { rule: "prices", must: "a date such as 2026-08-31" }),
  generate: byModel().optional(),
  extend: byModel().optional(),
  upgrade: described(
    z.strictObject({ "1080p": credits().optional(), "4k": credits().optional() }),
    "Credits by resolution.",
  ).optional(),
});

/** What a price file holds; when it cannot even be read, why. Problems inside it go to `findings`. */
export async function readPriceFile(
  files: Files,
  path: string,
  shown: string,
  findings: Findings,
  sources: Map<string, string>,
): Promise<PriceOverrides | undefined | Extract<SourceText, { ok: false }>> {
  const read = await readSourceText(files, path);
  if (!read.ok) return read;
  sources.set(shown, read.text);
  const sheet = openSheet(read.text, shown, priceSchema, findings);
  if (!sheet) return undefined;
  const { date, generate, extend, upgrade } = sheet.draft;
  if (date === undefined) return undefined;
  if (!isCalendarDay(date)) {
    const message = `"date" is "${date}"; it must be a day such as 2026-08-31`;
    sheet.problem({ rule: "prices", at: ["date"], message, fix: "Write the day the figures were read." });
  }
  return {
    source: shown,
    date,
    ...(generate && { generate: present(generate) }),
    ...(extend && { extend: present(extend) }),
    ...(upgrade && { upgrade: present(upgrade) }),
  };
}

function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}
