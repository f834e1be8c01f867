import { expect, test } from "vitest";
import { capNow, closeGate, type GateState, mendGate, OPEN_GATE, type Refusal } from "../../src/ledger/gate.ts";
import { NOON } from "./workbench.ts";

const CLOCK = { lasting: (nominalMs: number) => nominalMs };
const TERMS = { starts: 18, windowMs: 10_500, running: 60 };

function refuse(before: GateState, changes: Partial<Refusal> = {}): GateState {
  const usual: Refusal = {
    reason: "rate",
    retryAfterMs: undefined,
    now: NOON,
    startsInWindow: 18,
    terms: TERMS,
    jitterMs: 0,
  };
  return closeGate(before, { ...usual, ...changes }, CLOCK);
}

const pauseMs = (state: GateState) => state.pausedUntil - state.pausedAt;
const startsAt = (state: GateState, now: number) => capNow(state.starts, TERMS.starts, now, CLOCK);
const runningAt = (state: GateState, now: number) => capNow(state.running, TERMS.running, now, CLOCK);

test.for([
  ["nothing said: one window", undefined, 10_500],
  ["less than a window: one window", 3_000, 10_500],
  ["more than a window: as said", 60_000, 60_000],
  ["a day: a quarter of an hour", 86_400_000, 900_000],
  ["nonsense: one window", Number.NaN, 10_500],
] as const)("a pause after Retry-After %s", ([, retryAfterMs, expected]) => {
  expect(pauseMs(refuse(OPEN_GATE, { retryAfterMs }))).toBe(expected);
  expect(pauseMs(refuse(OPEN_GATE, { retryAfterMs, jitterMs: 1_999 }))).toBe(expected + 1_999);
});

test("refusals in a row double the pause up to five minutes, and one quiet window ends the row", () => {
  let state = refuse(OPEN_GATE);
  const lengths = [pauseMs(state)];
  for (let n = 0; n < 6; n += 1) {
    state = refuse(state, { now: state.pausedUntil + 1_000 });
    lengths.push(pauseMs(state));
  }
  expect(lengths).toEqual([10_500, 21_000, 42_000, 84_000, 168_000, 300_000, 300_000]);
  expect(pauseMs(refuse(state, { now: state.pausedUntil + 10_500 }))).toBe(10_500);
});

test("refusals of requests that were already on their way count once", () => {
  const first = refuse(OPEN_GATE);
  const second = refuse(first, { now: NOON + 300 });
  expect(second.inRow).toBe(1);
  expect(startsAt(second, NOON + 300)).toBe(12);
  expect(second.pausedUntil).toBe(NOON + 300 + 10_500);
});

test("starts fall to seven tenths, never below two, and grow by one a clean window", () => {
  let state = refuse(OPEN_GATE);
  const { pausedUntil } = state;
  expect([0, 10_499, 10_500, 52_500, 63_000].map((later) => startsAt(state, pausedUntil + later))).toEqual([
    12, 12, 13, 17, 18,
  ]);
  for (let n = 0; n < 6; n += 1) state = refuse(state, { now: state.pausedUntil + 1_000 });
  expect(startsAt(state, state.pausedUntil)).toBe(2);
  expect(runningAt(state, state.pausedUntil)).toBe(60);
});

test("with fewer starts than allowed, the running were too many: they fall, and grow by one in half a minute", () => {
  const state = refuse(OPEN_GATE, { startsInWindow: 17 });
  expect(startsAt(state, state.pausedUntil)).toBe(18);
  expect([0, 29_999, 30_000, 540_000].map((later) => runningAt(state, state.pausedUntil + later))).toEqual([
    42, 42, 43, 60,
  ]);
});

test("maintenance pauses for a minute and lowers nothing", () => {
  const state = refuse(OPEN_GATE, { reason: "maintenance" });
  expect(pauseMs(state)).toBe(60_000);
  expect([startsAt(state, NOON), runningAt(state, NOON)]).toEqual([18, 60]);
});

test("a pause that lies ahead of a clock that was set back begins now", () => {
  const state = mendGate(refuse(OPEN_GATE), NOON - 7_200_000);
  expect(state.pausedUntil).toBe(NOON - 7_200_000 + 10_500);
  expect(startsAt(state, state.pausedUntil + 10_500)).toBe(13);
});
