import { expect, test } from "vitest";
import { openPatience } from "../../src/run/patience.ts";
import type { Clock } from "../../src/world/clock.ts";

const MINUTE = 60_000;
const BOUGHT = Date.parse("2026-11-21T12:00:00Z");

/** A machine whose clock is set by hand while time goes on. */
function machine(speed = 1) {
  let [wall, ticks] = [BOUGHT, 5_000];
  const clock: Clock = {
    now: () => wall,
    ticks: () => ticks,
    lasting: (nominalMs) => nominalMs / speed,
    elapsed: (since) => (wall - since) * speed,
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  return {
    clock,
    pass: (realMs: number) => {
      wall += realMs;
      ticks += realMs;
    },
    setClock: (byMs: number) => {
      wall += byMs;
    },
  };
}

test.each([
  ["back by a day", -24 * 60 * MINUTE],
  ["forward by a day", 24 * 60 * MINUTE],
  ["not at all", 0],
])("a clock that is set %s makes no task older or younger, and waits as long as ever", (_, byMs) => {
  const { clock, pass, setClock } = machine();
  pass(MINUTE);
  const patience = openPatience(clock, BOUGHT);
  expect(patience.ageMs()).toBe(MINUTE);
  setClock(byMs);
  pass(9 * MINUTE);
  expect(patience.ageMs()).toBe(10 * MINUTE);
  expect(patience.isOver(10 * MINUTE)).toBe(false);
  pass(MINUTE + 1);
  expect(patience.isOver(10 * MINUTE)).toBe(true);
});

test("a task from the future is a new one, and is waited for as long as any", () => {
  const { clock, pass } = machine();
  const patience = openPatience(clock, BOUGHT + 60 * MINUTE);
  expect(patience.ageMs()).toBe(0);
  pass(31 * MINUTE);
  expect(patience.isOver(30 * MINUTE)).toBe(true);
});

test("a vendor that is sped up is still waited for two real minutes", () => {
  const { clock, pass } = machine(60);
  const patience = openPatience(clock, BOUGHT);
  pass(MINUTE);
  expect(patience.ageMs()).toBe(60 * MINUTE);
  expect(patience.isOver(30 * MINUTE)).toBe(false);
  pass(MINUTE + 1);
  expect(patience.isOver(30 * MINUTE)).toBe(true);
});
