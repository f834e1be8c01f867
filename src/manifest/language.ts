import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** Made when it is first needed: it takes 11 ms, and most manifests name no language. */
let names: Intl.DisplayNames | undefined;

/** @returns undefined where it is none that is known */
function englishName(language: string): string | undefined {
  names ??= new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });
  return names.of(language);
}

/**
 * A language's tag in its canonical form: `pt-br` becomes `pt-BR`.
 *
 * A tag of three letters that is unknown here is warned of and taken: there are more languages than Node knows.
 *
 * @param owner - whose language it is, for messages
 * @returns undefined when it is none
 * @see BCP 47
 */
export function readLanguage(
  tag: string,
  at: Path,
  owner: string,
  sheet: Sheet<ManifestText>,
  mark?: "key",
): string | undefined {
  const canonical = canonicalTag(tag);
  const language = canonical && new Intl.Locale(canonical).language;
  if (canonical && language && englishName(language) !== undefined) return canonical;
  const message = `${owner} names the language ${quoted(tag)}, which is none that is known`;
  const meant = meantBy(tag);
  const fix = meant ? `Write ${meant}.` : "Write its tag: en, de, pt-BR, zh-Hans.";
  const note = { rule: "language", at, message, fix, ...(mark && { mark }) };
  if (canonical && language?.length === 3) {
    sheet.warning(note);
    return canonical;
  }
  sheet.problem(note);
  return undefined;
}

function canonicalTag(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined; // no tag at all
  }
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** What people write instead: a language's English name, or its country's code. */
function meantBy(tag: string): string | undefined {
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const named = codes.find((code) => englishName(code)?.toLowerCase() === tag.toLowerCase());
  if (named !== undefined) return named;
  if (!/^[a-z]{2}$/i.test(tag)) return undefined;
  const { language } = new Intl.Locale(`und-${tag}`).maximize();
  return language === "und" ? undefined : language;
}
