/** A font that captions are drawn with. */
export interface CaptionFont {
  /** as its file names itself: libass finds it by this alone */
  readonly family: string;
  /** npm package, and its file within */
  readonly package: string;
  readonly file: string;
  /** from the highest to the lowest letter, in ems: libass measures fonts by it */
  readonly lineHeight: number;
}

const DEJAVU: CaptionFont = {
  family: "DejaVu Sans",
  package: "@fontsource/dejavu-sans",
  file: "files/dejavu-sans-latin-400-normal.woff",
  lineHeight: 1.164,
};

/** Fonts of 55 to 80 MB, so they do not come along: who burns such captions installs theirs. */
export const EAST_ASIAN_FONTS = [
  noto("jp", "japanese"),
  noto("kr", "korean"),
  noto("sc", "chinese-simplified"),
  noto("tc", "chinese-traditional"),
] as const;
const [JAPANESE, KOREAN, SIMPLIFIED, TRADITIONAL] = EAST_ASIAN_FONTS;

/** A static cut of a variable font keeps the name of its lightest weight. */
function noto(code: string, subset: string): CaptionFont {
  return {
    family: `Noto Sans ${code.toUpperCase()} Thin`,
    package: `@fontsource/noto-sans-${code}`,
    file: `files/noto-sans-${code}-${subset}-400-normal.woff`,
    lineHeight: 1.448,
  };
}

/** Scripts that DejaVu Sans has. Letters without a script (digits, punctuation) are in every font. */
const IN_DEJAVU =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Georgian}\p{Script=Common}\p{Script=Inherited}]*$/u;
const EAST_ASIAN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

/** Scripts that the East Asian fonts have beside their own. */
const IN_NOTO =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]*$/u;

/**
 * The font that has all letters of a language's captions. Chinese signs are drawn otherwise in each country, so the language
 * decides, and where it is not named, what else is written.
 *
 * @returns undefined when none is known
 */
export function captionFont(texts: readonly string[], language: string): CaptionFont | undefined {
  const all = texts.join("\n");
  if (EAST_ASIAN.test(all)) return IN_NOTO.test(all) ? eastAsianFont(all, language) : undefined;
  return IN_DEJAVU.test(all) ? DEJAVU : undefined;
}

function eastAsianFont(text: string, language: string): CaptionFont | undefined {
  const locale = language === "und" ? undefined : new Intl.Locale(language).maximize();
  if (locale?.language === "ja") return JAPANESE;
  if (locale?.language === "ko") return KOREAN;
  if (locale?.script === "Hant") return TRADITIONAL;
  if (locale?.script === "Hans") return SIMPLIFIED;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return JAPANESE;
  if (/\p{Script=Hangul}/u.test(text)) return KOREAN;
  return /\p{Script=Bopomofo}/u.test(text) ? TRADITIONAL : SIMPLIFIED;
}
