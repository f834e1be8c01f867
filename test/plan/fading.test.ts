import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { fadingProblems } from "../../src/plan/fading.ts";
import { afterGoodRun, manifest, shot, view } from "./batch.ts";

const DAY_MS = 86_400_000;
const wanted = manifest([shot("a", { resolution: "4k" })]);
const { events, shelf } = afterGoodRun(wanted);
const rules = (known: { events: readonly LedgerEvent[]; shelf: ReadonlyMap<string, number> }, days: number) =>
  fadingProblems(view(wanted, known), days * DAY_MS).map(({ message }) => message);

test("what is paid for and not here is told from the tenth day on, with its age", () => {
  const gone = { events, shelf: new Map() };
  expect(rules(gone, 9.9)).toEqual([]);
  expect(rules(gone, 12.5)).toEqual([
    'shot "a" (take 1) was bought 12 days ago, and its 720p file is not here: the vendor deletes it after 14 days',
    'shot "a" (take 1) was bought 12 days ago, and its 4k file is not here: the vendor deletes it after 14 days',
  ]);
  expect(rules(gone, 14)[0]).toContain(
    "14 days ago, and its 720p file is not here: the vendor deletes after 14 days, so",
  );
});

test("what is here fades not, and of a take that is only bought the one file is told", () => {
  expect(rules({ events, shelf }, 400)).toEqual([]);
  expect(rules({ events: events.slice(0, 2), shelf: new Map() }, 11)).toHaveLength(1);
});
