import { expect, test } from "vitest";
import { showTimecode, timecodeCount } from "../../src/shot/timecode.ts";

test("whole rates and their 1000/1001 are counted, and nothing else", () => {
  const count = (numerator: number, denominator = 1) => timecodeCount({ numerator, denominator });
  expect(count(24)).toEqual({ base: 24, drops: false });
  expect(count(24_000, 1001)).toEqual({ base: 24, drops: false });
  expect(count(30)).toEqual({ base: 30, drops: false });
  expect(count(30_000, 1001)).toEqual({ base: 30, drops: true });
  expect(count(60_000, 1001)).toEqual({ base: 60, drops: true });
  for (const rate of [count(25, 2), count(120), count(24_001, 1001), count(1000, 1001 * 3)])
    expect(rate).toBeUndefined();
});

test("each minute but every tenth begins without two numbers, so that an hour of the count is an hour of the clock", () => {
  const at = (frames: number) => showTimecode(frames, { base: 30, drops: true });
  expect([1799, 1800, 1801].map(at)).toEqual(["00:00:59;29", "00:01:00;02", "00:01:00;03"]);
  expect([17_981, 17_982, 19_782].map(at)).toEqual(["00:09:59;29", "00:10:00;00", "00:11:00;02"]);
  expect(at(107_892)).toBe("01:00:00;00");
  expect(showTimecode(215_784, { base: 60, drops: true })).toBe("01:00:00;00");
  expect(showTimecode(90_061, { base: 25, drops: false })).toBe("01:00:02:11");
});

test("no two frames of an hour have one number", () => {
  const seen = new Set(Array.from({ length: 107_892 }, (_, frame) => showTimecode(frame, { base: 30, drops: true })));
  expect(seen.size).toBe(107_892);
});
