import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/media/words/columns.ts";
import { cut, guarded, padEnd, padStart, printable, printableLines } from "../../src/report/printable.ts";

describe("text from elsewhere", () => {
  test("terminal escapes are shown, never sent", () => {
    expect(printable("red \u001b[31malert\u001b[0m\u0007")).toBe("red \\x1b[31malert\\x1b[0m\\x07");
    expect(printable("\u009b2Jgone")).toBe("\\x9b2Jgone");
  });

  test("overrides of the reading direction and lone surrogates are shown", () => {
    expect(printable("abc\u202Efed")).toBe("abc\\u202efed");
    expect(printable("a\ud800b")).toBe("a\\ud800b");
    expect(printable("x\u{e0041}y")).toBe("x\\u{e0041}y");
  });

  test("line breaks and tabs fold into one space", () => {
    expect(printable("  one\r\n\ttwo\u2028three \n")).toBe("one two three");
  });

  test("a command keeps its lines", () => {
    expect(printableLines("ffmpeg -i a.mp4\n\tError\u001b[0m\n")).toEqual(["ffmpeg -i a.mp4", "    Error\\x1b[0m"]);
  });

  test("ordinary text of any script stays as it is", () => {
    for (const text of ["Ein Leuchtturm, früh", "灯台の朝", "नमस्ते", "👩‍🚀 launches", "C:\\films"])
      expect(printable(text)).toBe(text);
  });

  test("no text whatever puts a control character on the screen", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(printableLines(text).join("")).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});

test("nothing but lines and our own looks reaches a stream, and JSON stays the same document", () => {
  expect(guarded("a\u001b[1mb\u001b[22m\nc\u001b[2Jd\r", true)).toBe("a\u001b[1mb\u001b[22m\nc\\u001b[2Jd\\u000d");
  expect(guarded("a\u001b[1mb", false)).toBe("a\\u001b[1mb");
  const value = { text: "\u009b31m\u202e\u007f\u2028\u{e0041}\u001b[1m" };
  const shown = guarded(JSON.stringify(value, null, 2), false);
  expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(JSON.parse(shown)).toEqual(value);
});

describe("columns", () => {
  test("wide characters take two, marks none", () => {
    expect(["abc", "灯台", "한글", "e\u0301", "👩‍🚀", "ﾊﾊ", "…"].map(displayWidth)).toEqual([3, 4, 4, 1, 2, 2, 1]);
  });

  test("cutting says that something is left out and never splits a character", () => {
    expect(cut("harbour at dawn", 15)).toBe("harbour at dawn");
    expect(cut("harbour at dawn", 9)).toBe("harbour…");
    expect(cut("灯台の朝", 6)).toBe("灯台…");
    expect(cut("👩‍🚀👩‍🚀", 3)).toBe("👩‍🚀…");
    expect(cut("abc", 0)).toBe("");
  });

  test("a cut text fits and a padded one fills its column", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (raw, columns) => {
        const text = printable(raw);
        expect(displayWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
        expect(displayWidth(padEnd(cut(text, columns), columns))).toBe(columns);
        expect(displayWidth(padStart(cut(text, columns), columns))).toBe(columns);
      }),
    );
  });
});
