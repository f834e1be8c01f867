import { describe, expect, test } from "vitest";
import type { Take } from "../../src/ledger/batch-state.ts";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import type { RetryPolicy, Shot } from "../../src/manifest/manifest.ts";
import { nextSteps } from "../../src/plan/next-steps.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import { attemptsOf } from "../../src/plan/retry.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { Wish } from "../../src/plan/view.ts";
import type { ShotId, TaskId } from "../../src/shot/id.ts";
import { afterGoodRun, extend, follows, manifest, shot, stepLines, view } from "./batch.ts";

type End = "generating" | "failed" | "refused" | "unconfirmed" | "lost" | "deferred" | "forgotten";

const problem = { rule: "ended", message: "it ended", fix: "Mend it.", place: null };

/** A take that came to this end, asked for as at first or as the policy tries again. */
function took(of: Shot, take: number, end: End, as: "first" | "again" = "first", parent?: Take): LedgerEvent[] {
  const { request, requestHash } = attemptsOf(of, parent)[as];
  const about = { shot: of.id, take };
  const intent = { event: "submitting", ...about, token: `${take}`, request, requestHash, credits: 60 } as const;
  const sent: LedgerEvent[] = [intent, { event: "submitted", ...about, task: `task ${take}` as TaskId }];
  if (end === "generating") return sent;
  if (end === "failed" || end === "lost") return [...sent, { event: end, ...about, problem }];
  if (end === "forgotten") return [intent, { event: "unconfirmed", ...about, problem }, { event: end, ...about }];
  return [intent, { event: end, ...about, problem }];
}

function retrying(policy: Partial<RetryPolicy>, about: Partial<Shot> = {}): Shot {
  const plain = shot("a", about);
  const { prompt, promptPlace, model } = plain;
  return { ...plain, retry: { failed: 0, refused: 0, checks: 0, prompt, promptPlace, model, ...policy } };
}

const other = { prompt: "A calmer picture", model: "veo3" } as const;
const once = retrying({ failed: 1, refused: 1 });
const otherwise = retrying({ failed: 1, refused: 1, ...other });
const thrice = retrying({ failed: 2 }, { takes: 3 });
const picked = retrying({ failed: 1 }, { pick: 1 });
const renew = (above: number): Partial<Wish> => ({ renew: new Map([["a" as ShotId, { above, why: "tried again" }]]) });

/** What happened to the shot, and what is then bought: `take number: prompt, model (why)`. */
const rows: readonly [string, Shot, LedgerEvent[], string[], Partial<Wish>?][] = [
  ["a failed take is bought again", once, took(once, 1, "failed"), ["2: A picture of a, veo3_fast (failed before)"]],
  [
    "a refused take is asked for again",
    once,
    took(once, 1, "refused"),
    ["2: A picture of a, veo3_fast (refused before)"],
  ],
  ["without a policy nothing is", shot("a"), took(shot("a"), 1, "failed"), []],
  ["an unconfirmed take is never bought again", once, took(once, 1, "unconfirmed"), []],
  ["a lost one neither", once, took(once, 1, "lost"), []],
  ["nor is one that still generates", once, took(once, 1, "generating"), []],
  [
    "the second prompt and model are those of the new take",
    otherwise,
    took(otherwise, 1, "refused"),
    ["2: A calmer picture, veo3 (refused before)"],
  ],
  ["no more than the policy allows", once, [...took(once, 1, "failed"), ...took(once, 2, "failed")], []],
  [
    "each kind of end is counted by itself",
    once,
    [...took(once, 1, "failed"), ...took(once, 2, "refused")],
    ["3: A picture of a, veo3_fast (refused before)"],
  ],
  [
    "until both are used up",
    once,
    [...took(once, 1, "failed"), ...took(once, 2, "refused"), ...took(once, 3, "refused")],
    [],
  ],
  [
    "takes of either request count",
    otherwise,
    [...took(otherwise, 1, "failed"), ...took(otherwise, 2, "failed", "again")],
    [],
  ],
  [
    "a new take that is on its way is not bought twice",
    otherwise,
    [...took(otherwise, 1, "failed"), ...took(otherwise, 2, "generating", "again")],
    [],
  ],
  [
    "one that is unconfirmed is not bought once more",
    otherwise,
    [...took(otherwise, 1, "failed"), ...took(otherwise, 2, "unconfirmed", "again")],
    [],
  ],
  [
    "one that was put off keeps its number",
    otherwise,
    [...took(otherwise, 1, "failed"), ...took(otherwise, 2, "deferred", "again")],
    ["2: A calmer picture, veo3 (put off before)"],
  ],
  [
    "one that was not bought after all is bought",
    otherwise,
    [...took(otherwise, 1, "failed"), ...took(otherwise, 2, "forgotten", "again")],
    ["3: A calmer picture, veo3 (failed before)"],
  ],
  [
    "an edited prompt is bought, whatever the second one made before",
    otherwise,
    took(otherwise, 2, "generating", "again"),
    ["3: A picture of a, veo3_fast (prompt changed)"],
  ],
  [
    "takes that are still wanted come first",
    thrice,
    took(thrice, 1, "failed"),
    [
      "2: A picture of a, veo3_fast (another take wanted)",
      "3: A picture of a, veo3_fast (another take wanted)",
      "4: A picture of a, veo3_fast (failed before)",
    ],
  ],
  [
    "the policy is the shot's, not each take's",
    thrice,
    [1, 2, 3].flatMap((take) => took(thrice, take, "failed")),
    ["4: A picture of a, veo3_fast (failed before)", "5: A picture of a, veo3_fast (failed before)"],
  ],
  ["a picked shot is decided", picked, took(picked, 1, "failed"), []],
  [
    "--retry-failed repeats what was tried last",
    otherwise,
    [...took(otherwise, 1, "refused"), ...took(otherwise, 2, "refused", "again")],
    ["3: A calmer picture, veo3 (tried again)"],
    renew(2),
  ],
  [
    "--retry-failed is once a run, and leaves the policy used up",
    otherwise,
    [
      ...took(otherwise, 1, "refused"),
      ...took(otherwise, 2, "refused", "again"),
      ...took(otherwise, 3, "refused", "again"),
    ],
    [],
    renew(2),
  ],
];

