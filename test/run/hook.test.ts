import { expect, test } from "vitest";
import type { Hook } from "../../src/manifest/manifest.ts";
import { type HookFacts, hookAfter, runHook } from "../../src/run/hook.ts";
import type { BatchName } from "../../src/shot/id.ts";
import { HttpError, type HttpRequest } from "../../src/world/http.ts";
import { manifest } from "../report/builders.ts";

const place = { file: "film.yaml", line: 1, column: 1 };
const onDone: Hook = { when: "done", place, does: "command", program: "done", args: [] };
const onFailed: Hook = { when: "failed", place, does: "command", program: "failed", args: [] };

test.each([
  [0, "complete", "done"],
  [0, "partial", undefined], // --only: what was asked for is made, the batch is not
  [1, "partial", "failed"],
  [2, "refused", "failed"],
  [3, "stopped", "failed"],
  [4, "partial", "failed"],
  [5, "refused", "failed"],
  [6, "stopped", "failed"],
  [70, "stopped", "failed"],
  [75, "refused", undefined], // the run that has the batch will tell
  [130, "stopped", undefined],
  [143, "stopped", undefined],
] as const)("after exit code %i and a batch that is %s, who is told: %s", (exitCode, state, told) => {
  expect(hookAfter({ onDone, onFailed }, { exitCode, state })?.when).toBe(told);
});

const facts: HookFacts = {
  ...{ name: "film" as BatchName, state: "complete", exitCode: 0, spent: 0, summary: undefined, films: [] },
  ...{ document: "{}", run: "run-1", isSimulated: false },
};

/** What a webhook comes to, and all that was sent. */
async function call(url: string, allowLoopback: boolean, code?: string) {
  const sent: HttpRequest[] = [];
  const hook: Hook = { when: "done", place, does: "webhook", url };
  const fail = () => {
    throw new Error("not to be used");
  };
  const terms = { manifest: manifest([]), facts, allowLoopback, leave: new AbortController().signal };
  const { problem } = await runHook(hook, terms, {
    processes: { run: fail },
    http: {
      send: fail,
      close: fail,
      async open(request) {
        sent.push(request);
        if (code !== undefined) throw new HttpError("POST https://hooks.example/T0/secret: no", code, true);
        return { status: 200, headers: {}, body: (async function* () {})(), async close() {} };
      },
    },
    clock: { now: () => 0, ticks: () => 0, elapsed: () => 0, lasting: (ms) => ms, sleep: async () => undefined },
    chance: { number: () => 0, token: () => "token" },
  });
  return { problem, sent };
}

test.each([
  "http://127.0.0.1:9/",
  "http://localhost/",
  "https://10.0.0.1/",
  "https://[::1]/",
  "https://metadata.internal/",
  "https://2130706433/",
])("beside the real vendor no webhook leads into our own network: %s", async (url) => {
  const { problem, sent } = await call(url, false);
  expect(problem?.message).toMatch(/^the webhook of on_done was not called: /);
  expect(sent).toEqual([]);
});

test("a public webhook is called at public addresses only, whatever its name leads to", async () => {
  const { problem, sent } = await call("https://hooks.example/T0/secret?x=1", false);
  expect(problem).toBeUndefined();
  expect(sent).toMatchObject([{ method: "POST", publicOnly: true, body: "{}" }]);
});

test("an error shows no path of a webhook, as that is often the permission itself", async () => {
  const { problem, sent } = await call("https://hooks.example/T0/secret", false, "ECONNREFUSED");
  expect(sent).toHaveLength(3);
  expect(problem?.message).toBe(
    "the webhook of on_done could not be reached at https://hooks.example: ECONNREFUSED, 3 times",
  );
});
