import { describe, expect, test } from "vitest";
import { filmStatuses } from "../../src/plan/film-status.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import type { View } from "../../src/plan/view.ts";
import { combineExitCodes, type EndFacts, endOf, exitCodeOf } from "../../src/report/exit-code.ts";
import type { Outcome } from "../../src/run/carry-out.ts";
import { checked, ended, film, intent, joined, manifest, planOf, problem, shot, shotId, viewOf } from "./builders.ts";

/** In the order in which they win. */
const CODES: readonly (readonly [number, EndFacts])[] = [
  [130, { interrupted: "SIGINT" }],
  [75, { isHeld: true }],
  [70, { isBug: true }],
  [6, { isLedgerDamaged: true }],
  [5, { isKeyRefused: true }],
  [2, { isUsageWrong: true }],
  [4, { unconfirmed: 1 }],
  [3, { isOverLimit: true }],
  [10, { hasWork: true }],
  [1, { isShort: true }],
];

describe("the exit code", () => {
  test.each(CODES)("%i for %o", (code, facts) => expect(exitCodeOf(facts)).toBe(code));

  test("0 when all is made", () => {
    expect(exitCodeOf({})).toBe(0);
    expect(exitCodeOf({ unconfirmed: 0, isShort: false })).toBe(0);
  });

  test("143 for a polite kill", () => expect(exitCodeOf({ interrupted: "SIGTERM", isBug: true })).toBe(143));

  test("the first that applies wins over all that follow", () => {
    CODES.forEach(([code], index) => {
      const facts = Object.assign({}, ...CODES.slice(index).map(([, each]) => each));
      expect(exitCodeOf(facts)).toBe(code);
    });
  });

  test("several batches end as the one that matters most", () => {
    expect(combineExitCodes([0, 1, 4, 3])).toBe(4);
    expect(combineExitCodes([0, 0])).toBe(0);
    expect(combineExitCodes([])).toBe(0);
  });
});

describe("the end of a run", () => {
  const [harbour, door] = [shot("harbour"), shot("door")];
  const codeOf = (view: View, changes: Partial<Outcome> = {}) => {
    const outcome = { view, rested: [], stopped: undefined, keyProblem: undefined, left: [], ...changes };
    return exitCodeOf(endOf(outcome, shotStatuses(view), filmStatuses(view), undefined));
  };

  test("is 0 when every shot and film is there", () => {
    const open = viewOf([harbour], checked(harbour));
    expect(codeOf(viewOf([harbour], [...checked(harbour), joined(planOf(open))]))).toBe(0);
  });

  test("is 1 when a shot is missing, when it is smaller than asked for, or when a film was not joined", () => {
    const films = { sequences: [] };
    expect(codeOf(viewOf(manifest([harbour, door], films), checked(harbour)))).toBe(1);
    const large = shot("harbour", { resolution: "4k" });
    expect(codeOf(viewOf(manifest([large], films), checked(large)))).toBe(1);
    expect(codeOf(viewOf([harbour], checked(harbour)))).toBe(1);
  });

  test("is 4 when a purchase has no answer, even of a take that no film needs", () => {
    const twice = shot("harbour", { takes: 2 });
    const open = [...checked(twice), intent(twice, 2), ended(twice, "unconfirmed", problem("unconfirmed"), 2)];
    expect(codeOf(viewOf(manifest([twice], { sequences: [] }), open))).toBe(4);
  });

  test("is 3 when money stopped it and 5 when the key did", () => {
    const view = viewOf([harbour]);
    for (const cause of ["budget", "credits", "key-cap"] as const) {
      expect(codeOf(view, { stopped: { cause, problem: problem("budget-run") } })).toBe(3);
    }
    expect(codeOf(view, { keyProblem: problem("vendor-key") })).toBe(5);
  });

  test("judges the selection: films of shots nobody selected are no failure", () => {
    const wish = { only: new Set([shotId("harbour")]), renew: new Map() };
    const sequences = [film("film", ["harbour", "door"]), film("doors", ["door"])];
    expect(codeOf(viewOf(manifest([harbour, door], { sequences }), checked(harbour), { wish }))).toBe(0);
    const alone = [film("film", ["harbour"])];
    expect(codeOf(viewOf(manifest([harbour, door], { sequences: alone }), checked(harbour), { wish }))).toBe(1);
  });
});
