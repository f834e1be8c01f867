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
])("%s in %s is written with %s", (text, language, wanted) => {
  expect(captionFont([text], language)?.package).toBe(wanted);
});