test.for(rows)("%s", ([, wanted, events, lines, wish]) => {
  const { due = [] } = standingsOf(view(manifest([wanted]), { events, shelf: new Map() }, wish)).get(wanted.id) ?? {};
  expect(due.map(({ number, request, why }) => `${number}: ${request.prompt}, ${request.model} (${why})`)).toEqual(
    lines,
  );
});

describe("a shot that is to be tried again", () => {
  test("is planned, says what came before, and blocks neither its followers nor its film", () => {
    const wanted = manifest([otherwise, follows("b", "a")]);
    const known = { events: took(otherwise, 1, "failed"), shelf: new Map() };
    const [parent, child] = shotStatuses(view(wanted, known));
    expect(parent).toMatchObject({ state: "planned", problem: { rule: "ended", fix: "It is tried again as take 2." } });
    expect(child).toMatchObject({ state: "planned", problem: null });
    expect(stepLines(view(wanted, known)).at(-1)).toBe("join film (never joined)");
    // The new take is the lowest that is good.
    const done = view(wanted, afterGoodRun(wanted, known));
    expect(shotStatuses(done)).toMatchObject([
      { state: "checked", take: 2, problem: null },
      { state: "checked", take: 1 },
    ]);
    expect(stepLines(done)).toEqual([]);
  });

  test("tells at its end what was tried, and its child how to go on", () => {
    const wanted = manifest([otherwise, follows("b", "a")]);
    const events = [
      ...took(otherwise, 1, "refused"),
      ...took(otherwise, 2, "failed", "again"),
      ...took(otherwise, 3, "failed", "again"),
    ];
    expect(shotStatuses(view(wanted, { events, shelf: new Map() }))).toMatchObject([
      { state: "failed", take: 3, problem: { message: "it ended. Before it, take 1 was refused, take 2 failed" } },
      {
        state: "blocked",
        problem: { fix: 'Mend the prompt of "a" and run again, or buy it again as it is with --retry-failed.' },
      },
    ]);
  });

  test("keeps the parent it extends from being upgraded while it may have to be extended again", () => {
    const parent = shot("p", { resolution: "1080p" });
    const made = afterGoodRun(manifest([{ ...parent, resolution: "720p" }]));
    const take = view(manifest([parent]), made).state.takes.get(parent.id)?.[0];
    const firstStep = (child: Shot, end: End) => {
      const events = [...made.events, ...took(child, 1, end, "first", take)];
      return stepLines(view(manifest([parent, child]), { ...made, events }))[0];
    };
    const child = extend("a", "p");
    expect(firstStep(child, "failed")).toBe("upgrade p/1 1080p (upgrade asked for)");
    expect(firstStep({ ...child, retry: once.retry }, "failed")).toBe("submit a/2 (failed before)");
    const upgradesAfter = (policy: Shot["retry"]) => {
      const wanted = manifest([parent, { ...child, retry: policy }]);
      const events = [...made.events, ...took(child, 1, "generating", "first", take)];
      return nextSteps(view(wanted, { ...made, events })).map(({ kind }) => kind);
    };
    expect(upgradesAfter(undefined)).toEqual(["poll", "upgrade"]);
    expect(upgradesAfter(once.retry)).toEqual(["poll"]);
  });
});

describe("the worst case", () => {
  const price = (wanted: readonly Shot[], events: readonly LedgerEvent[] = []) =>
    planRun(view(manifest(wanted), { events, shelf: new Map() }), 0).price;
  test.for<[string, Shot, number, number]>([
    ["without a policy it is the likely one", shot("a"), 60, 60],
    ["each failed take counts in full, whatever is paid back", retrying({ failed: 2 }), 60, 180],
    ["a refused one costs nothing", retrying({ refused: 3 }), 60, 60],
    ["but may lead to a dearer one", retrying({ refused: 1, model: "veo3" }), 60, 250],
    ["which may fail as well", retrying({ failed: 1, refused: 1, model: "veo3" }), 60, 500],
    ["a cheaper second model is counted at its price", retrying({ failed: 1, refused: 1, model: "veo3_lite" }), 60, 90],
    ["the upgrade is bought once", retrying({ failed: 1 }, { resolution: "4k" }), 180, 240],
    ["several takes share one policy", retrying({ failed: 2 }, { takes: 3 }), 180, 300],
  ])("%s", ([, wanted, likely, worst]) => {
    expect(price([wanted])).toEqual({ likely, worst });
  });

  test("counts takes that were bought before and may still fail, and followers once", () => {
    const policy = retrying({ failed: 1 });
    expect(price([policy, follows("b", "a")], took(policy, 1, "generating"))).toEqual({ likely: 60, worst: 120 });
    expect(price([policy], [...took(policy, 1, "failed"), ...took(policy, 2, "generating")])).toEqual({
      likely: 0,
      worst: 0,
    });
  });
});
