import { describe, expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { displayWidth } from "../../src/media/words/columns.ts";
import type { Plan } from "../../src/plan/plan-run.ts";
import { beginLive, type LiveState, onNews } from "../../src/report/live-state.ts";
import { type Screen, tableLines } from "../../src/report/live-table.ts";
import type { News } from "../../src/run/news.ts";
import {
  bought,
  checked,
  ended,
  fileChecked,
  film,
  intent,
  made,
  manifest,
  NOW,
  planOf,
  pollStep,
  problem,
  recorded,
  shot,
  submitStep,
  viewOf,
} from "./builders.ts";

const screen: Screen = { colour: false, columns: 80, rows: 24 };
const minuteLeft = () => 60_000;

const harbour = shot("harbour", { resolution: "4k" });
const keeper = shot("keeper");
const crew = shot("crew");
const door = shot("door", { start: { from: "follows", parent: keeper.id } });
const lamp = shot("lamp");
const storm = shot("storm");
const wave = shot("wave", { resolution: "1080p" });
const shots = [harbour, keeper, crew, door, lamp, storm, wave, shot("end")];
const events: LedgerEvent[] = [
  ...checked(harbour),
  { event: "upgrading", shot: harbour.id, take: 1, resolution: "4k", token: "c0ffee", credits: 120 },
  ...bought(keeper),
  intent(crew),
  ...made(lamp),
  intent(storm),
  ended(storm, "refused", problem("refused", 'shot "storm" (take 1) was refused: \u001b[31mflagged')),
  ...checked(wave),
  { event: "upgrading", shot: wave.id, take: 1, resolution: "1080p", token: "c0ffee", credits: 5 },
  { event: "upgraded", shot: wave.id, take: 1, resolution: "1080p", urls: [], tookMs: 1 },
  fileChecked(wave, 1, "1080p"),
];

/** A run of `shots` that has come as far as the events say, 42 s after it began. */
function stateAt(now = NOW + 42_000): { state: LiveState; now: number } {
  const batch = manifest(shots, { sequences: [film("film", ["harbour", "keeper"]), film("wave", ["wave"])] });
  const after = viewOf(batch, events);
  const begun = beginLive(planOf(viewOf(batch)), NOW);
  const event = events.at(-1);
  if (!event) throw new Error("no events");
  return { state: onNews(begun, { news: "recorded", recorded: recorded(event), view: after }, NOW), now };
}

describe("the table of a run", () => {
  test("shows where each shot stands, what it waits for and how long it takes, in 80 columns", () => {
    const { state, now } = stateAt();
    expect(tableLines(state, screen, now, minuteLeft).join("\n")).toMatchInlineSnapshot(`
      "keeper  0:42  365 of 605 credits spent
      8 shots: 1 generating, 1 upgrading, 1 downloading, 1 submitted, 1 refused,
        2 waiting, 1 checked
      harbour  upgrading    ####...... to 4k, about 1 min left
      keeper   generating   ####...... about 1 min left
      crew     submitted
      door     waiting      for keeper
      lamp     downloading
      storm    refused      shot "storm" (take 1) was refused: \\x1b[31mflagged
      wave     checked
      end      waiting      for its turn
      film film: waits for 1 shot
      film wave: waits to be joined"
    `);
  });

  test("says how long it has gone on where nothing was learnt", () => {
    const { state, now } = stateAt();
    expect(tableLines(state, screen, now, () => undefined)[4]).toBe("keeper   generating   for 42 s now");
  });

  test("fits any screen, line by line", () => {
    const { state, now } = stateAt();
    for (const columns of [10, 20, 40, 79]) {
      for (const rows of [1, 2, 3, 5, 8]) {
        const lines = tableLines(state, { colour: false, columns, rows }, now, minuteLeft);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
      }
    }
  });

  test("of five hundred shots those are shown that something happens to", () => {
    const many = Array.from({ length: 500 }, (_, index) => shot(`shot-${index + 1}`));
    const batch = manifest(many, { sequences: [] });
    const busy = [many[499], many[250], many[3]].flatMap((each) => (each ? bought(each) : []));
    const view = viewOf(batch, [...busy, ...many.slice(10, 30).flatMap((each) => checked(each))]);
    const plan: Plan = { ...planOf(viewOf(manifest(many.slice(0, 1)))), view };
    const lines = tableLines(beginLive(plan, NOW), { ...screen, rows: 8 }, NOW, minuteLeft);
    expect(lines).toMatchInlineSnapshot(`
      [
        "keeper  0:00  0 of 60 credits spent",
        "500 shots: 3 generating, 477 waiting, 20 checked",
        "shot-1    waiting      for its turn",
        "shot-2    waiting      for its turn",
        "shot-4    generating   .......... about 1 min left",
        "shot-251  generating   .......... about 1 min left",
        "shot-500  generating   .......... about 1 min left",
        "+ 475 waiting, 20 checked",
      ]
    `);
  });

  test("colours change nothing but colours", () => {
    const { state, now } = stateAt();
    const coloured = tableLines(state, { ...screen, colour: true }, now, minuteLeft);
    expect(coloured.join("\n")).toContain("\u001b[36mgenerating");
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, ""))).toEqual(
      tableLines(state, screen, now, minuteLeft),
    );
  });
});

