import { describe, expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { lineFor, NOTHING_TOLD, nextLine } from "../../src/report/plain-lines.ts";
import type { News } from "../../src/run/news.ts";
import type { Sha256 } from "../../src/shot/id.ts";
import { bought, checked, joined, NOW, planOf, pollStep, problem, recorded, shot, shotId, viewOf } from "./builders.ts";

const harbour = shot("harbour", { resolution: "4k" });
const view = viewOf([harbour], bought(harbour));
const told = (event: LedgerEvent) => lineFor({ news: "recorded", recorded: recorded(event), view });

describe("a line an event", () => {
  test("tells a take's life in a few words", () => {
    const upgrade = { shot: harbour.id, take: 1, resolution: "4k" } as const;
    const events: LedgerEvent[] = [
      ...checked(harbour),
      { event: "upgrading", token: "c0ffee", credits: 120, ...upgrade },
      { event: "upgraded", urls: [], tookMs: 400_000, ...upgrade },
    ];
    expect(events.map(told)).toEqual([
      undefined,
      "harbour take 1 submitted (60 credits)",
      "harbour take 1 made after 1 min 20 s",
      undefined,
      "harbour take 1 checked: clips/harbour/take-1.720p.mp4, 192 frames",
      "harbour take 1 upgrading to 4k (120 credits)",
      "harbour take 1 upgraded to 4k after 6 min 40 s",
    ]);
  });

  test("tells what went wrong in the problem's words, safe to print", () => {
    const refused = problem("refused", 'shot "harbour" (take 1) was refused: \u001b[2Jgone\nsecond line');
    expect(told({ event: "refused", shot: harbour.id, take: 1, problem: refused })).toBe(
      'shot "harbour" (take 1) was refused: \\x1b[2Jgone second line',
    );
    const deferred = problem("vendor-rate", 'shot "harbour" (take 1) waits: busy');
    expect(told({ event: "deferred", shot: harbour.id, take: 1, problem: deferred })).toBe(
      'put off: shot "harbour" (take 1) waits: busy',
    );
  });

  test("tells what a person decided and which films came out", () => {
    const plan = planOf(viewOf([shot("harbour")], checked(shot("harbour"))));
    expect(told(joined(plan))).toBe('film "film" joined: films/film.mp4, 192 frames, 8 s');
    expect(told({ event: "renamed", shot: harbour.id, to: shotId("port") })).toBe("harbour goes by port from here on");
    expect(told({ event: "forgotten", shot: harbour.id, take: 2 })).toBe("harbour take 2 forgotten: it was not bought");
    const step = plan.steps.find((each) => each.step.kind === "join")?.step;
    expect(step && lineFor({ news: "started", step })).toBe('film "film" is being joined from 1 clip');
  });

  test("tells of a film that stays what is written beside it, and that this failed without putting the film off", () => {
    const view = viewOf([shot("harbour")], checked(shot("harbour")));
    const step = planOf(view).steps.flatMap((each) => (each.step.kind === "join" ? [each.step] : []))[0];
    if (!step) throw new Error("there is no film to join");
    const left = { ...step, why: "file beside it missing" } as const;
    expect(lineFor({ news: "started", step: left })).toBe('film "film" stays as it is; its poster is written again');
    const edits = { name: "film", title: undefined, rate: step.film.frameRate, size: step.film.size, frames: 192 };
    const handOff = {
      ...{
        left: [],
        sounds: [],
        media: [],
        key: "k" as Sha256,
        edits: { ...edits, edits: [], sounds: [], captions: [] },
      },
      files: [{ format: "otio" as const, file: "films/film.otio" }],
    };
    const captions = { as: "soft" as const, tracks: [], burned: undefined, hasty: [] };
    const whole = { ...left, film: { ...left.film, captions, handOff } };
    expect(lineFor({ news: "started", step: whole })).toBe(
      'film "film" stays as it is; its captions, cut for editors (otio) and poster are written again',
    );
    const beside = [
      { file: "films/film.otio", bytes: 9 },
      { file: "films/film.jpg", bytes: 0 },
    ];
    expect(told({ ...joined(planOf(view)), beside, kept: true })).toBe(
      'film "film" has its files beside it again: films/film.otio',
    );
    const failed = problem(
      "beside-failed",
      'film "film" is whole, but films/film.jpg beside it could not be made: exit 1',
    );
    expect(lineFor({ news: "resting", step: left, problem: failed })).toBe(failed.message);
  });

  test("tells waits, new attempts and ends", () => {
    const step = pollStep("harbour", 1);
    expect(lineFor({ news: "waiting", because: "window", waitMs: 7_500 })).toBe(
      "buying waits 7.5 s: as many starts as the vendor allows were made just now",
    );
    expect(lineFor({ news: "retrying", step, why: "the vendor answered 500", inMs: 12_000 })).toBe(
      "harbour take 1: the vendor answered 500; tried again in 12 s",
    );
    expect(lineFor({ news: "resting", step, problem: problem("x", "still generating") })).toBe(
      "put off until the next run: still generating",
    );
    expect(lineFor({ news: "buying-stopped", problem: problem("x", "no credits left") })).toBe(
      "nothing more is bought: no credits left",
    );
  });

  test("keeps quiet about chatter", () => {
    const step = pollStep("harbour", 1);
    const chatter: News[] = [
      { news: "started", step },
      { news: "ended", step },
      { news: "progress", step, fraction: 0.5 },
      { news: "waiting", because: "window", waitMs: 4_999 },
    ];
    expect(chatter.map(lineFor)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

test("one long wait, looked at every two seconds, is told once", () => {
  const lines: (string | undefined)[] = [];
  let wait = NOTHING_TOLD;
  for (let passed = 0; passed < 60_000; passed += 2_000) {
    const next = nextLine(wait, { news: "waiting", because: "pause", waitMs: 60_000 - passed }, NOW + passed);
    wait = next.told;
    lines.push(next.line);
  }
  expect(lines.filter((line) => line !== undefined)).toEqual(["buying waits 1 min: the vendor asked for a pause"]);
  const longer = nextLine(wait, { news: "waiting", because: "pause", waitMs: 90_000 }, NOW + 60_000);
  expect(longer.line).toBe("buying waits 1 min 30 s: the vendor asked for a pause");
});
