import { expect, test } from "vitest";
import { showDuration, showElapsed, showPlayingTime } from "../../src/report/tell-time.ts";

test("a duration is told in its two largest units", () => {
  const told = [0, 430, 9_949, 9_960, 59_499, 59_600, 80_000, 120_000, 3_599_600, 7_500_000].map(showDuration);
  expect(told).toEqual(["0 s", "0.4 s", "9.9 s", "10 s", "59 s", "1 min", "1 min 20 s", "2 min", "1 h", "2 h 5 min"]);
});

test("playing time is told to the millisecond", () => {
  expect([8, 30.5, 8.008, 59.9999, 124.0416667].map(showPlayingTime)).toEqual([
    "8 s",
    "30.5 s",
    "8.008 s",
    "1 min",
    "2 min 4.042 s",
  ]);
});

test("a running clock counts up", () => {
  expect([-5, 7_900, 750_000, 3_750_000].map(showElapsed)).toEqual(["0:00", "0:07", "12:30", "1:02:30"]);
});
