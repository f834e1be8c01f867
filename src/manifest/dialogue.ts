import { CLIP_SECONDS } from "../shot/model.ts";
import type { Draft } from "./draft.ts";
import { readLanguage } from "./language.ts";
import type { Path } from "./located.ts";
import type { SpokenLine } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Sheet } from "./sheet.ts";
import { readWords } from "./texts.ts";
import type { Variables } from "./variables.ts";

type DialogueDraft = Draft<NonNullable<ManifestText["shots"][number]["dialogue"]>>;
type LineDraft = Exclude<DialogueDraft, readonly unknown[]>;

/** Reads what is said in a shot, in the order of time. Blank texts are nothing said. */
export function readDialogue(
  settings: Settings,
  sheet: Sheet<ManifestText>,
  variables: Variables,
): readonly SpokenLine[] {
  const { value, at } = settings.get("dialogue");
  if (value === undefined) return [];
  const dialogue = value as DialogueDraft;
  const lines = isList(dialogue)
    ? dialogue.flatMap((line, index) => (line === undefined ? [] : [{ line, at: [...at, index] }]))
    : [{ line: dialogue, at }];
  checkTimes(lines, settings.subject, sheet);
  return lines.flatMap(({ line, at }) => {
    const timed = isTimed(line) ? line : { text: line };
    const textAt = isTimed(line) ? [...at, "text"] : at;
    const texts = readTexts(timed.text, textAt, settings.subject, sheet, variables);
    return texts.length === 0 ? [] : [{ texts, in: timed.in, out: timed.out }];
  });
}

function isList(dialogue: DialogueDraft): dialogue is Extract<DialogueDraft, readonly unknown[]> {
  return Array.isArray(dialogue);
}

type TimedDraft = { readonly text?: TextDraft; readonly in?: number | undefined; readonly out?: number | undefined };
type TextDraft = string | { readonly [language: string]: string | undefined } | undefined;

/** A block with one of these keys says when; no language is named so. */
function isTimed(line: LineDraft): line is LineDraft & TimedDraft {
  return typeof line === "object" && ("text" in line || "in" in line || "out" in line);
}

function readTexts(
  draft: TextDraft,
  at: Path,
  subject: string,
  sheet: Sheet<ManifestText>,
  variables: Variables,
): SpokenLine["texts"] {
  if (draft === undefined) return [];
  if (typeof draft === "string") {
    const text = readWords(draft, at, subject, sheet, variables);
    return text ? [{ language: undefined, text }] : [];
  }
  return Object.entries(draft).flatMap(([tag, words]) => {
    const language = readLanguage(tag, [...at, tag], `"dialogue" of ${subject}`, sheet, "key");
    const text = words === undefined ? undefined : readWords(words, [...at, tag], subject, sheet, variables);
    return language && text ? [{ language, text }] : [];
  });
}

function checkTimes(
  lines: readonly { readonly line: LineDraft; readonly at: Path }[],
  subject: string,
  sheet: Sheet<ManifestText>,
): void {
  let before = 0;
  for (const { line, at } of lines) {
    if (!isTimed(line) || sheet.judged([...at, "in"]) || sheet.judged([...at, "out"])) continue;
    const { in: from, out } = line;
    const begins = from ?? before;
    if (from !== undefined && from < before) {
      const message = `a line of ${subject} begins at ${from} s, before the one before it ends at ${before} s`;
      const fix =
        "Write them in the order of time, one after another; two voices at once go into one text, on two lines.";
      sheet.problem({ rule: "dialogue-times", at: [...at, "in"], message, fix });
    } else if ((out ?? CLIP_SECONDS) <= begins) {
      const end = out === undefined ? `the end of the clip, ${CLIP_SECONDS} s` : `${out} s`;
      const message = `a line of ${subject} ends at ${end}, which is not after its beginning at ${begins} s`;
      sheet.problem({
        rule: "dialogue-times",
        at: [...at, out === undefined ? "in" : "out"],
        message,
        fix: "Make out larger than in.",
      });
    }
    before = Math.max(before, out ?? from ?? 0);
  }
}
