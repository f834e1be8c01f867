import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskId } from "../../src/shot/id.ts";
import { KEY, openScriptedVendor } from "./vendor-server.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a" as TaskId;
const PNG = { bytes: Buffer.from("PNG!"), mediaType: "image/png", name: "a.png" } as const;

const closing: (() => Promise<void>)[] = [];
let vendor: Awaited<ReturnType<typeof openScriptedVendor>>;
beforeAll(async () => {
  vendor = await openScriptedVendor((close) => closing.push(close));
});
afterAll(async () => {
  for (const close of closing) await close();
});

const words = fc.oneof(fc.string(), fc.constantFrom(KEY, `Invalid key ${KEY}`, "record is null", "4k is processing"));
const value = fc.oneof(words, fc.integer(), fc.constant(null), fc.boolean(), fc.jsonValue(), fc.array(fc.webUrl()));
const fields = [
  ...["taskId", "resultUrl", "resultUrls", "info", "response", "paramJson", "successFlag", "errorCode", "errorMessage"],
  ...["createTime", "completeTime", "fallbackFlag", "downloadUrl", "creditsConsumed"],
];
const data = fc.oneof(value, fc.dictionary(fc.constantFrom(...fields), value));
const flag = fc.constantFrom(0, 1, 2, 3, 4, "1", null);
const record = fc.tuple(data, flag).map(([some, successFlag]) => ({ ...(some as object), successFlag }));
const code = fc.oneof(fc.constantFrom(200, 400, 401, 404, 422, 429, 451, 455, 500, 501, 505), value);
const body = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({ code, msg: value, data: fc.oneof(data, record) }, { requiredKeys: [] })
    .map((each) => JSON.stringify(each)),
);

test("every call gives an outcome with safe words, whatever the answer is", async () => {
  const status = fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503, 524);
  await fc.assert(
    fc.asyncProperty(status, body, async (httpStatus, text) => {
      vendor.tell({ status: httpStatus, body: text });
      const { provider } = vendor;
      const outcomes = [
        await provider.recordInfo(TASK),
        await provider.get1080p(TASK, 0),
        await provider.get4k(TASK, 0),
        await provider.credit(),
        await provider.downloadUrl("https://x.example/a.mp4"),
        await provider.uploadBase64(PNG),
      ];
      for (const outcome of outcomes) {
        if (outcome.outcome === "upgraded") expect(outcome.urls.length).toBeGreaterThan(0);
        if (outcome.outcome === "made") expect(outcome.result.urls.length).toBeGreaterThan(0);
        if (!("message" in outcome)) continue;
        expect(outcome.message).toMatch(/\S/);
        expect(outcome.message).not.toContain(KEY);
        expect(outcome.message).not.toMatch(/\p{Cc}/u);
        expect(outcome.message.length).toBeLessThan(700);
      }
    }),
    { numRuns: 150 },
  );
});
