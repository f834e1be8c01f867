import { describe, expect, test } from "vitest";
import { expectedMs, nextLookMs } from "../../src/run/poll-schedule.ts";

/** A small generator with a seed, so that a run of the test can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Log-normal around 120 s, spread 0.3, in milliseconds: what takes of one model look like. */
function durations(count: number, chance: () => number): readonly number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
    return 120_000 * Math.exp(0.3 * normal);
  });
}

/** Looks at each task until it is done. */
function watch(tasks: readonly number[], gapAt: (ageMs: number) => number, firstMs: number) {
  let [looks, lateMs] = [0, 0];
  for (const task of tasks) {
    let age = firstMs;
    for (looks++; age < task; looks++) age += gapAt(age);
    lateMs += age - task;
  }
  return { looks: looks / tasks.length, lateSeconds: lateMs / tasks.length / 1000 };
}

describe("with twenty tasks behind it", () => {
  const chance = seeded(1);
  const known = durations(20, chance);
  const tasks = durations(2_000, chance);
  const learnt = watch(tasks, (age) => nextLookMs(age, known), nextLookMs(0, known));

  test("half the delay of a fixed interval of thirty seconds for about as many looks", () => {
    const fixed = watch(tasks, () => 30_000, 30_000);
    console.log(`fixed 30 s: ${fixed.looks.toFixed(1)} looks, ${fixed.lateSeconds.toFixed(1)} s late`);
    console.log(`learnt:     ${learnt.looks.toFixed(1)} looks, ${learnt.lateSeconds.toFixed(1)} s late`);
    expect(learnt.looks * learnt.lateSeconds).toBeLessThan(fixed.looks * fixed.lateSeconds * 0.65);
    expect(learnt.lateSeconds).toBeLessThan(10);
    expect(learnt.looks).toBeLessThan(6);
  });

  test("the first look waits until the quickest can be ready", () => {
    expect(nextLookMs(0, known)).toBeGreaterThan(30_000);
  });

  test("a straggler is still looked at, at least once a minute", () => {
    expect(nextLookMs(3_600_000, known)).toBeLessThanOrEqual(60_000);
  });
});

test("with nothing learnt it looks after ten seconds, then every ten, after five minutes every thirty", () => {
  expect([0, 4_000, 10_000, 200_000, 400_000].map((age) => nextLookMs(age, [1, 2, 3]))).toEqual([
    10_000, 6_000, 10_000, 10_000, 30_000,
  ]);
});

test("no two looks are closer than three seconds", () => {
  const together = Array.from({ length: 50 }, () => 100_000);
  for (let age = 0; age < 300_000; age += 1_000) expect(nextLookMs(age, together)).toBeGreaterThanOrEqual(3_000);
});

test("what is left is told from those that took longer than this one has", () => {
  expect(expectedMs(100, [50, 150, 200, 300])).toBe(100);
  expect(expectedMs(500, [50, 150])).toBeUndefined();
});
