import { describe, expect, test } from "vitest";
import type { Cue } from "../../../src/media/words/cue.ts";
import { cuesOf, isHasty } from "../../../src/media/words/cues.ts";

const RATE = { numerator: 24, denominator: 1 };
const LYING = { width: 1280, height: 720 };
const UPRIGHT = { width: 720, height: 1280 };

function shown(text: string, language: string, size = LYING): readonly (readonly string[])[] {
  const spoken = { text, startFrame: 0, endFrame: 192, latestFrame: 192 };
  return cuesOf(spoken, language, RATE, size).map(({ lines }) => lines);
}

/** The line between marks of its direction. */
const fromRight = (line: string) => `\u202b${line}\u202c`;

describe("words are broken", () => {
  const rows: readonly (readonly [what: string, language: string, text: string, ...cues: (readonly string[])[]])[] = [
    ["not at all where they fit", "en", "Nobody came that winter.", ["Nobody came that winter."]],
    [
      "into lines of about one length, behind a comma if there is one",
      "en",
      "He had counted the ships for thirty years, and now he counted the waves.",
      ["He had counted the ships for thirty years,", "and now he counted the waves."],
    ],
    [
      "into several captions, each with whole sentences where it can",
      "en",
      'He said: "The well-known door (the iron one) is open." Nobody answered. Then the great lamp went out.',
      ['He said: "The well-known door (the', 'iron one) is open." Nobody answered.'],
      ["Then the great lamp went out."],
    ],
    ["where their author ends a line", "en", "- Who is there?\n- Nobody.", ["- Who is there?", "- Nobody."]],
    [
      "between letters where a word is wider than a line",
      "de",
      "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
      ["Donaudampfschifffahrtselektrizitätenhauptb", "etriebswerkbauunterbeamtengesellschaft"],
    ],
    [
      "between words in Japanese, no mark that closes first and none that opens last",
      "ja",
      "灯台守は三十年もの間、船を数え続け、やがて「波」を数え始めた。",
      ["灯台守は三十年もの間、", "船を数え続け、"],
      ["やがて「波」を数え始めた。"],
    ],
    [
      "between words in Chinese, brackets kept with what they hold",
      "zh",
      "守灯人数了三十年的船，于是开始数海浪（以及星星）。",
      ["守灯人数了三十年的船，", "于是开始数海浪（以及星星）。"],
    ],
    [
      "at spaces in Korean",
      "ko",
      "등대지기는 삼십 년 동안 배를 세다가 파도를 세기 시작했다.",
      ["등대지기는 삼십 년 동안 배를", "세다가 파도를 세기 시작했다."],
    ],
    [
      "between words in Thai, which has no spaces",
      "th",
      "ฤดูหนาวนั้นไม่มีใครมาเลยและผู้ดูแลประภาคารก็เริ่มนับคลื่นที่ซัดเข้าหาฝั่งทุกวัน",
      ["ฤดูหนาวนั้นไม่มีใครมาเลยและผู้ดูแล", "ประภาคารก็เริ่มนับคลื่นที่ซัดเข้าหาฝั่งทุกวัน"],
    ],
    [
      "in Hebrew as elsewhere, each line between marks of its direction",
      "he",
      "שומר המגדלור (בן 60) התחיל לספור את הגלים!",
      [fromRight("שומר המגדלור (בן 60) התחיל לספור את הגלים!")],
    ],
    ["never at a space that forbids it", "fr", `${"x".repeat(40)} ah\u00a0!`, ["x".repeat(40), "ah\u00a0!"]],
  ];
  test.for(rows)("%s", ([, language, text, ...cues]) => {
    expect(shown(text, language)).toEqual(cues);
  });

  test("into shorter lines where the picture stands upright", () => {
    expect(shown("Nobody came that winter, and nobody came in spring.", "en", UPRIGHT)).toEqual([
      ["Nobody came that winter,", "and nobody came in spring."],
    ]);
  });

  test("without a letter lost or moved, whatever they are", () => {
    const text = "Nobody, nobody came. ".repeat(30) + "誰も来なかった。".repeat(20) + "لم يأتِ أحدٌ. ".repeat(20);
    const cues = shown(text, "und");
    const bare = (words: string) => words.replaceAll(/[\s\u202a-\u202e]/g, "");
    expect(bare(cues.flat().join(""))).toBe(bare(text));
    expect(Math.max(...cues.map((lines) => lines.length))).toBe(2);
  });
});

describe("a text reads from right to left", () => {
  test("by its language, also where it begins with a name in Latin letters", () => {
    expect(shown("NASA אמרה לא.", "he")).toEqual([[fromRight("NASA אמרה לא.")]]);
    expect(shown("NASA אמרה לא.", "und")).toEqual([["NASA אמרה לא."]]);
    expect(shown("لا.", "und")).toEqual([[fromRight("لا.")]]);
    expect(shown("OK.", "ar")).toEqual([["OK."]]);
  });

  test("and marks of direction of its own reach no further than its line", () => {
    expect(shown("\u202eevil", "en")).toEqual([["evil"]]);
  });
});

describe("several captions of one text", () => {
  const two = { text: `${"long ".repeat(16).trim()}. ${"ab ".repeat(9).trim()}.`, startFrame: 24, latestFrame: 216 };
  const times = (cues: readonly Cue[]) => cues.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);

  test("share its time by their length, in whole frames", () => {
    // 78 and 27 columns with their full stops, of 192 frames
    expect(times(cuesOf({ ...two, endFrame: 216 }, "en", RATE, LYING))).toEqual([
      [1, 1 + 143 / 24],
      [1 + 143 / 24, 9],
    ]);
  });

  test("stay longer than they are said where they could not be read otherwise", () => {
    const cues = cuesOf({ ...two, endFrame: 60 }, "en", RATE, LYING);
    expect(cues.at(-1)?.endSeconds).toBe(1 + 128 / 24);
    expect(cues.some(isHasty)).toBe(false);
    const hurried = cuesOf({ ...two, endFrame: 60, latestFrame: 60 }, "en", RATE, LYING);
    expect(hurried.at(-1)?.endSeconds).toBe(2.5);
    expect(hurried.every(isHasty)).toBe(true);
  });

  test("stand together where there are not frames enough for each", () => {
    const cues = cuesOf({ ...two, endFrame: 25, latestFrame: 25 }, "en", RATE, LYING);
    expect(times(cues)).toEqual([[1, 25 / 24]]);
    expect(cues[0]?.lines).toHaveLength(3);
  });
});
