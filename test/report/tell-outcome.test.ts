import { describe, expect, test } from "vitest";
import { filmStatuses } from "../../src/plan/film-status.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import type { View } from "../../src/plan/view.ts";
import { PLAIN } from "../../src/report/style.ts";
import { type EndOfRun, tellOutcome } from "../../src/report/tell-outcome.ts";
import { tellStatus } from "../../src/report/tell-status.ts";
import type { Outcome } from "../../src/run/carry-out.ts";
import type { FilmLoudness, HeldBy, Loudness } from "../../src/shot/loudness.ts";
import {
  bought,
  checked,
  ended,
  film,
  intent,
  joined,
  made,
  manifest,
  planOf,
  pollStep,
  problem,
  shot,
  shotId,
  viewOf,
} from "./builders.ts";

const show = (path: string) => `output/keeper/${path}`;

function endOf(before: View, after: View, outcome: Partial<Outcome> = {}, changes: Partial<EndOfRun> = {}): EndOfRun {
  return {
    plan: planOf(before),
    outcome: { view: after, rested: [], stopped: undefined, keyProblem: undefined, left: [], ...outcome },
    shots: shotStatuses(after),
    films: filmStatuses(after),
    spent: 60,
    balance: 4400,
    show,
    style: PLAIN,
    ...changes,
  };
}

