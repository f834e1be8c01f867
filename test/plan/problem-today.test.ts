import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { problemToday } from "../../src/plan/problem-today.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import { afterGoodRun, manifest, shot, view } from "./batch.ts";

const wave = shot("wave", { takes: 2 });
const asked = manifest([wave]);
const then = { file: "elsewhere/film.yaml", line: 3, column: 9 };

/** The shot's first take, of which no answer came on another day, in another folder. */
function unanswered() {
  const known = afterGoodRun(asked);
  const problem = { rule: "unconfirmed", message: "was sent", fix: "callsheet adopt elsewhere/film.yaml", place: then };
  const events = known.events.flatMap((event): readonly LedgerEvent[] => {
    if (event.event === "submitting" && event.take === 1) return [event];
    if (event.event === "submitted" && event.take === 1) {
      return [{ event: "unconfirmed", shot: wave.id, take: 1, problem }];
    }
    return [];
  });
  return { ...known, events };
}

test("a problem of another day is told with today's place, and with commands that lead to today's manifest", () => {
  const moved = { ...shot("wave", { takes: 2, place: { file: "film.yaml", line: 20, column: 9 } }) };
  const today = { ...manifest([moved]), shown: "my films/film.yaml", calledWith: ["--output", "out"] };
  const [status] = shotStatuses(view(today, unanswered()));
  expect(status?.problem).toEqual({
    rule: "unconfirmed",
    message: "was sent",
    fix: [
      "Look for it at https://kie.ai/logs around that time. If it is there:",
      "  callsheet adopt 'my films/film.yaml' wave TASK --take 1 --output out",
      "If not:",
      "  callsheet forget 'my films/film.yaml' wave --take 1 --output out",
    ].join("\n"),
    place: moved.place,
  });
});

test("a problem of a shot that the manifest no longer has keeps the place it had", () => {
  const takes = view(asked, unanswered()).state.takes.get(wave.id) ?? [];
  const [told] = takes.map((take) => problemToday(take, manifest([])));
  expect(told).toMatchObject({ place: then, fix: expect.stringContaining("callsheet adopt film.yaml wave TASK") });
});
