import fc from "fast-check";
import { expect, test } from "vitest";
import { readCallback } from "../../src/provider/callback.ts";
import { judgeSignature, rememberSignature, SIGNATURE_WINDOW_MS } from "../../src/provider/callback-signature.ts";
import type { TaskId } from "../../src/shot/id.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a" as TaskId;
const OTHER = "0123456789abcdef0123456789abcdef" as TaskId;
const URLS = ["https://tempfile.aiquickdraw.com/v/x_1.mp4"];
const finished = (data: unknown) => ({ code: 200, msg: "Veo3.1 video generated successfully.", data });

const SHAPES: readonly (readonly [string, unknown, ReturnType<typeof readCallback>])[] = [
  [
    "a take, as the callbacks page shows it",
    finished({
      taskId: TASK,
      promptJson: '{"prompt":"cat"}',
      info: { resultUrls: URLS, originUrls: URLS, resolution: "1080p" },
      fallbackFlag: false,
    }),
    { tasks: [TASK], says: "finished" },
  ],
  [
    "a take whose addresses are JSON text",
    finished({ taskId: TASK, info: { resultUrls: JSON.stringify(URLS) } }),
    { tasks: [TASK], says: "finished" },
  ],
  [
    "a take whose addresses stand in brackets",
    finished({ taskId: TASK, promptJson: { prompt: "cat" }, info: { resultUrls: `[${URLS}]` }, creditsConsumed: 60 }),
    { tasks: [TASK], says: "finished" },
  ],
  [
    "one by the fallback model, without a prompt",
    finished({ taskId: TASK, info: { resultUrls: URLS }, fallbackFlag: true }),
    { tasks: [TASK], says: "finished" },
  ],
  ...[400, 422, 500, 501].map(
    (code) =>
      [
        `a failure under ${code}`,
        { code, msg: "Your prompt was flagged by Website as violating content policies.", data: { taskId: TASK } },
        { tasks: [TASK], says: "failed" },
      ] as const,
  ),
  [
    "4K, as the callbacks page shows it",
    { code: 200, msg: "4K", data: { taskId: TASK, info: { resultUrls: URLS, imageUrls: URLS } } },
    { tasks: [TASK], says: "finished" },
  ],
  [
    "4K in the older spelling",
    { code: 200, msg: "4K", data: { task_id: TASK, result_urls: URLS, media_ids: ["m"], image_urls: URLS } },
    { tasks: [TASK], says: "finished" },
  ],
  ["an id at the top, as signatures are explained", { taskId: TASK, code: 200 }, { tasks: [TASK], says: "finished" }],
  ["an id at the top in the other spelling", { task_id: TASK }, { tasks: [TASK], says: "something" }],
  [
    "several ids: the likeliest comes first, each once",
    { code: "200", taskId: OTHER, task_id: TASK, data: { task_id: TASK } },
    { tasks: [TASK, OTHER], says: "finished" },
  ],
  ["data as JSON text", { code: 200, data: JSON.stringify({ taskId: TASK }) }, { tasks: [TASK], says: "finished" }],
  ["an id that no id can be", { code: 200, data: { taskId: "a b\u0000\u202e" } }, undefined],
  ["an id without end", { code: 200, data: { taskId: "a".repeat(201) } }, undefined],
  ["an id of another type", { code: 200, data: { taskId: { $ne: 1 } } }, undefined],
  ["no id", { code: 200, data: null }, undefined],
  ["no object", [TASK], undefined],
  ["nothing", null, undefined],
];

for (const [name, body, expected] of SHAPES) {
  test(`a callback is read: ${name}`, () => {
    expect(readCallback(JSON.stringify(body))).toEqual(expected);
  });
}

test("any text gives a callback or nothing, and poisons no prototype", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const callback = readCallback(text);
      if (callback) expect(callback.tasks.length).toBeGreaterThan(0);
    }),
  );
  expect(readCallback("[".repeat(200_000))).toBeUndefined();
  expect(readCallback(`{"__proto__":{"taskId":"${TASK}"}}`)).toBeUndefined();
});

