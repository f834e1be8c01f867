import { beforeAll, expect, test } from "vitest";
import type { BatchState } from "../../../src/ledger/batch-state.ts";
import type { LedgerEvent, Recorded } from "../../../src/ledger/event.ts";
import type { Charge, Job } from "../../../src/simulator/state.ts";
import type { History, JoinRecord, RunRecord, Standing } from "./history.ts";
import { judge } from "./judge.ts";
import { play } from "./play.ts";

/** Two shots, one of them at 4K, bought and joined with nothing in the way. */
let good: History;

beforeAll(async () => {
  const plain = { start: "plain", parent: 0, resolution: "720p", takes: 1, model: "veo3_fast" } as const;
  good = await play({
    seed: 1,
    batches: [{ shots: [plain, { ...plain, resolution: "4k" }], runCap: 900 }],
    balance: 10_000,
    switches: {},
    faults: [],
    outages: [],
    rubbish: [],
    rounds: [{ retryFailed: false, stops: [null] }],
  });
});

test("a history in which all went well breaks no promise", () => {
  expect(judge(good)).toEqual([]);
});

/** A bad history made of the good one, and a word of the complaint. */
const BAD: readonly (readonly [what: string, spoil: (history: History) => History, complaint: RegExp])[] = [
  [
    "a take that is sent again after its answer got lost",
    (history) => withEvents(history, (events) => twice(unanswered(events), "submitting", 1)),
    /s0\/1 was sent again after "unconfirmed"/,
  ],
  [
    "a buying call that no intent stands for",
    (history) => ({ ...history, arrivals: history.arrivals.flatMap((each) => (each.bought ? [each, each] : [each])) }),
    /buying calls arrived for 2 intents/,
  ],
  [
    "a purchase that the ledger does not know",
    (history) => withBooks(history, (job) => ({ ...job, name: "other", taskId: "other" })),
    /was bought 1 times unknown to the ledger, 0 are unconfirmed/,
  ],
  [
    "a second take of a shot that wants one",
    (history) => withEvents(history, (events) => [...events, ...anotherTake(events)]),
    /s0 was bought 9 times/,
  ],
  [
    "a second take that is upgraded beside a good one",
    (history) => withEvents(history, (events) => [...events, ...upgradedTwice(events)]),
    /s1\/2 is bought at 4k as take 1 was/,
  ],
  [
    "a purchase that is settled with another's task",
    (history) => {
      const jobs = new Map(history.troubled.jobs);
      for (const [name, job] of jobs) jobs.set(name, { ...job, callBackUrl: "http://127.0.0.1:9/hear/other" });
      return { ...history, troubled: { ...history.troubled, jobs } };
    },
    /s0\/1 is taken for \w+, which is another's/,
  ],
  [
    "a film that is to be held and is joined without a clip",
    (history) => withJoins(history, ({ shows }) => ({ shows: shows.slice(1) })),
    /is to be held and lacks s0/,
  ],
  [
    "a film without a take that is generating",
    (history) => withJoins(history, ({ state, shows }) => ({ shows: shows.slice(1), state: generatingAgain(state) })),
    /does not wait for s0\/1, which is generating/,
  ],
  [
    "a film without a shot that is still to be bought",
    (history) => withJoins(history, ({ state }) => ({ shows: [], state: { ...state, takes: new Map() } })),
    /does not wait for s0, of which another take is due/,
  ],
  [
    "a run that spends more than its cap",
    (history) => withRuns(history, { caps: { run: 100, day: undefined } }),
    /its cap is 100/,
  ],
  [
    "a day that costs more than its cap",
    (history) => withRuns(history, { caps: { run: undefined, day: 100 } }),
    /its cap is 100/,
  ],
  [
    "twenty-one starts within ten seconds",
    (history) => {
      const start = history.arrivals.find(({ target }) => target === "generate");
      const burst = start
        ? Array.from({ length: 21 }, (_, i) => ({ ...start, at: start.at + i * 490, bought: undefined }))
        : [];
      return { ...history, arrivals: burst };
    },
    /21 buying calls arrived within 10000 ms/,
  ],
  [
    "a run that never ends",
    (history) => withRuns(history, { end: "endless", why: "it goes round" }),
    /endless: it goes round/,
  ],
  [
    "a run that trips over a bug of ours",
    (history) => withRuns(history, { end: "threw", why: "a bug" }),
    /threw: a bug/,
  ],
  ["a run that leaves work undone", (history) => withRuns(history, { leftUndone: 2 }), /2 steps undone/],
  [
    "a purchase in doubt without a way out",
    (history) => withEvents(history, (events) => unanswered(events), "troubled"),
    /s0\/1 is unconfirmed without a way out/,
  ],
  [
    "an account that counts less than was charged",
    (history) => ({ ...history, end: { ...history.end, countedCredits: 60 } }),
    /the account counts 60 credits, the vendor charged 240/,
  ],
  [
    "a take that is paid and written off",
    (history) =>
      withEvents(history, (events) => [...events, at({ event: "failed", shot: "s0", take: 1, problem: null })]),
    /s0\/1 is "failed" and was charged/,
  ],
  [
    "a take that is taken for paid and was paid back",
    (history) => withCharges(history, (charge) => ({ ...charge, status: "refunded" })),
    /s0\/1 is "made" and was not charged/,
  ],
  [
    "a paid clip that was never fetched",
    (history) =>
      withEvents(history, (events) => events.filter(({ event }) => !isOfFirst(event, "downloaded", "checked"))),
    /s0\/1 is paid and its 720p file is not there/,
  ],
  [
    "another take's clip under a take's name",
    (history) => ({
      ...history,
      batches: history.batches.map((batch) => ({ ...batch, reel: () => batch.reel("films/film.mp4") })),
    }),
    /shows .*, not /,
  ],
  [
    "a shot that is never made although all went well",
    (history) => ({
      ...history,
      batches: history.batches.map((batch) => ({
        ...batch,
        shots: batch.shots.map((shot) => ({ ...shot, state: "planned" as const, resolution: null })),
      })),
    }),
    /s0 stays "planned"/,
  ],
  [
    "a film that is not joined",
    (history) => ({
      ...history,
      batches: history.batches.map((batch) => ({
        ...batch,
        films: batch.films.map((film) => ({ ...film, state: "held" as const, file: null })),
      })),
    }),
    /film film is held/,
  ],
];

