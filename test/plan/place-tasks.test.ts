import { describe, expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { contradictionOf } from "../../src/plan/echo-fit.ts";
import { type FoundTask, placeTasks } from "../../src/plan/place-tasks.ts";
import { hashRequest, requestOf } from "../../src/plan/request.ts";
import type { RequestEcho } from "../../src/provider/outcome.ts";
import type { Sha256, TaskId } from "../../src/shot/id.ts";
import type { GenerateRequest, TakeRequest } from "../../src/shot/take.ts";
import { extend, follows, manifest, shot, view } from "./batch.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const NOTHING: RequestEcho = {
  prompt: undefined,
  model: undefined,
  aspectRatio: undefined,
  callBackUrl: undefined,
  translate: undefined,
  seed: undefined,
  imageUrls: undefined,
  of: undefined,
  index: undefined,
};

function found(task: string, echo: Partial<RequestEcho>, minutes = 0, about: Partial<FoundTask> = {}): FoundTask {
  const createdAt = NOON + minutes * 60_000;
  return { task: task as TaskId, state: "made", echo: { ...NOTHING, ...echo }, createdAt, ...about };
}

function placed(wanted: ReturnType<typeof view>, ...tasks: readonly FoundTask[]): readonly string[] {
  return placeTasks(wanted, tasks).placements.map((each) => {
    if (each.place === "stray") return `${each.task}: stray`;
    return each.place === "ambiguous"
      ? `${each.task}: ambiguous ${each.shots.join(" ")}`
      : `${each.task}: ${each.place} ${each.shot}/${each.take}`;
  });
}

const a = shot("a");
const unanswered = (of = a, take = 1): LedgerEvent[] => {
  const request = requestOf(of, undefined);
  const about = { shot: of.id, take };
  const problem = { rule: "unconfirmed", message: "", fix: null, place: null };
  return [
    {
      event: "submitting",
      ...about,
      token: `token-${take}-of-${of.id}`,
      request,
      requestHash: hashRequest(request),
      credits: 60,
    },
    { event: "unconfirmed", ...about, problem },
  ];
};

describe("tasks of a lost ledger", () => {
  test("go to the shots whose requests they echo, in the order of buying, parents before children", () => {
    const wanted = view(manifest([shot("a", { takes: 2 }), follows("b", "a"), extend("c", "b")]));
    const tasks = [
      found("c-task", { prompt: "A picture of c", of: "b-task" as TaskId }, 3),
      found("b-task", { prompt: "A picture of b", imageUrls: ["https://vendor.example/frame.png"] }, 2),
      found("a-late", { prompt: "A picture of a" }, 1),
      found("a-early", { prompt: "A  picture of a " }),
      found("other", { prompt: "Something else" }),
    ];
    expect(placed(wanted, ...tasks)).toEqual([
      "c-task: taken-in c/1",
      "b-task: taken-in b/1",
      "a-late: taken-in a/2",
      "a-early: taken-in a/1",
      "other: stray",
    ]);
    expect(placeTasks(wanted, tasks).events.map(({ event }) => event)).toEqual(Array(4).fill("salvaged"));
  });

  test("are left where they belong already, where they failed, and where there are more of them than takes", () => {
    const salvaged = placeTasks(view(manifest([a])), [found("first", { prompt: a.prompt })]).events;
    const wanted = view(manifest([a, shot("b")]), { events: salvaged, shelf: new Map() });
    expect(
      placed(
        wanted,
        found("first", { prompt: a.prompt }),
        found("second", { prompt: a.prompt }),
        found("of-b", { prompt: "A picture of b" }, 0, { state: "failed" }),
      ),
    ).toEqual(["first: known a/1", "second: stray", "of-b: stray"]);
  });

  test("are not guessed about: one that fits different requests fits none", () => {
    const still = (sha256: string) => ({
      from: "file" as const,
      path: "/s.png",
      sha256: sha256 as Sha256,
      mediaType: "image/png" as const,
      bytes: 1,
    });
    const from = (letter: string) => ({
      start: { from: "image" as const, first: still(letter.repeat(64)) },
    });
    const wanted = view(manifest([shot("x", { prompt: "P", ...from("1") }), shot("y", { prompt: "P", ...from("2") })]));
    expect(placed(wanted, found("t", { prompt: "P" }))).toEqual(["t: ambiguous x y"]);
    const sent = (letter: string) => [`https://files.example/${letter.repeat(64)}.png`];
    expect(placed(wanted, found("t", { prompt: "P", imageUrls: sent("2") }))).toEqual(["t: taken-in y/1"]);
    expect(placed(wanted, found("t", {}))).toEqual(["t: stray"]);
  });
});