describe("the end of a run in words", () => {
  const [harbour, door, lamp] = [
    shot("harbour"),
    shot("door", {}, 12),
    shot("lamp", { start: { from: "extends", parent: shotId("door") } }, 17),
  ];

  test("all is made: the film, what it cost, what is left", () => {
    const after = viewOf([harbour], [...checked(harbour), joined(planOf(viewOf([harbour], checked(harbour))))]);
    expect(tellOutcome(endOf(viewOf([harbour]), after, {}, { tookMs: 95_000 }))).toBe(
      'Film "film": output/keeper/films/film.mp4, 8 s, 192 frames\n\n' +
        "1 shot made in this run; 60 credits ($0.30) spent; balance 4,400 credits; 1 min 35 s.\n",
    );
  });

  test("a film says how loud it came out, and why it is not as loud as was asked for", () => {
    const events = (loudness: FilmLoudness) => {
      const film = joined(planOf(viewOf([harbour], checked(harbour))));
      const figures = { way: "fast", doubts: [], copiedFrames: 192, sound: "encoded", loudness } as const;
      return [...checked(harbour), { ...film, figures }];
    };
    const words = (after: Loudness, heldBy: HeldBy | null = null) => {
      const before = { integratedLufs: -30, truePeakDb: -2 };
      const rest = { targetLufs: -14, before, gainDb: 9, limitedDb: 8, shots: [] };
      const end = viewOf([harbour], events({ ...rest, after, heldBy }));
      return tellOutcome(endOf(viewOf([harbour]), end)).split("\n\n")[0];
    };
    const file = 'Film "film": output/keeper/films/film.mp4, 8 s, 192 frames';
    expect(words({ integratedLufs: -14.3, truePeakDb: -1.04 })).toBe(`${file}, -14.3 LUFS, true peak -1.0 dBTP`);
    expect(words({ integratedLufs: -21.04, truePeakDb: -1.2 }, "peaks")).toBe(
      `${file}, -21.0 LUFS, true peak -1.2 dBTP\n   It is 7.0 LU softer than the -14 LUFS asked for: its peaks leave no room to raise it further.`,
    );
    expect(words({ integratedLufs: -16, truePeakDb: -1 })).toMatch(
      /2\.0 LU softer.*: its peaks had to be taken down\.$/,
    );
    expect(words({ integratedLufs: -60, truePeakDb: -50 }, "silence")).toMatch(
      /\n {3}Its sound is too soft to be raised, and was left as it is\.$/,
    );
  });

  test("a film that only ffmpeg could join says so, and why", () => {
    const film = joined(planOf(viewOf([harbour], checked(harbour))));
    const doubts = ["its sound ends\nbefore its picture"];
    const figures = { way: "sure", doubts, copiedFrames: 192, sound: "encoded" } as const;
    const after = viewOf([harbour], [...checked(harbour), { ...film, figures }]);
    expect(tellOutcome(endOf(viewOf([harbour]), after))).toContain(
      'Film "film": output/keeper/films/film.mp4, 8 s, 192 frames\n' +
        "   It was joined by ffmpeg, as the quick way did not give it: its sound ends before its picture.\n",
    );
  });

  test("what is wrong stands last, with its place and the way out", () => {
    const refused = {
      ...problem("refused", 'shot "door" (take 1) was refused by the vendor (code 400): Your prompt was flagged', 12),
      fix: "Change the prompt and run again.",
    };
    const storm = shot("storm", {}, 22);
    const events = [...checked(harbour), intent(door), ended(door, "refused", refused), ...bought(storm)];
    const waits = problem(
      "still-generating",
      'shot "storm" (take 1) is bought and still generating after 30 minutes',
      22,
    );
    const rested = [{ step: pollStep("storm", 1), problem: waits }];
    const shots = [harbour, door, lamp, storm];
    expect(tellOutcome(endOf(viewOf(shots), viewOf(shots, events), { rested }, { spent: 120 }))).toMatchInlineSnapshot(`
      "Film "film": not joined; it waits for door, lamp and storm

      1 of 4 shots made in this run; 120 credits ($0.60) spent of 240 planned; balance 4,400 credits.

      1 shot still at the vendor's, paid: storm.
      1 shot not bought: lamp.
      Run the same command again to go on; nothing is paid for twice.

      manifests/keeper.yaml:17:9: shot "lamp" needs shot "door", which ended badly [parent-missing]
         Mend the prompt of "door" and run again, or buy it again as it is with --retry-failed.

      manifests/keeper.yaml:13:13: shot "door" (take 1) was refused by the vendor (code 400): Your prompt was flagged [refused]
         Change the prompt and run again.
      "
    `);
  });

  test("a hundred shots with one trouble are one message", () => {
    const shots = Array.from({ length: 100 }, (_, index) => shot(`shot-${index + 1}`, {}, 5 + index * 2));
    const events = shots.flatMap((each, index) => [
      intent(each),
      ended(
        each,
        "failed",
        problem("failed", `shot "${each.id}" (take 1) was accepted, but failed: busy`, 5 + index * 2),
      ),
    ]);
    const batch = manifest(shots, { sequences: [] });
    expect(tellOutcome(endOf(viewOf(batch), viewOf(batch, events), {}, { spent: 0 }))).toMatchInlineSnapshot(`
      "0 of 100 shots made; 0 credits ($0.00) spent of 6,000 planned; balance 4,400 credits.

      manifests/keeper.yaml:6:13: shot "shot-1" (take 1) was accepted, but failed: busy [failed]
         Mend failed.
         The same holds for 99 more shots: shot-2, shot-3, shot-4, shot-5, shot-6, shot-7, shot-8, shot-9, shot-10, shot-11, shot-12, shot-13, shot-14, shot-15, shot-16, shot-17, shot-18, shot-19, shot-20, shot-21 and 79 more.
      "
    `);
  });

  test("says what stopped it, and what was not bought", () => {
    const shots = [harbour, door];
    const before = viewOf(shots);
    const cap = problem("budget-run", "buying stopped at this run's cap of 60 credits", 1);
    const after = viewOf(shots, checked(harbour));
    const left = planOf(after)
      .steps.map(({ step }) => step)
      .filter(({ kind }) => kind === "submit");
    const told = tellOutcome(endOf(before, after, { stopped: { cause: "budget", problem: cap }, left }));
    expect(told).toMatchInlineSnapshot(`
      "Film "film": not joined; it waits for door

      1 of 2 shots made in this run; 60 credits ($0.30) spent of 120 planned; balance 4,400 credits.

      1 shot not bought: door.

      manifests/keeper.yaml:1:9: buying stopped at this run's cap of 60 credits [budget-run]
         Mend budget-run.
      "
    `);
  });

  test("an unanswered purchase is an open question, told with its sum", () => {
    const silent = problem("unconfirmed", 'shot "harbour" (take 1) was sent at 2026-07-25T17:20:00.000Z', 7);
    const view = viewOf([harbour], [intent(harbour), ended(harbour, "unconfirmed", silent)]);
    expect(tellOutcome(endOf(viewOf([harbour]), view, {}, { spent: 0, balance: undefined }))).toMatchInlineSnapshot(`
      "Film "film": not joined; it waits for harbour

      0 of 1 shot made; 0 credits ($0.00) spent of 60 planned.

      manifests/keeper.yaml:7:9: shot "harbour" (take 1) was sent at 2026-07-25T17:20:00.000Z [unconfirmed]
         Look for it at https://kie.ai/logs around that time. If it is there:
           callsheet adopt manifests/keeper.yaml harbour TASK
         If not:
           callsheet forget manifests/keeper.yaml harbour

      1 purchase without an answer may have cost 60 credits ($0.30) more; only a person can settle it.
      "
    `);
  });

  test("an interrupted run says how to go on", () => {
    const shots = [harbour, door, lamp];
    const after = viewOf(shots, [...bought(harbour), ...made(door)]);
    const left = planOf(after).steps.map(({ step }) => step);
    expect(
      tellOutcome(endOf(viewOf(shots), after, { left }, { spent: 120, interrupted: "SIGINT" })),
    ).toMatchInlineSnapshot(`
      "Film "film": not joined; it waits for harbour, door and lamp

      0 of 3 shots made; 120 credits ($0.60) spent of 180 planned; balance 4,400 credits.

      1 shot still at the vendor's, paid: harbour.
      1 shot made and paid, not fetched yet: door.
      1 shot not bought: lamp.

      Interrupted. What still generates is picked up by the next run. Run the same command again to go on; nothing is paid for twice.
      "
    `);
  });

  test("a forced take is not forced again to go on", () => {
    const wish = { only: undefined, renew: new Map([[harbour.id, { above: 0, why: "forced" as const }]]) };
    const after = viewOf([harbour], bought(harbour), { wish });
    const told = tellOutcome(endOf(viewOf([harbour], [], { wish }), after, {}, { interrupted: "SIGINT" }));
    expect(told.split("\n\n").at(-1)).toBe(
      "Interrupted. What still generates is picked up by the next run. Run it again without --force to go on; nothing is paid for twice.\n",
    );
  });

  test("a film that could not be joined shows ffmpeg's last words, safely", () => {
    const view = viewOf([harbour], checked(harbour));
    const [step] = planOf(view).steps.map((each) => each.step);
    if (step?.kind !== "join") throw new Error("no join");
    const failed = problem("join-failed", 'film "film" could not be joined: exit 1\nffmpeg -i a.mp4\nerror \u001b[31m');
    const rested = [{ step, problem: failed }];
    expect(tellOutcome(endOf(view, view, { rested }, { spent: 0 }))).toMatchInlineSnapshot(`
      "Film "film": not joined, see below

      1 shot made, none of them in this run; 0 credits ($0.00) spent; balance 4,400 credits.

      film "film" could not be joined: exit 1 [join-failed]
         ffmpeg -i a.mp4
         error \\x1b[31m
         Mend join-failed.
      "
    `);
  });
});

