import { expect, test } from "vitest";
import { backoffMs } from "../../src/run/backoff.ts";

const chance = (number: number) => ({ number: () => number, token: () => "" });

test("pauses double from two seconds to a minute, up to half of them shaved off by chance", () => {
  const longest = [1, 2, 3, 4, 5, 6, 9].map((attempt) => backoffMs(attempt, chance(1), undefined));
  expect(longest).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(backoffMs(3, chance(0), undefined)).toBe(4_000);
});

test("the vendor's own wish is a minimum", () => {
  expect(backoffMs(1, chance(0), 90_000)).toBe(90_000);
});
