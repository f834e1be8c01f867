import { expect, test } from "vitest";
import { filmStatuses } from "../../src/plan/film-status.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import type { View } from "../../src/plan/view.ts";
import { type SummaryFacts, summaryOf } from "../../src/report/summary.ts";
import { bought, checked, joined, manifest, planOf, pollStep, shot, viewOf } from "./builders.ts";

function factsOf(view: View, changes: Partial<SummaryFacts> = {}): SummaryFacts {
  return {
    name: view.manifest.name,
    shots: shotStatuses(view),
    films: filmStatuses(view),
    rested: [],
    isStopped: false,
    run: { planned: 60, spent: 60 },
    total: { planned: 120, spent: 60 },
    balance: undefined,
    ...changes,
  };
}

const harbour = shot("harbour");

test("a batch that is all there is told by its fields, and no field more", () => {
  const open = viewOf([harbour], checked(harbour));
  const view = viewOf([harbour], [...checked(harbour), joined(planOf(open))]);
  expect(summaryOf(factsOf(view, { balance: 4400 }))).toEqual({
    version: 1,
    name: "keeper",
    state: "complete",
    shots: [
      {
        id: "harbour",
        state: "checked",
        take: 1,
        task: "task-harbour-1",
        wanted: "720p",
        resolution: "720p",
        file: "clips/harbour/take-1.720p.mp4",
        credits: 60,
        figures: null,
        seam: null,
        problem: null,
      },
    ],
    sequences: [
      { id: "film", state: "joined", file: "films/film.mp4", seconds: 8, frames: 192, beside: [], figures: null },
    ],
    credits: {
      run: { planned: 60, spent: 60, balanceChange: null },
      total: { planned: 120, spent: 60 },
      balance: 4400,
    },
  });
});

test("a shot without a problem of its own shows the step that was given up", () => {
  const place = { file: "manifests/keeper.yaml", line: 7, column: 9, more: "than asked for" };
  const problem = { rule: "still-generating", message: "still generating", fix: null, place };
  const view = viewOf([harbour], bought(harbour));
  const summary = summaryOf(factsOf(view, { rested: [{ step: pollStep("harbour", 1), problem }] }));
  expect(summary.state).toBe("partial");
  expect(summary.shots[0]).toMatchObject({ state: "generating", file: null, resolution: null });
  expect(summary.shots[0]?.problem).toEqual({
    rule: "still-generating",
    message: "still generating",
    fix: null,
    place: { file: "manifests/keeper.yaml", line: 7, column: 9 },
  });
  expect(summary.credits.balance).toBeNull();
});

test("a run that was stopped short of its end says so, one that has all does not", () => {
  const short = viewOf([harbour], checked(harbour));
  expect(summaryOf(factsOf(short, { isStopped: true })).state).toBe("stopped");
  const whole = viewOf(manifest([harbour], { sequences: [] }), checked(harbour));
  expect(summaryOf(factsOf(whole, { isStopped: true })).state).toBe("complete");
});
