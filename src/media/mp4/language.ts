/**
 * Three letters for the languages that captions are mostly written in. What is not here is "und" in the old field; the exact
 * tag stands in `elng` in any case.
 *
 * @see ISO 639-2/T
 */
const THREE_LETTERS: Readonly<Record<string, string>> = {
  ...{ ar: "ara", bg: "bul", bn: "ben", ca: "cat", cs: "ces", cy: "cym", da: "dan", de: "deu", el: "ell", en: "eng" },
  ...{ es: "spa", et: "est", eu: "eus", fa: "fas", fi: "fin", fil: "fil", fr: "fra", ga: "gle", gl: "glg", gu: "guj" },
  ...{ he: "heb", hi: "hin", hr: "hrv", hu: "hun", hy: "hye", id: "ind", is: "isl", it: "ita", ja: "jpn", ka: "kat" },
  ...{ kk: "kaz", km: "khm", kn: "kan", ko: "kor", lt: "lit", lv: "lav", mk: "mkd", ml: "mal", mn: "mon", mr: "mar" },
  ...{ ms: "msa", my: "mya", nb: "nob", ne: "nep", nl: "nld", nn: "nno", no: "nor", pa: "pan", pl: "pol", pt: "por" },
  ...{ ro: "ron", ru: "rus", si: "sin", sk: "slk", sl: "slv", sq: "sqi", sr: "srp", sv: "swe", sw: "swa", ta: "tam" },
  ...{ te: "tel", th: "tha", tr: "tur", uk: "ukr", ur: "urd", uz: "uzb", vi: "vie", yue: "yue", zh: "zho", zu: "zul" },
};

/** The three letters that stand for a language where its tag cannot; `und` for what is not known. */
export function threeLetters(tag: string | undefined): string {
  const [primary = ""] = (tag ?? "").toLowerCase().split("-");
  return THREE_LETTERS[primary] ?? (/^[a-z]{3}$/.test(primary) ? primary : "und");
}

/** The language of a track in fifteen bits: three letters of five. @see ISO/IEC 14496-12, 8.4.2 */
export function packedLanguage(tag: string | undefined): number {
  return [...threeLetters(tag)].reduce((packed, letter) => packed * 32 + (letter.charCodeAt(0) - 0x60), 0);
}