const KEY = "sim-webhook-key";
const AT = 1_776_728_275;
const SIGNED = { timestamp: `${AT}`, signature: "WWQJgng+tqrCT3TfXI8yuKAQVYGl8sgk576NrL9/uto=" };
const NOW = AT * 1000;
const good = { verdict: "signed", task: TASK, staleAt: NOW + SIGNATURE_WINDOW_MS };

const SIGNATURES: readonly (readonly [string, Parameters<typeof judgeSignature>, object])[] = [
  ["the vendor's own", [SIGNED, [TASK], KEY, NOW], good],
  ["the id that was signed is the one given back", [SIGNED, [OTHER, TASK], KEY, NOW], good],
  ["as old as may be", [SIGNED, [TASK], KEY, NOW + SIGNATURE_WINDOW_MS], good],
  ["as far ahead as may be", [SIGNED, [TASK], KEY, NOW - SIGNATURE_WINDOW_MS], good],
  ["too old", [SIGNED, [TASK], KEY, NOW + SIGNATURE_WINDOW_MS + 1], { verdict: "stale" }],
  ["too far ahead", [SIGNED, [TASK], KEY, NOW - SIGNATURE_WINDOW_MS - 1], { verdict: "stale" }],
  ["another key", [SIGNED, [TASK], "sim-webhook-kez", NOW], { verdict: "wrong" }],
  ["another task", [SIGNED, [OTHER], KEY, NOW], { verdict: "wrong" }],
  ["no task", [SIGNED, [], KEY, NOW], { verdict: "wrong" }],
  ["another time", [{ ...SIGNED, timestamp: `${AT + 1}` }, [TASK], KEY, NOW], { verdict: "wrong" }],
  ["the same time written otherwise", [{ ...SIGNED, timestamp: `0${AT}` }, [TASK], KEY, NOW], { verdict: "wrong" }],
  ["no time", [{ ...SIGNED, timestamp: undefined }, [TASK], KEY, NOW], { verdict: "missing" }],
  ["no signature", [{ ...SIGNED, signature: undefined }, [TASK], KEY, NOW], { verdict: "missing" }],
  ["an empty signature", [{ ...SIGNED, signature: "" }, [TASK], KEY, NOW], { verdict: "missing" }],
  ["a time that is none", [{ ...SIGNED, timestamp: "NaN" }, [TASK], KEY, NOW], { verdict: "malformed" }],
  ["a date", [{ ...SIGNED, timestamp: "2026-04-20T23:37:55Z" }, [TASK], KEY, NOW], { verdict: "malformed" }],
  ["hex", [{ ...SIGNED, signature: "59".repeat(32) }, [TASK], KEY, NOW], { verdict: "malformed" }],
  ["too short", [{ ...SIGNED, signature: "WWQJ" }, [TASK], KEY, NOW], { verdict: "malformed" }],
  ["a megabyte", [{ ...SIGNED, signature: "W".repeat(1_000_000) }, [TASK], KEY, NOW], { verdict: "malformed" }],
  ["letters of another script", [{ ...SIGNED, signature: "д".repeat(43) }, [TASK], KEY, NOW], { verdict: "malformed" }],
  [
    "the same bytes spelled otherwise",
    [{ ...SIGNED, signature: SIGNED.signature.replace("to=", "tp=") }, [TASK], KEY, NOW],
    { verdict: "wrong" },
  ],
  [
    "a key of another script",
    [{ timestamp: `${AT}`, signature: "gWi0iq1v2oAKNBNLyDxzL6IxhPmJ1cdsTK6n0BoHGx0=" }, [TASK], "ключ-🔑", NOW],
    good,
  ],
];

for (const [name, asked, expected] of SIGNATURES) {
  test(`a signature is judged: ${name}`, () => {
    expect(judgeSignature(...asked)).toEqual(expected);
  });
}

test("a signature is taken once while it is fresh, and forgotten when its age alone refuses it", () => {
  const once = rememberSignature(new Map(), "a", 1_000, 0);
  if (!once) throw new Error("the first was a replay");
  expect(rememberSignature(once, "a", 1_000, 1_000)).toBeUndefined();
  expect([...(rememberSignature(once, "b", 2_000, 1_000)?.keys() ?? [])]).toEqual(["a", "b"]);
  expect([...(rememberSignature(once, "b", 2_000, 1_001)?.keys() ?? [])]).toEqual(["b"]);
});
