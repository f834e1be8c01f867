import { expect, test } from "vitest";
import { burnScript } from "../../../src/media/words/burn-script.ts";
import { captionFont } from "../../../src/media/words/caption-font.ts";

const RATE = { numerator: 24, denominator: 1 };

test("captions are drawn within the safe area, from their first frame to their last", () => {
  const font = captionFont(["Nobody"], "en");
  if (!font) throw new Error("no font");
  const cues = [{ startSeconds: 1, endSeconds: 49 / 24, lines: ["A {brace}", "C:\\Now"] }];
  const script = burnScript(cues, { width: 720, height: 1280 }, RATE, font).split("\n");
  expect(script.find((line) => line.startsWith("Style:"))).toBe(
    "Style: Words,DejaVu Sans,39.4,&H00FFFFFF,&H00FFFFFF,&H00101010,&H80000000,0,0,0,0,100,100,0,0,1,2.5,1.0,2,43,43,128,-1",
  );
  expect(script.at(-2)).toBe("Dialogue: 0,0:00:00.98,0:00:02.02,Words,,0,0,0,,A \\{brace\\}\\NC:\\\u2060Now");
});

test.each([
  ["Nobody, Ελλάδα, Россия, 60 %", "en", "@fontsource/dejavu-sans"],
  ["לספור את הגלים!", "he", "@fontsource/dejavu-sans"],
  ["لم يأتِ أحدٌ", "ar", "@fontsource/dejavu-sans"],
  ["漢字", "ja", "@fontsource/noto-sans-jp"],
  ["漢字", "zh-TW", "@fontsource/noto-sans-tc"],
  ["汉字", "zh", "@fontsource/noto-sans-sc"],
  ["波を", "und", "@fontsource/noto-sans-jp"],
  ["그해", "ko", "@fontsource/noto-sans-kr"],
  ["ฤดู", "th", undefined],
  ["漢字 ב", "ja", undefined],
])("%s in %s is written with %s", (text, language, wanted) => {
  expect(captionFont([text], language)?.package).toBe(wanted);
});

test("no text is taken for a command, and a word too wide for the picture is cut", () => {
  const font = captionFont(["Nobody"], "en");
  if (!font) throw new Error("no font");
  const size = { width: 1280, height: 720 };
  const drawn = (line: string) => {
    const script = burnScript([{ startSeconds: 0, endSeconds: 1, lines: [line] }], size, RATE, font);
    return script.split("\n").at(-2)?.split(",,0,0,0,,")[1];
  };
  expect(drawn("{\\an8}\\N\\h a\nDialogue: 0\u2028\u0007!")).toBe(
    "\\{\\\u2060an8\\}\\\u2060N\\\u2060h a Dialogue: 0  !",
  );
  // 1126 pixels hold 33 letters of an em's width.
  expect(drawn("W".repeat(40))).toBe(`${"W".repeat(33)}\\N${"W".repeat(7)}`);
  expect(drawn(`${"W".repeat(30)} ${"W".repeat(12)}`)).not.toContain("\\N");
  expect(drawn(`\u202b${"ש".repeat(60)}\u202c`)).toBe(`\u202b${"ש".repeat(50)}\u202c\\N\u202b${"ש".repeat(10)}\u202c`);
});