test.each(BAD)("%s is seen", (_, spoil, complaint) => {
  expect(judge(spoil(good)).join("\n")).toMatch(complaint);
});

type Events = readonly Recorded[];

function at(event: unknown): Recorded {
  return { seq: 0, at: 0, event: event as LedgerEvent };
}

function withEvents(history: History, change: (events: Events) => Events, when: "end" | "troubled" = "end"): History {
  const standing: Standing = { ...history[when], events: history[when].events.map(change) };
  return { ...history, [when]: standing };
}

function withRuns(history: History, change: Partial<RunRecord>): History {
  return { ...history, runs: history.runs.map((run) => ({ ...run, ...change, isRecovery: false })) };
}

function withJoins(history: History, change: (join: JoinRecord) => Partial<JoinRecord>): History {
  return { ...history, joins: history.joins.map((join) => ({ ...join, ...change(join) })) };
}

function generatingAgain(state: BatchState): BatchState {
  const takes = [...state.takes].map(([id, each]) => {
    return [id, each.map((take) => ({ ...take, purchase: "generating" as const }))] as const;
  });
  return { ...state, takes: new Map(takes) };
}

/** Another take of the second shot, whose first one is there at 4K, upgraded as well. */
function upgradedTwice(events: Events): Events {
  return events
    .filter(({ event }) => (event.event === "submitting" || event.event === "upgrading") && event.shot === "s1")
    .map(({ event }) => at({ ...event, take: 2 }));
}

function withCharges(history: History, change: (charge: Charge) => Charge): History {
  return { ...history, end: { ...history.end, charges: history.end.charges.map(change) } };
}

/** One more task in the vendor's books, much like the first. */
function withBooks(history: History, change: (job: Job) => Job): History {
  const [first] = history.end.jobs.values();
  const jobs = new Map(history.end.jobs);
  if (first) jobs.set("other", change(first));
  return { ...history, end: { ...history.end, jobs } };
}

function isOfFirst(event: LedgerEvent, ...names: readonly LedgerEvent["event"][]): boolean {
  return "take" in event && event.shot === "s0" && names.includes(event.event);
}

/** The first shot's answer got lost, and a problem that names no way out stands for it. */
function unanswered(events: Events): Events {
  return events.flatMap((recorded) => {
    if (!isOfFirst(recorded.event, "submitted"))
      return isOfFirst(recorded.event, "submitting") || !("take" in recorded.event && recorded.event.shot === "s0")
        ? [recorded]
        : [];
    const problem = { rule: "unconfirmed", message: "no answer", fix: "Wait.", place: null };
    return [at({ event: "unconfirmed", shot: "s0", take: 1, problem })];
  });
}

function twice(events: Events, name: LedgerEvent["event"], take: number): Events {
  const again = events.filter(
    ({ event }) => event.event === name && isOfFirst(event, name) && "take" in event && event.take === take,
  );
  return [...events, ...again];
}

/** Eight more takes of the first shot's request: more than the run and its repetitions may buy. */
function anotherTake(events: Events): Events {
  const first = events.find(({ event }) => isOfFirst(event, "submitting"));
  return first ? Array.from({ length: 8 }, (_, index) => at({ ...first.event, take: index + 2 })) : [];
}
