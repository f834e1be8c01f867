import { expect, test } from "vitest";
import { layOutSlate, wrapText } from "../../../src/media/picture/slate-layout.ts";

const LONG = "The keeper climbs the iron stairs, lamp in hand; ".repeat(40);

test("a text is wrapped at words, words that are too wide within, and what is too much is an ellipsis", () => {
  expect(wrapText("one two three", 4, 9)).toEqual(["one", "two", "three"]);
  expect(wrapText("a\tb\n\nc", 40, 9)).toEqual(["a b c"]);
  expect(wrapText("夜明けの港の灯台", 4, 9)).toEqual(["夜明けの", "港の灯台"]);
  expect(wrapText("夜明けの港の灯台", 4, 1)).toEqual(["夜明け…"]);
  expect(wrapText("", 4, 9)).toEqual([]);
  expect(wrapText("anything", 4, 0)).toEqual([]);
});

test("nothing that a picture cannot show gets into it", () => {
  expect(wrapText("a\u0007b \u001b[31mred\u202e \ud800x \u2028y", 40, 9)).toEqual(["ab [31mred x y"]);
});

test("whatever is written, it stays inside the picture and in order", () => {
  for (const size of [
    { width: 1280, height: 720 },
    { width: 720, height: 1280 },
    { width: 3840, height: 2160 },
    { width: 160, height: 90 },
  ]) {
    for (const prompt of [LONG, "Short", "", "夜".repeat(900), "W".repeat(900)]) {
      for (const problem of [LONG, ""]) {
        const words = { shot: "s".repeat(64), state: "unconfirmed", prompt, problem };
        const blocks = layOutSlate(words, size);
        expect(blocks[0]?.lines.join("")).toBe(words.shot);
        let end = 0;
        for (const { top, lines, fontSize } of blocks) {
          expect(top).toBeGreaterThanOrEqual(end);
          end = top + lines.length * fontSize * 1.4;
        }
        expect(end).toBeLessThan(size.height);
        if (prompt === LONG) expect(blocks.flatMap(({ lines }) => lines).join()).toContain("…");
      }
    }
  }
});
