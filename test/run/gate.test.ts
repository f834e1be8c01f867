import { expect, test } from "vitest";
import type { Intent } from "../../src/ledger/event.ts";
import { isStillDue } from "../../src/plan/next-steps.ts";
import { attemptsOf } from "../../src/plan/retry.ts";
import type { RunContext } from "../../src/run/context.ts";
import { openGate } from "../../src/run/gate.ts";
import { openRecorder } from "../../src/run/recorder.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { manifest, shot, view } from "../plan/batch.ts";

test("of takes that overtake each other on the way to the gate no more are bought than were asked for", async () => {
  const a = shot("a", { takes: 3 });
  const { request, requestHash } = attemptsOf(a, undefined).first;
  const granted: Intent[] = [];
  // The gate looks at nothing else of a run.
  const context = {
    world: { clock: openClock(1000), files: { freeBytes: async () => 1 } },
    manifest: manifest([a]),
    caps: { run: undefined, day: undefined },
    batchFolder: "/output/film",
    run: "a run",
    drain: new AbortController().signal,
    watch: () => {},
    ledger: {
      reserve: async (_: unknown, event: Intent) => {
        granted.push(event);
        return { outcome: "granted", recorded: { seq: granted.length, at: 0, event } };
      },
    },
  } as unknown as RunContext;
  const recorder = openRecorder(context, view(context.manifest));
  const gate = openGate(context, {
    isShut: () => false,
    isDue: (intent) => isStillDue(intent, recorder.view()),
    bytesBefore: () => 0,
    accept: recorder.accept,
  });

  // The second one is there first: from then on the plan gives the two that are left the numbers 3 and 4.
  const order = [2, 1, 3, 4];
  const intent = (take: number): Intent => {
    return { event: "submitting", shot: a.id, take, token: `${take}`, request, requestHash, credits: 60 };
  };
  const leaves = await Promise.all(order.map((take) => gate.pass(intent(take), 0)));
  expect(leaves.map(({ outcome }) => outcome)).toEqual(["granted", "drained", "granted", "granted"]);
  expect(granted).toHaveLength(a.takes);
});