describe("a purchase without an answer", () => {
  const at = (events: LedgerEvent[]) => {
    const wanted = view(manifest([a]), { events, shelf: new Map() });
    const takes = [...(wanted.state.takes.get(a.id) ?? [])].map((take) => ({ ...take, intendedAt: NOON }));
    return { ...wanted, state: { ...wanted.state, takes: new Map([[a.id, takes]]) } };
  };

  test.each<[string, FoundTask, string]>([
    ["is settled by a task of that hour", found("t", { prompt: a.prompt }, 2), "t: settled a/1"],
    ["also by one that failed", found("t", { prompt: a.prompt }, 2, { state: "failed" }), "t: settled a/1"],
    [
      "by its token in the callback's address alone",
      found("t", { callBackUrl: "https://me.example/token-1-of-a" }, 500),
      "t: settled a/1",
    ],
    ["not by the same request of another day", found("t", { prompt: a.prompt }, -24 * 60), "t: stray"],
    ["not by another prompt", found("t", { prompt: "Another" }), "t: stray"],
    ["not by an upgrade of a take", found("t", { prompt: a.prompt, index: 0, of: "x" as TaskId }), "t: stray"],
  ])("%s", (_, task, place) => {
    expect(placed(at(unanswered()), task)).toEqual([place]);
  });

  test("takes each task once, where there are several", () => {
    const tasks = [
      found("late", { prompt: a.prompt }, 2),
      found("early", { prompt: a.prompt }, 1),
      found("more", { prompt: a.prompt }, 3),
    ];
    expect(placed(at([...unanswered(a, 1), ...unanswered(a, 2)]), ...tasks)).toEqual([
      "late: settled a/2",
      "early: settled a/1",
      "more: stray",
    ]);
  });
});

const generate = requestOf(shot("g", { seed: 20_000 }), undefined) as GenerateRequest;
const extension: TakeRequest = {
  kind: "extend",
  prompt: "On",
  model: "veo3_fast",
  parent: { shot: a.id, take: 1, task: "parent" as TaskId },
};

test.each<[TakeRequest, Partial<RequestEcho>, string | undefined]>([
  [generate, {}, undefined],
  [
    generate,
    { prompt: generate.prompt, model: "veo3_fast", aspectRatio: "16:9", translate: false, seed: 20_000 },
    undefined,
  ],
  [generate, { prompt: "B" }, 'its prompt is "B"'],
  [generate, { model: "veo3" }, "its model is veo3, not veo3_fast"],
  [generate, { aspectRatio: "9:16" }, "its aspect ratio is 9:16"],
  [generate, { translate: true }, "it was translated otherwise"],
  [generate, { seed: 20_001 }, "its seed is 20001"],
  [generate, { imageUrls: ["https://x.example/a.png"] }, "it was sent 1 pictures, not 0"],
  [generate, { of: "p" as TaskId }, "it extends task p"],
  [generate, { index: 0, of: "p" as TaskId }, "it is an upgrade of task p"],
  [extension, { prompt: "On", model: "fast", aspectRatio: "9:16", of: "parent" as TaskId }, undefined],
  [extension, { of: "another" as TaskId }, "it extends task another"],
])("a record speaks against a request where it says something else: %#", (request, echo, expected) => {
  expect(contradictionOf(request, { ...NOTHING, ...echo })).toBe(expected);
});
