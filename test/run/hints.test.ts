import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { openCallbackExchange } from "../../src/run/callbacks.ts";
import type { RunContext } from "../../src/run/context.ts";
import { openHints } from "../../src/run/hints.ts";
import type { News } from "../../src/run/news.ts";
import { openRecorder } from "../../src/run/recorder.ts";
import type { TaskId } from "../../src/shot/id.ts";
import type { Clock } from "../../src/world/clock.ts";
import { bought, ended, intent, manifest, NOW, problem, recorded, shot, viewOf } from "../report/builders.ts";

const MINUTE = 60_000;
const A = shot("a");
/** Of all intents that the builders make. */
const TOKEN = "c0ffee";
const task = (name: string) => name as TaskId;

/** A clock that jumps to the end of the shortest sleep when a test says so. */
function virtualClock(start = NOW) {
  let now = start;
  const sleepers: { until: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    ticks: () => now,
    lasting: (ms) => ms,
    elapsed: (since) => now - since,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal.reason);
        });
      }),
  };
  const pass = async () => {
    const [next] = sleepers.toSorted((a, b) => a.until - b.until);
    if (!next) throw new Error("nobody sleeps");
    sleepers.splice(sleepers.indexOf(next), 1);
    now = Math.max(now, next.until);
    next.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, pass, sleepers: () => sleepers.length };
}

function openRun(events: readonly LedgerEvent[], start?: number) {
  const { clock, pass, sleepers } = virtualClock(start);
  const news: News[] = [];
  const drain = new AbortController();
  const exchange = openCallbackExchange("https://x.example/");
  const batch = manifest([A]);
  // Hints look at nothing else of a run.
  const context = {
    world: { clock },
    manifest: batch,
    callbacks: exchange,
    watch: (each: News) => news.push(each),
    drain: drain.signal,
  } as unknown as RunContext;
  const recorder = openRecorder(context, viewOf(batch, events));
  const hints = openHints(context, recorder);
  const call = (name = "task") => exchange.offer({ token: TOKEN, task: task(name), says: "finished" });
  const accept = (event: LedgerEvent) => recorder.accept(recorded(event));
  return { clock, pass, sleepers, news, drain, exchange, hints, call, accept };
}

test("a callback ends the wait for the next look, but never before the shortest gap is over", async () => {
  const { clock, pass, hints, call } = openRun(bought(A));
  const look = hints.untilLook(TOKEN, 10 * MINUTE, 10_000);
  for (let times = 0; times < 50; times++) expect(call()).toBe(true);
  await pass();
  expect(await look).toBe(true);
  expect(clock.now() - NOW).toBe(10_000);

  const next = hints.untilLook(TOKEN, 10 * MINUTE, 10_000);
  await pass();
  call();
  expect(await next).toBe(true);
  expect(clock.now() - NOW).toBe(20_000);

  const last = hints.untilLook(TOKEN, 10 * MINUTE, 10_000);
  await pass();
  await pass();
  expect(await last).toBe(true);
  expect(clock.now() - NOW).toBe(20_000 + 10 * MINUTE);
});

test("looks keep their pace until a callback that is known has come, and a take that was called about keeps it", () => {
  const { hints, call, exchange } = openRun(bought(A));
  expect(hints.paced("other", 3_000)).toBe(3_000);
  expect(exchange.offer({ token: "unknown", task: task("t"), says: "finished" })).toBe(false);
  expect(hints.paced("other", 3_000)).toBe(3_000);
  call();
  expect(hints.paced("other", 3_000)).toBe(MINUTE);
  expect(hints.paced("other", 2 * MINUTE)).toBe(2 * MINUTE);
  expect(hints.paced(TOKEN, 3_000)).toBe(3_000);
});

test("what is called about a purchase in the air waits for its own answer, and is looked into if none comes", () => {
  const { hints, call, accept } = openRun([intent(A)]);
  expect(call("t1")).toBe(true);
  expect(hints.nextClaim()).toBeUndefined();
  accept(ended(A, "unconfirmed", problem("unconfirmed", "no answer")));
  expect(hints.nextClaim()).toMatchObject({ task: "t1", take: { shot: "a", number: 1 } });
  expect(hints.nextClaim()).toBeUndefined();
});

test("each task that is named for a purchase is looked into once, and of many only the first eight", () => {
  const { hints, call } = openRun([intent(A), ended(A, "unconfirmed", problem("unconfirmed", "no answer"))]);
  for (let times = 0; times < 100; times++) call(`t${times % 20}`);
  const given = Array.from({ length: 20 }, () => hints.nextClaim()?.task);
  expect(given).toEqual([...Array.from({ length: 8 }, (_, index) => `t${index}`), ...Array(12).fill(undefined)]);
});

test("a purchase without an answer is waited for until it is ten minutes old, and not a second time", async () => {
  const events = [intent(A), ended(A, "unconfirmed", problem("unconfirmed", "no answer"))];
  const { clock, pass, news, hints } = openRun(events);
  const wait = hints.untilAnswer();
  await pass();
  expect(await wait).toBe(true);
  expect(clock.now() - NOW).toBe(10 * MINUTE);
  expect(await hints.untilAnswer()).toBe(false);
  expect(news).toEqual([{ news: "awaiting-callbacks", takes: 1, forMs: 10 * MINUTE }]);
});

test("news ends that wait, and a person does", async () => {
  const events = [intent(A), ended(A, "unconfirmed", problem("unconfirmed", "no answer"))];
  const { clock, hints, call, drain, sleepers } = openRun(events);
  const wait = hints.untilAnswer();
  call();
  expect(await wait).toBe(true);
  const again = hints.untilAnswer();
  drain.abort();
  expect(await again).toBe(false);
  expect(clock.now()).toBe(NOW);
  expect(sleepers()).toBe(0);
});

test("a run that is not called back waits for nobody", async () => {
  const { hints } = openRun(bought(A));
  expect(await hints.untilAnswer()).toBe(false);
  hints.close();
});

test("many takes wait at once without a warning, and a person ends all waits", async ({ onTestFinished }) => {
  const warnings: string[] = [];
  const hear = ({ name }: Error) => warnings.push(name);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const { hints, drain, sleepers } = openRun(bought(A));
  const waits = Array.from({ length: 60 }, (_, index) => hints.untilLook(`t${index}`, MINUTE, 10_000));
  expect(sleepers()).toBe(60);
  drain.abort();
  expect(new Set(await Promise.all(waits))).toEqual(new Set([false]));
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