test("the status is a table of shots, the films, and each problem in full", () => {
  const shots = [
    shot("harbour", { resolution: "4k" }),
    shot("keeper"),
    shot("door", {}, 12),
    shot("the-very-last-lamp", {}, 17),
  ] as const;
  const failed = problem("failed", 'shot "door" (take 1) was accepted, but failed', 12);
  const [harbour, keeper, door] = shots;
  const events = [...checked(harbour), ...checked(keeper), intent(door), ended(door, "failed", failed)];
  const batch = manifest(shots, { sequences: [film("film", ["harbour", "door"]), film("teaser", ["keeper"])] });
  const open = planOf(viewOf(manifest(shots, { sequences: [film("teaser", ["keeper"])] }), events));
  const view = viewOf(batch, [...events, joined(open)]);
  const told = tellStatus(shotStatuses(view), filmStatuses(view), { style: PLAIN, manifest: batch, show });
  expect(told).toMatchInlineSnapshot(`
    "keeper: 1 of 4 shots made, 120 credits ($0.60) spent

    shot                state    take  size        credits  file or problem
    harbour             checked     1  720p of 4k       60  output/keeper/clips/harbour/take-1.720p.mp4
    keeper              checked     1  720p             60  output/keeper/clips/keeper/take-1.720p.mp4
    door                failed      1  720p              0  [failed]
    the-very-last-lamp  planned     -  720p              0

    Film "film": waits for door
    Film "teaser": output/keeper/films/teaser.mp4, 8 s, 192 frames

    manifests/keeper.yaml:13:13: shot "door" (take 1) was accepted, but failed [failed]
       Mend failed.
    "
  `);
});
