import { CLIP_SECONDS } from "../shot/model.ts";
import type { Draft } from "./draft.ts";
import { readLanguage } from "./language.ts";
import type { Path } from "./located.ts";
import type { Captions, SequenceClip, Shot } from "./manifest.ts";
import { nearest } from "./nearest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { allOf, oneOf, quoted } from "./wording.ts";

type CaptionsDraft = Draft<NonNullable<NonNullable<ManifestText["sequences"]>[number]["captions"]>>;

/** What captions a film has; undefined where it has none. Warns of words that nobody will see. */
export function readCaptions(
  draft: CaptionsDraft | undefined,
  at: Path,
  subject: string,
  clips: readonly SequenceClip[],
  shots: readonly Shot[],
  sheet: Sheet<ManifestText>,
): Captions | undefined {
  if (draft === undefined || draft === "off" || sheet.judged(at)) return undefined;
  const block = typeof draft === "string" ? { as: draft } : draft;
  const used = new Set(clips.map(({ shot }) => shot));
  const speaking = shots.filter(({ id, dialogue }) => used.has(id) && dialogue.length > 0);
  const spoken = languagesOf(speaking);
  const languages = readLanguages(block.languages, [...at, "languages"], subject, spoken, sheet) ?? spoken;
  const burned = readBurned(block.burned, [...at, "burned"], subject, languages, sheet);
  // Of a film whose shots could not all be read, nobody can say who is silent.
  if (speaking.length === 0 && [...used].every((shot) => shots.some(({ id }) => id === shot))) {
    const message = `${subject} asks for captions, and none of its shots has dialogue`;
    sheet.warning({ rule: "captions-empty", at, message, fix: "Write what is said: `dialogue: …` in a shot." });
  }
  if (block.as === undefined || languages.length === 0) return undefined;
  warnOfGaps(speaking, languages, at, subject, sheet);
  for (const [index, clip] of clips.entries()) {
    warnOfCutWords(clip, [...at.slice(0, -1), "shots", index], `clip ${index + 1} of ${subject}`, speaking, sheet);
  }
  return { as: block.as, languages, burned: burned ?? (block.as === "burned" ? languages[0] : undefined) };
}

/** In the order met; `und` alone where no text names its language. */
function languagesOf(shots: readonly Shot[]): readonly string[] {
  const texts = shots.flatMap(({ dialogue }) => dialogue.flatMap((line) => line.texts));
  const named = new Set(texts.flatMap(({ language }) => (language === undefined ? [] : [language])));
  return named.size === 0 && texts.length > 0 ? ["und"] : [...named];
}

function readLanguages(
  tags: readonly (string | undefined)[] | undefined,
  at: Path,
  subject: string,
  spoken: readonly string[],
  sheet: Sheet<ManifestText>,
): readonly string[] | undefined {
  if (tags === undefined) return undefined;
  const languages: string[] = [];
  for (const [index, tag] of tags.entries()) {
    const here = [...at, index];
    const language = tag === undefined ? undefined : readLanguage(tag, here, `"captions" of ${subject}`, sheet);
    if (language === undefined) continue;
    if (languages.includes(language)) {
      const message = `${subject} asks for captions in ${quoted(language)} twice`;
      sheet.problem({ rule: "captions-languages", at: here, message, fix: "Take one of them out." });
    } else if (spoken.length > 0 && !spoken.includes(language) && !(spoken[0] === "und" && index === 0)) {
      const meant = nearest(language, spoken);
      const there = spoken[0] === "und" ? "no language: all texts are plain" : allOf(spoken);
      const message = `${subject} asks for captions in ${quoted(language)}; its dialogue is in ${there}`;
      const fix = meant
        ? `Write ${meant}.`
        : `Write what is said in it: \`dialogue: { ${language}: … }\`, or take it out.`;
      sheet.problem({ rule: "captions-languages", at: here, message, fix });
    }
    languages.push(language);
  }
  return languages;
}

function readBurned(
  tag: string | undefined,
  at: Path,
  subject: string,
  languages: readonly string[],
  sheet: Sheet<ManifestText>,
): string | undefined {
  if (tag === undefined) return undefined;
  const language = readLanguage(tag, at, `"captions" of ${subject}`, sheet);
  if (language === undefined || languages.length === 0 || languages.includes(language)) return language;
  const message = `${subject} would burn captions in ${quoted(language)}, which is none of their languages`;
  sheet.problem({ rule: "captions-languages", at, message, fix: `Write ${oneOf(languages)}.` });
  return undefined;
}

/** A text without a language is in the film's first one, so only what names languages can lack one. */
function warnOfGaps(
  shots: readonly Shot[],
  languages: readonly string[],
  at: Path,
  subject: string,
  sheet: Sheet<ManifestText>,
): void {
  const lacks = new Map<string, string[]>();
  for (const language of languages) {
    const lacking = shots.filter(({ dialogue }) =>
      dialogue.some(({ texts }) => !texts.some((text) => (text.language ?? languages[0]) === language)),
    );
    if (lacking.length === 0) continue;
    const ids = allOf(lacking.map(({ id }) => id));
    lacks.set(ids, [...(lacks.get(ids) ?? []), language]);
  }
  // Where the same shots lack many languages, that is one thing to mend.
  for (const [ids, tags] of lacks) {
    const named = allOf(tags.map(quoted));
    const message = `${subject} has captions in ${named}, in which not all is written that is said in ${ids}`;
    const fix = `Write ${allOf(tags.map((tag) => `\`${tag}: …\``))} in the dialogue of ${ids}.`;
    sheet.warning({ rule: "dialogue-language", at, message, fix });
  }
}

/** Words that are said where the film does not show the clip. */
function warnOfCutWords(
  clip: SequenceClip,
  at: Path,
  subject: string,
  shots: readonly Shot[],
  sheet: Sheet<ManifestText>,
): void {
  const { in: first = 0, out: end = CLIP_SECONDS } = clip;
  const lines = shots.find(({ id }) => id === clip.shot)?.dialogue ?? [];
  const cut = lines.find((line) => (line.in ?? first) >= end || (line.out ?? end) <= first);
  if (!cut) return;
  const when = [cut.in === undefined ? "" : `from ${cut.in} s`, cut.out === undefined ? "" : `to ${cut.out} s`];
  const message = `${subject} plays ${first} s to ${end} s of its shot, so what is said ${when.join(" ").trim()} has no caption there`;
  sheet.warning({
    rule: "dialogue-cut",
    at,
    message,
    fix: "Play more of the clip, or mend the times of the dialogue.",
  });
}