describe("the state behind it", () => {
  const begin = () => beginLive(planOf(viewOf([shot("harbour")])), NOW);
  const stateAfter = (news: readonly News[]) => news.reduce((state, each) => onNews(state, each, NOW), begin());
  const rowOf = (state: LiveState) => tableLines(state, screen, NOW, minuteLeft)[2];

  test("a shot that waits says what for", () => {
    const step = submitStep("harbour", 1);
    const started: News = { news: "started", step };
    expect(rowOf(stateAfter([started]))).toBe("harbour  waiting      for its turn");
    expect(rowOf(stateAfter([started, { news: "waiting", because: "pause", waitMs: 60_000 }]))).toBe(
      "harbour  waiting      for the vendor's pause: 1 min",
    );
    expect(rowOf(stateAfter([started, { news: "waiting", because: "running", waitMs: 2_000 }]))).toBe(
      "harbour  waiting      for another take to finish",
    );
    const put: News = { news: "resting", step, problem: problem("upload-failed", "a picture was not uploaded") };
    expect(rowOf(stateAfter([started, put, { news: "ended", step }]))).toBe(
      "harbour  waiting      a picture was not uploaded",
    );
  });

  test("what stopped the buying stays on the screen", () => {
    const state = stateAfter([
      { news: "buying-stopped", problem: problem("budget-run", "the cap of 60 credits") },
      { news: "buying-stopped", problem: problem("later", "another reason") },
    ]);
    expect(tableLines(state, screen, NOW, minuteLeft)[2]).toBe("Nothing more is bought: the cap of 60 credits");
  });

  test("a film shows how far its joining is", () => {
    const harbour = shot("harbour");
    const view = viewOf([harbour], checked(harbour));
    const [step] = planOf(view).steps.map((each) => each.step);
    if (!step) throw new Error("no join");
    const news: News[] = [
      { news: "started", step },
      { news: "progress", step, fraction: 0.456 },
    ];
    const joining = news.reduce((state, each) => onNews(state, each, NOW), beginLive(planOf(view), NOW));
    expect(tableLines(joining, screen, NOW, minuteLeft).at(-1)).toBe("film film: joining 46 %");
    const done = onNews(joining, { news: "ended", step }, NOW);
    expect(tableLines(done, screen, NOW, minuteLeft).at(-1)).toBe("film film: waits to be joined");
  });

  test("progress of a step that is not in hand is ignored", () => {
    expect(onNews(begin(), { news: "progress", step: pollStep("harbour", 1), fraction: 0.5 }, NOW).inHand.size).toBe(0);
  });
});

test("while nothing is left but to wait for callbacks, the head says so, and until when", () => {
  const lost = shot("lost");
  const view = viewOf(manifest([lost]), [
    intent(lost),
    ended(lost, "unconfirmed", problem("unconfirmed", "no answer")),
  ]);
  const begun = beginLive(planOf(view), NOW);
  const waiting = onNews(begun, { news: "awaiting-callbacks", takes: 1, forMs: 540_000 }, NOW);
  const headAt = (now: number) => tableLines(waiting, screen, now, minuteLeft)[2];
  expect(headAt(NOW + 60_000)).toBe("Waiting up to 8 min for callbacks: 1 purchase without an answer");
  expect(headAt(NOW + 540_000)).not.toContain("Waiting");
});
