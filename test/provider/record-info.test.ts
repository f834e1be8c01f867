import { afterAll, beforeAll, expect, test } from "vitest";
import type { RecordOutcome } from "../../src/provider/outcome.ts";
import type { TaskId } from "../../src/shot/id.ts";
import { KEY, openScriptedVendor, openVendor, type Told } from "./vendor-server.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a" as TaskId;
const FILE = `https://tempfile.aiquickdraw.com/v/${TASK}_1776728273.mp4`;

const closing: (() => Promise<void>)[] = [];
let vendor: Awaited<ReturnType<typeof openScriptedVendor>>;
beforeAll(async () => {
  vendor = await openScriptedVendor((close) => closing.push(close));
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function looked(told: Told): Promise<RecordOutcome> {
  vendor.tell(told);
  return vendor.provider.recordInfo(TASK);
}
const ok = (data: unknown) => ({ body: { code: 200, msg: "success", data } });
const outer = (code: number, msg: string, data: unknown = null) => ({ body: { code, msg, data } });

/** As recorded on 2026-04-20, `veo3_fast`, from text. */
const RECORDED = {
  taskId: TASK,
  paramJson:
    '{"aspectRatio":"16:9","enableFallback":false,"prompt":"cat","model":"veo3_fast","callBackUrl":"https://me.example/t"}',
  response: {
    taskId: TASK,
    resolution: "720p",
    originUrls: null,
    resultUrls: [FILE],
    fullResultUrls: null,
    hasAudioList: [true],
    seeds: [61_668],
  },
  successFlag: 1,
  fallbackFlag: false,
  completeTime: 1_776_728_275_000,
  createTime: 1_776_728_214_000,
  errorCode: null,
  errorMessage: null,
};

test("a finished record as it was recorded gives all that it says", async () => {
  expect(await looked(ok(RECORDED))).toEqual({
    outcome: "made",
    result: {
      urls: [FILE],
      fullUrls: [],
      originUrls: [],
      resolution: "720p",
      hasAudio: true,
      seed: 61_668,
      fallback: false,
      creditsConsumed: undefined,
      completedAt: 1_776_728_275_000,
    },
    createdAt: 1_776_728_214_000,
    echo: { prompt: "cat", model: "veo3_fast", aspectRatio: "16:9", callBackUrl: "https://me.example/t" },
  });
  expect(vendor.seen.at(-1)).toMatchObject({
    method: "GET",
    path: "/api/v1/veo/record-info",
    query: { taskId: TASK },
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
  });
});

test("a finished record as it is documented is read too, its times as UTC+8", async () => {
  const documented = {
    taskId: "veo_task_abcdef123456",
    paramJson: '{"prompt":"A futuristic city with flying cars at sunset.","waterMark":"KieAI"}',
    completeTime: "2025-06-06 10:30:00",
    response: {
      taskId: "veo_task_abcdef123456",
      resultUrls: ["http://example.com/video1.mp4"],
      originUrls: ["http://example.com/original_video1.mp4"],
      resolution: "1080p",
    },
    successFlag: 1,
    errorCode: null,
    errorMessage: "",
    createTime: "2024-03-20T10:25:00Z",
    fallbackFlag: false,
  };
  expect(await looked(ok(documented))).toMatchObject({
    outcome: "made",
    result: {
      urls: ["http://example.com/video1.mp4"],
      originUrls: ["http://example.com/original_video1.mp4"],
      hasAudio: undefined,
      completedAt: Date.UTC(2025, 5, 6, 2, 30),
    },
    createdAt: Date.UTC(2024, 2, 20, 10, 25),
  });
});

test.each<[string, object, readonly string[]]>([
  ["a list as JSON text", { response: { resultUrls: `["${FILE}"]` } }, [FILE]],
  ["a list without quotes", { response: { resultUrls: `[${FILE}]` } }, [FILE]],
  ["one address", { response: { resultUrls: FILE } }, [FILE]],
  ["the response as JSON text", { response: JSON.stringify({ resultUrls: [FILE] }) }, [FILE]],
  ["the old place", { response: null, resultUrls: `["${FILE}"]` }, [FILE]],
  ["an echo that does not parse", { paramJson: "{\\", response: { resultUrls: [FILE] } }, [FILE]],
  ["an echo as an object", { paramJson: { prompt: 1 }, response: { resultUrls: [FILE, FILE] } }, [FILE]],
])("a finished record is found in %s", async (_name, fields, urls) => {
  expect(await looked(ok({ successFlag: "1", ...fields }))).toMatchObject({ outcome: "made", result: { urls } });
});

test("an extension gives the new part and the whole", async () => {
  const response = { resultUrls: [FILE], fullResultUrls: ["https://x.example/full.mp4"] };
  expect(await looked(ok({ successFlag: 1, response }))).toMatchObject({
    result: { urls: [FILE], fullUrls: ["https://x.example/full.mp4"] },
  });
});

test("a take of the fallback model, silent clips and the price are told", async () => {
  const fields = { fallbackFlag: true, creditsConsumed: "60", response: { resultUrls: [FILE], hasAudioList: [false] } };
  expect(await looked(ok({ successFlag: 1, ...fields }))).toMatchObject({
    result: { fallback: true, hasAudio: false, creditsConsumed: 60 },
  });
});

test.each([0, "0"])("a record with successFlag %j is pending, with its echo", async (successFlag) => {
  const told = { taskId: TASK, paramJson: '{"prompt":"cat"}', response: null, successFlag, completeTime: null };
  expect(await looked(ok(told))).toEqual({
    outcome: "pending",
    echo: { prompt: "cat", model: undefined, aspectRatio: undefined, callBackUrl: undefined },
  });
});

test.each<[string, Told, { code: number | undefined; transient: boolean; message?: string }]>([
  [
    "no audio",
    ok({
      successFlag: 3,
      errorCode: 400,
      errorMessage: "The Google model was unable to generate audio for this request.",
    }),
    { code: 400, transient: true },
  ],
  [
    "policy",
    ok({
      successFlag: 2,
      errorCode: "400",
      errorMessage: "Your prompt was flagged by Website as violating content policies.",
    }),
    { code: 400, transient: false },
  ],
  [
    "people",
    ok({ successFlag: 3, errorCode: 500, errorMessage: "public error prominent people upload" }),
    { code: 500, transient: false },
  ],
  [
    "internal error",
    ok({ successFlag: 3, errorCode: 500, errorMessage: "Internal Error, Please try again later." }),
    { code: 500, transient: true },
  ],
  [
    "timeout",
    ok({ successFlag: 3, errorCode: 500, errorMessage: "Internal Error - Timeout" }),
    { code: 500, transient: true },
  ],
  ["generation failed", ok({ successFlag: 3, errorCode: 501 }), { code: 501, transient: false }],
  [
    "a failure without a reason",
    ok({ successFlag: 2, errorCode: null, errorMessage: "" }),
    { code: undefined, transient: false, message: "the vendor gave no reason" },
  ],
  [
    "a new flag with a reason",
    ok({ successFlag: 4, errorCode: 501, errorMessage: "Failed" }),
    { code: 501, transient: false },
  ],
  ["outer 400", outer(400, "Only English prompts are supported at this time."), { code: 400, transient: false }],
  ["outer 400, audio", outer(400, "unable to generate audio"), { code: 400, transient: true }],
  ["outer 451", outer(451, "Failed to fetch the image."), { code: 451, transient: false }],
  ["outer 408", outer(408, ""), { code: 408, transient: true }],
  ["outer 501", outer(501, "Failed"), { code: 501, transient: false }],
])("a failure is found inside and outside: %s", async (_name, told, expected) => {
  const outcome = await looked(told);
  expect(outcome).toMatchObject({ outcome: "failed", ...expected });
  expect(outcome).not.toMatchObject({ message: "success" });
});

test.each<[string, Told]>([
  ["422 record is null", outer(422, "record is null")],
  ["422 recordInfo is null", outer(422, "recordInfo is null")],
  ["422 does not exist", outer(422, "Record does not exist")],
  ["404 not found", outer(404, "Task not found")],
  ["200 with null", ok(null)],
  ["200 without data", { body: { code: 200, msg: "success" } }],
])("a record that is not visible is said to be so: %s", async (_name, told) => {
  expect(await looked(told)).toMatchObject({ outcome: "invisible", message: expect.stringMatching(/\S/) });
});

test("a record older than the vendor keeps is expired", async () => {
  expect(await looked(outer(422, "Temporarily supports records within 14 days."))).toEqual({
    outcome: "expired",
    message: "Temporarily supports records within 14 days.",
  });
});

test("an extension of which only the stitched film is there is empty, and says where that lies", async () => {
  const response = { resultUrls: null, fullResultUrls: [FILE] };
  expect(await looked(ok({ successFlag: 1, response }))).toMatchObject({ outcome: "empty", wholeUrls: [FILE] });
});

test.each<[string, object]>([
  ["no list", { response: { resultUrls: null } }],
  ["an empty list", { response: { resultUrls: "[]" } }],
  ["no response", {}],
  ["no web address", { response: { resultUrls: ["file:///etc/passwd", "ftp://x/y"] } }],
])("finished without a usable address is empty: %s", async (_name, fields) => {
  expect(await looked(ok({ successFlag: 1, ...fields }))).toMatchObject({ outcome: "empty" });
});

test.each<[string, Told]>([
  ["an unknown flag", ok({ successFlag: 7 })],
  ["no flag", ok({ taskId: TASK })],
  ["a flag of another type", ok({ successFlag: { a: KEY } })],
  ["500", outer(500, "Timeout")],
  ["422 for upgrades", outer(422, "record status is not success")],
  ["an unknown code", outer(777, "hm")],
  ["a gateway's page", { status: 502, body: "<html>502</html>" }],
  ["a bare 404 page", { status: 404, body: "<html>nothing here</html>" }],
  ["a bare 400 page", { status: 400, body: "Bad Request" }],
  ["cut JSON", { body: '{"code":200,"da' }],
  ["nothing", { body: "" }],
])("what says nothing of the task is unclear: %s", async (_name, told) => {
  const outcome = await looked(told);
  expect(outcome).toMatchObject({ outcome: "unclear", message: expect.stringMatching(/\S/) });
  expect(JSON.stringify(outcome)).not.toContain(KEY);
});

test.each<[Told, object]>([
  [outer(401, "You do not have access permissions"), { cause: "key" }],
  [outer(429, "Rate limit exceeded"), { cause: "rate" }],
  [
    { status: 429, body: "slow down", headers: { "retry-after": "3" } },
    { cause: "rate", retryAfterMs: 3000 },
  ],
  [outer(455, "maintenance"), { cause: "maintenance" }],
])("a look can be put off too", async (told, expected) => {
  expect(await looked(told)).toMatchObject({ outcome: "deferred", ...expected });
});

test("a broken connection leaves a look unclear", async ({ onTestFinished }) => {
  const breaking = await openVendor(onTestFinished, () => (response) => void response.destroy());
  expect(await breaking.provider.recordInfo(TASK)).toMatchObject({ outcome: "unclear", retryAfterMs: undefined });
});

test("an id with odd characters is encoded in the address", async () => {
  vendor.tell(ok(null));
  await vendor.provider.recordInfo("a&b=c d" as TaskId);
  expect(vendor.seen.at(-1)?.query).toEqual({ taskId: "a&b=c d" });
});
