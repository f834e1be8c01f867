import { expect, test } from "vitest";
import { judge } from "./model/judge.ts";
import { play } from "./model/play.ts";
import type { Schedule, ShotPlan } from "./model/schedule.ts";
import { search } from "./model/search.ts";
import { tell } from "./model/tally.ts";

/** Longer searches: npm run soak. Bounded by schedules, so that a busy machine tries as much as a quiet one. */
test.each([
  { seed: 7, is: "fixed", schedules: 12 },
  { seed: Math.floor(Math.random() * 2 ** 31), is: "random", schedules: 8 },
])(
  "no schedule of faults, crashes and interruptions breaks a promise ($is seed $seed)",
  async ({ seed, schedules }) => {
    const tally = await search({ seed, atMost: schedules, isOver: () => false });
    expect(tally).toMatchObject({ schedules });
    console.log(`seed ${seed}: ${tell(tally)}`);
  },
);

const PLAIN: ShotPlan = { start: "plain", parent: 0, resolution: "720p", takes: 1, model: "veo3_fast" };
const CALM: Schedule = {
  seed: 1,
  batches: [{ shots: [PLAIN] }],
  balance: 100_000,
  switches: {},
  faults: [],
  outages: [],
  rubbish: [],
  rounds: [{ retryFailed: false, stops: [null] }],
};

/** Found by searches, shrunk, and mended since. */
const FOUND: Readonly<Record<string, Schedule>> = {
  "a second try that was put off is bought by the next --retry-failed": {
    ...CALM,
    faults: [
      { endpoint: "generate", fault: "fail:audio", nth: 1 },
      { endpoint: "generate", fault: "code-505", nth: 2 },
    ],
    rounds: [
      { retryFailed: false, stops: [null] },
      { retryFailed: true, stops: [null] },
    ],
  },
  "a failure that the vendor tells as a mere 500 is said to be unclear, not to be generating still": {
    ...CALM,
    switches: { failureMode: "envelope" },
    faults: [{ endpoint: "generate", fault: "fail:timeout", nth: 1 }],
  },
  "a take that the vendor never finishes gives way to one that is forced": {
    ...CALM,
    batches: [{ shots: [{ ...PLAIN, resolution: "1080p" }], onMissing: "slate" }],
    faults: [{ endpoint: "generate", fault: "stuck", nth: 1 }],
    rounds: [
      { retryFailed: false, stops: [null] },
      { retryFailed: false, forces: true, stops: [null] },
    ],
  },
  "a purchase whose answer is lost is settled by its callback, and by no other that names it": {
    ...CALM,
    batches: [{ shots: [PLAIN, PLAIN, { ...PLAIN, takes: 2, resolution: "4k" }], onMissing: "slate" }],
    faults: [{ endpoint: "generate", fault: "reset-after", nth: [1, 3] }],
    callbacks: { forged: 1 },
  },
  "a film with slates waits for takes that are tried again, and is whole once they are there": {
    ...CALM,
    batches: [{ shots: [PLAIN, { ...PLAIN, retry: { failed: 2, refused: 1, anew: true } }], onMissing: "slate" }],
    faults: [{ endpoint: "generate", fault: "fail:policy", nth: [2, 3, 4] }],
    rounds: [
      { retryFailed: false, stops: [null] },
      { retryFailed: true, stops: [null] },
    ],
  },
  "a parent is upgraded although one of its extensions never ends, once another was forced in its place": {
    ...CALM,
    batches: [
      {
        shots: [
          { ...PLAIN, resolution: "4k" },
          { ...PLAIN, start: "extends", retry: { failed: 1, refused: 0, anew: false } },
        ],
      },
    ],
    switches: { failureMode: "envelope" },
    faults: [{ endpoint: "extend", fault: "fail:internal", nth: 1 }],
  },
  "that buying stops after three silences is told, and the film goes without what is not bought any more": {
    ...CALM,
    seed: 14_043,
    batches: [
      {
        shots: (["4k", "4k", "720p", "720p", "1080p", "1080p", "720p"] as const).map((resolution) => ({
          ...PLAIN,
          resolution,
        })),
        onMissing: "skip",
      },
    ],
    faults: [
      { endpoint: "record-info", fault: "reset-before", probability: 0.05 },
      { endpoint: "generate", fault: "reset-before", probability: 0.2 },
    ],
  },
  "one no to an upgrade that is paid does not give it up": {
    ...CALM,
    batches: [{ shots: [{ ...PLAIN, resolution: "4k" }] }],
    faults: [{ endpoint: "get-4k-video", fault: "code-451", nth: 3 }],
  },
};

test.each(Object.entries(FOUND))("%s", async (_, schedule) => {
  expect(judge(await play(schedule))).toEqual([]);
});

test("an extension that has no file but the film it is stitched onto is lost, by name, and never upgraded", async () => {
  const history = await play({
    ...CALM,
    batches: [{ shots: [PLAIN, { ...PLAIN, start: "extends", resolution: "1080p" }] }],
    faults: [{ endpoint: "extend", fault: "empty", nth: 1 }],
  });
  expect(judge(history)).toEqual([]);
  const [, extension] = [...history.troubled.jobs.values()];
  const lost = history.troubled.events.flat().flatMap(({ event }) => (event.event === "lost" ? [event] : []));
  expect(lost.map(({ shot, problem }) => [shot, problem.rule])).toEqual([["s1", "made-without-file"]]);
  expect(lost[0]?.problem.message).toMatch(
    new RegExp(`made as task ${extension?.taskId}, .* credits may be spent.* stitched onto: http\\S+_full\\.mp4$`),
  );
  expect(lost[0]?.problem.fix).toContain(`of task ${extension?.taskId}`);
});

test("a dozen shots may wait at a time, and Node does not take them for a leak", async ({ onTestFinished }) => {
  const warnings: string[] = [];
  const hear = (warning: Error) => warnings.push(warning.message);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  await play({ ...CALM, batches: [{ shots: Array.from({ length: 12 }, () => PLAIN) }] });
  expect(warnings).toEqual([]);
});
