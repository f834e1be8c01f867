import { FILM_CODEC_FACTS, type FilmEncoding } from "../shot/film-encoding.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { oneOf, quoted } from "./wording.ts";

type EncodeDraft = Draft<NonNullable<NonNullable<ManifestText["sequences"]>[number]["encode"]>>;

/** How a film is encoded as a whole, filled in with what its codec usually takes; undefined: its clips are copied. */
export function readEncode(
  draft: EncodeDraft | undefined,
  at: Path,
  subject: string,
  sheet: Sheet<ManifestText>,
): FilmEncoding | undefined {
  const codec = draft?.codec;
  if (draft === undefined || codec === undefined) return undefined;
  const facts = FILM_CODEC_FACTS[codec];
  const refuse = (key: "crf" | "preset" | "audio", what: string, fix: string) =>
    sheet.problem({ rule: "sequence-encode", at: [...at, key], message: `${subject} asks for ${codec} ${what}`, fix });
  const { crf, audio = "aac" } = draft;
  if (crf !== undefined && !facts.crf) {
    refuse("crf", "with a crf, which it does not have", `Take crf out; preset chooses among ${oneOf(facts.presets)}.`);
  } else if (crf !== undefined && facts.crf && crf > facts.crf.most) {
    refuse("crf", `with crf ${crf}; it goes up to ${facts.crf.most}`, `Write ${facts.crf.usual}.`);
  }
  const preset = draft.preset === undefined ? facts.preset : String(draft.preset);
  if (!facts.presets.includes(preset)) {
    refuse("preset", `with preset ${quoted(preset)}; it has ${oneOf(facts.presets)}`, `Write ${facts.preset}.`);
  }
  if (!facts.audio.includes(audio)) {
    refuse("audio", `with ${audio} sound; .${facts.container} files take ${oneOf(facts.audio)}`, "Write aac.");
  }
  return { codec, crf: facts.crf && (crf ?? facts.crf.usual), preset, audio };
}
