import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExtendCall, GenerateCall } from "../../src/provider/provider.ts";
import type { TaskId } from "../../src/shot/id.ts";
import { KEY, openScriptedVendor, openVendor, type Told } from "./vendor-server.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a";
const call: GenerateCall = {
  prompt: "A lighthouse",
  model: "veo3_fast",
  aspectRatio: "16:9",
  translate: false,
  stills: { use: "none", urls: [] },
};
const extension: ExtendCall = { task: TASK as TaskId, prompt: "It goes on", model: "veo3" };

const closing: (() => Promise<void>)[] = [];
let vendor: Awaited<ReturnType<typeof openScriptedVendor>>;
beforeAll(async () => {
  vendor = await openScriptedVendor((close) => closing.push(close));
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function submitted(told: Told) {
  vendor.tell(told);
  return vendor.provider.generate(call);
}
const body = (code: unknown, msg: unknown, data: unknown = null) => ({ body: { code, msg, data } });

describe("what is sent", () => {
  test("a take goes out as flat JSON with both spellings of the ratio and all headers", async () => {
    vendor.tell(body(200, "success", { taskId: TASK }));
    await vendor.provider.generate({ ...call, seed: 12_345, callBackUrl: "https://me.example/cb" });
    const { method, path, headers, body: sent } = vendor.seen.at(-1) ?? {};
    expect([method, path]).toEqual(["POST", "/api/v1/veo/generate"]);
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, "content-type": "application/json" });
    expect(headers?.["user-agent"]).toMatch(/^Mozilla\/5\.0 \(compatible; callsheet\/0\.1; /);
    expect(JSON.parse(sent ?? "")).toEqual({
      prompt: "A lighthouse",
      model: "veo3_fast",
      aspect_ratio: "16:9",
      aspectRatio: "16:9",
      enableTranslation: false,
      generationType: "TEXT_2_VIDEO",
      seeds: 12_345,
      callBackUrl: "https://me.example/cb",
    });
  });

  test.each([
    ["frames", "FIRST_AND_LAST_FRAMES_2_VIDEO"],
    ["references", "REFERENCE_2_VIDEO"],
  ] as const)("stills used as %s say so", async (use, generationType) => {
    const urls = ["https://x.example/a.png", "https://x.example/b.png"];
    await vendor.provider.generate({ ...call, stills: { use, urls } });
    expect(JSON.parse(vendor.seen.at(-1)?.body ?? "")).toMatchObject({ generationType, imageUrls: urls });
  });

  test.each([
    ["veo3", "quality"],
    ["veo3_fast", "fast"],
    ["veo3_lite", "lite"],
  ] as const)("an extension by %s is asked for as %s", async (model, name) => {
    vendor.tell(body(200, "success", { taskId: "new" }));
    const outcome = await vendor.provider.extend({ ...extension, model });
    expect(outcome).toEqual({ outcome: "accepted", task: "new" });
    expect(vendor.seen.at(-1)?.path).toBe("/api/v1/veo/extend");
    expect(JSON.parse(vendor.seen.at(-1)?.body ?? "")).toEqual({ taskId: TASK, prompt: "It goes on", model: name });
  });
});

describe("an accepted take", () => {
  test.each([TASK, "veo_task_abcdef123456", "bf3e7adb-fb6c-4257-bbcd-470787386fb0"])(
    "may have the id %s",
    async (id) => {
      expect(await submitted(body(200, "success", { taskId: id }))).toEqual({ outcome: "accepted", task: id });
    },
  );
  test("may state its code as text", async () => {
    expect(await submitted(body("200", "success", { taskId: TASK }))).toMatchObject({ outcome: "accepted" });
  });
  test("may carry a prototype's name without harm", async () => {
    const told = `{"__proto__":{"code":500},"code":200,"data":{"__proto__":{"polluted":1},"taskId":"${TASK}"}}`;
    expect(await submitted({ body: told })).toMatchObject({ outcome: "accepted" });
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

test.each<[string, Told, object]>([
  ["bad input", body(400, "prompt is empty"), { cause: "content", code: 400 }],
  ["policy", body(400, "Your prompt was flagged by Website as violating content policies."), { cause: "content" }],
  ["ratio", body(422, "Ratio error"), { cause: "validation", code: 422, message: "Ratio error" }],
  ["upstream", body(422, "Your request was rejected by Flow(minors). You may consider"), { cause: "content" }],
  ["no image", body(451, "Failed to fetch the image. Kindly verify any access limits"), { cause: "image" }],
  ["no image as 400", body(400, "Failed to fetch the image."), { cause: "image" }],
  ["unsafe image", body(400, "public error unsafe image upload"), { cause: "image" }],
  ["no original", body(404, "Not Found"), { cause: "not-found" }],
  ["old original", body(422, "Temporarily supports records within 14 days."), { cause: "expired" }],
  ["real status, body code", { status: 500, ...body(422, "Ratio error") }, { cause: "validation", code: 422 }],
  ["real status, no code", { status: 404, body: { message: "no route" } }, { cause: "not-found", message: "no route" }],
])("refused, nothing bought: %s", async (_name, told, expected) => {
  expect(await submitted(told)).toMatchObject({ outcome: "refused", ...expected });
});

test.each<[string, Told, object]>([
  ["key", body(401, "You do not have access permissions"), { cause: "key", code: 401 }],
  ["key, live", body(401, "Unauthorized – Authentication failed"), { cause: "key" }],
  ["key, bare page", { status: 401, body: "<h1>no</h1>" }, { cause: "key", code: 401 }],
  ["credits", body(402, "Credits insufficient : Your current balance isn't enough"), { cause: "credits" }],
  ["rate", body(429, "Rate limit exceeded"), { cause: "rate", code: 429, retryAfterMs: undefined }],
  ["rate, real", { status: 429, ...body(429, "Rate limit exceeded") }, { cause: "rate" }],
  ["rate, bare", { status: 429, body: "", headers: { "retry-after": "7" } }, { cause: "rate", retryAfterMs: 7000 }],
  ["frequency", body(430, "Your call frequency is too high. Please try again later."), { cause: "rate" }],
  ["429 for credits", body(429, "The current credits are insufficient. Please top up."), { cause: "credits" }],
  ["key's own cap", body(433, "limit"), { cause: "key-cap" }],
  ["maintenance", body(455, ""), { cause: "maintenance", message: "the service is under maintenance" }],
  ["switched off", body(505, "Feature disabled"), { cause: "disabled" }],
])("deferred, nothing bought: %s", async (_name, told, expected) => {
  expect(await submitted(told)).toMatchObject({ outcome: "deferred", ...expected });
});

test.each<[string, Told]>([
  ["server error", body(500, "Server exception")],
  ["failed at once", body(501, "Failed")],
  ["upstream silent", body(408, "timeout")],
  ["unknown code", body(299, "hm")],
  ["forbidden", body(403, "no")],
  ["code 200 without a task", body(200, "success", {})],
  ["code 200 with null", body(200, "success")],
  ["an empty task id", body(200, "success", { taskId: " " })],
  ["a task id that is a number", body(200, "success", { taskId: 5 })],
  ["a task without a code", { body: { data: { taskId: TASK } } }],
  ["a refusal that names a task", body(422, "Ratio error", { taskId: TASK })],
  ["a rate limit that names a task", body(429, "Rate limit", { taskId: TASK })],
  ["HTTP 500 with code 200 and no task", { status: 500, ...body(200, "success") }],
  ["cut JSON", { body: '{"code":200,"data":{"taskId":"4c' }],
  ["a list", { body: [1] }],
  ["nothing", { body: "" }],
  ["a gateway's page", { status: 502, body: "<html><title>Bad gateway</title></html>" }],
  ["Cloudflare's page", { status: 524, body: "error code: 524" }],
  ["a bare 404 page", { status: 404, body: "<h1>Not Found</h1>" }],
  ["a bare 505", { status: 505, body: "HTTP Version Not Supported" }],
  ["an HTTP 505 whose JSON states no code", { status: 505, body: { error: "version" } }],
  ["a redirect", { status: 302, headers: { location: "/elsewhere" }, body: "" }],
  ["very deep JSON", { body: "[".repeat(200_000) }],
])("uncertain, never sent again by itself: %s", async (_name, told) => {
  expect(await submitted(told)).toMatchObject({ outcome: "uncertain", why: expect.stringMatching(/\S/) });
});

test("a doubt names the task that the answer mentioned", async () => {
  expect(await submitted(body(500, "oops", { taskId: TASK }))).toMatchObject({ why: expect.stringContaining(TASK) });
});

test("a connection that breaks after the request is a doubt, one that was never made is put off", async ({
  onTestFinished,
}) => {
  const breaking = await openVendor(onTestFinished, () => (response) => void response.destroy());
  expect(await breaking.provider.generate(call)).toMatchObject({ outcome: "uncertain" });
  expect(breaking.seen).toHaveLength(1);

  const closed: (() => Promise<void>)[] = [];
  const gone = await openVendor(
    (close) => closed.push(close),
    () => ({}),
  );
  for (const close of closed) await close();
  expect(await gone.provider.generate(call)).toMatchObject({ outcome: "deferred", cause: "unreachable" });
});

test("the vendor's words are cut, cleaned and rid of the key", async () => {
  const outcome = await submitted(body(422, `bad\u001b[31m key\u0000 ${KEY} \u202e${"x".repeat(2000)}`));
  const message = outcome.outcome === "refused" ? outcome.message : "";
  expect(message).toMatch(/^bad \[31m key \[key\] x+…$/);
  expect(message).toHaveLength(500);
});

const oddText = fc.oneof(
  fc.string(),
  fc.constantFrom("success", "Rate limit exceeded", "Ratio error", "within 14 days", KEY, `x${KEY}`),
);
const oddCode = fc.oneof(
  fc.constantFrom(200, "200", 400, 401, 402, 404, 408, 422, 429, 430, 433, 451, 455, 500, 501, 505, null, true, 200.5),
  fc.integer(),
  fc.string(),
);
const oddData = fc.oneof(
  fc.jsonValue(),
  fc.record({ taskId: fc.oneof(fc.string(), fc.constant(TASK), fc.jsonValue()) }, { requiredKeys: [] }),
);
const oddBody = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({ code: oddCode, msg: fc.oneof(oddText, fc.jsonValue()), data: oddData }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value)),
);

test("no answer whatever is taken for a purchase, or for none, without proof", async () => {
  const status = fc.constantFrom(200, 201, 202, 301, 400, 401, 402, 403, 404, 422, 429, 455, 500, 502, 503, 520);
  await fc.assert(
    fc.asyncProperty(status, oddBody, async (httpStatus, text) => {
      vendor.tell({ status: httpStatus, body: text });
      for (const outcome of [await vendor.provider.generate(call), await vendor.provider.extend(extension)]) {
        expect(JSON.stringify(outcome)).not.toContain(KEY);
        const told = envelopeOf(text);
        switch (outcome.outcome) {
          case "accepted":
            expect(outcome.task).not.toBe("");
            expect(Number(told?.["code"])).toBe(200);
            break;
          case "refused":
            expect([400, 404, 422, 451]).toContain(outcome.code);
            break;
          case "deferred":
            expect([401, 402, 429, 430, 433, 455, 505]).toContain(outcome.code);
            break;
          case "uncertain":
            expect(outcome.why).not.toBe("");
        }
      }
    }),
    { numRuns: 300 },
  );
});

function envelopeOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
