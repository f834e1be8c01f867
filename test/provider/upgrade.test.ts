import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskId } from "../../src/shot/id.ts";
import { openScriptedVendor, type Told } from "./vendor-server.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a" as TaskId;
const FILE = "https://tempfile.aiquickdraw.com/p/42f4f8facbb040c0ade87c27cb2d5e58_1749711595.mp4";

const closing: (() => Promise<void>)[] = [];
let vendor: Awaited<ReturnType<typeof openScriptedVendor>>;
beforeAll(async () => {
  vendor = await openScriptedVendor((close) => closing.push(close));
});
afterAll(async () => {
  for (const close of closing) await close();
});

const told = (code: number, msg: string, data: unknown = null): Told => ({ body: { code, msg, data } });
const nothingYet = { taskId: TASK, resultUrls: null, imageUrls: null };

test("1080p is asked for by GET with the index as digits, 4K by POST", async () => {
  vendor.tell(told(200, "success", { resultUrl: FILE }));
  expect(await vendor.provider.get1080p(TASK, 0)).toEqual({ outcome: "upgraded", urls: [FILE] });
  expect(vendor.seen.at(-1)).toMatchObject({
    method: "GET",
    path: "/api/v1/veo/get-1080p-video",
    query: { taskId: TASK, index: "0" },
    headers: { connection: "close" },
  });
  vendor.tell(told(200, "success", { ...nothingYet, resultUrls: [FILE] }));
  expect(await vendor.provider.get4k(TASK, 1)).toEqual({ outcome: "upgraded", urls: [FILE] });
  expect(vendor.seen.at(-1)).toMatchObject({ method: "POST", path: "/api/v1/veo/get-4k-video" });
  expect(JSON.parse(vendor.seen.at(-1)?.body ?? "")).toEqual({ taskId: TASK, index: 1 });
});

test.each<[string, Told]>([
  [
    "4K with code 422",
    told(422, "The video has been generated successfully", {
      taskId: "veo_task_example123",
      resultUrls: [FILE],
      imageUrls: ["https://tempfile.aiquickdraw.com/v/example_task_1234567890.jpg"],
    }),
  ],
  ["a list as text", told(200, "success", { resultUrls: `["${FILE}"]` })],
  ["inside info", told(200, "success", { info: { resultUrls: [FILE] } })],
  ["in snake case", told(200, "success", { result_urls: [FILE] })],
  ["a list for 1080p", told(200, "success", { resultUrl: null, resultUrls: [FILE] })],
  ["the address alone", told(200, "success", FILE)],
])("an upgrade is there when its address is: %s", async (_name, answer) => {
  vendor.tell(answer);
  expect(await vendor.provider.get4k(TASK, 0)).toEqual({ outcome: "upgraded", urls: [FILE] });
});

test.each<[string, Told]>([
  ["1080p by 400", told(400, "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.")],
  ["1080p by 422", told(422, "1080P is processing. Please check back shortly.")],
  ["1080p by 500", told(500, "Server exception")],
  ["1080p by HTTP 400", { ...told(400, "1080P is processing."), status: 400 }],
  ["200 with null", told(200, "success")],
  ["4K first call", told(200, "success", nothingYet)],
  [
    "4K again",
    told(422, "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.", nothingYet),
  ],
  ["pictures are no videos", told(200, "success", { ...nothingYet, imageUrls: ["https://x.example/a.jpg"] })],
])("an upgrade in the works is pending: %s", async (_name, answer) => {
  vendor.tell(answer);
  expect(await vendor.provider.get1080p(TASK, 0)).toMatchObject({ outcome: "pending", task: undefined });
});

test("another task's id beside a pending upgrade is kept", async () => {
  vendor.tell(told(200, "success", { ...nothingYet, taskId: "other" }));
  expect(await vendor.provider.get4k(TASK, 0)).toMatchObject({ outcome: "pending", task: "other" });
});

test.each<[string, Told, object]>([
  ["too old", told(422, "Temporarily supports records within 14 days."), { outcome: "refused", cause: "expired" }],
  ["unknown", told(422, "record is null"), { outcome: "refused", cause: "not-found" }],
  ["unknown by 404", told(404, "Not Found"), { outcome: "refused", cause: "not-found" }],
  [
    "not possible",
    told(500, "The 4K version of this video is unavailable. Please try a different video."),
    { outcome: "refused", cause: "unavailable" },
  ],
  ["other 422", told(422, "index out of range"), { outcome: "refused", cause: "validation" }],
  ["policy", told(400, "flagged by Website"), { outcome: "refused", cause: "content" }],
  ["image", told(451, "Failed to fetch the image."), { outcome: "refused", cause: "image" }],
  ["failed", told(501, "Failed"), { outcome: "refused", cause: "unavailable" }],
  ["unfinished", told(422, "record status is not success"), { outcome: "unfinished" }],
  ["no data yet", told(422, "record result data is blank"), { outcome: "empty" }],
  ["credits", told(402, "Credits insufficient"), { outcome: "deferred", cause: "credits" }],
  ["rate", told(429, "Rate limit exceeded"), { outcome: "deferred", cause: "rate" }],
  ["maintenance", told(455, "Please check back shortly"), { outcome: "deferred", cause: "maintenance" }],
  ["key", told(401, "You do not have access permissions"), { outcome: "deferred", cause: "key" }],
  ["gateway", { status: 504, body: "<html>" }, { outcome: "unclear" }],
  ["unknown code", told(777, "hm"), { outcome: "unclear" }],
])("an upgrade that will not come by waiting says why: %s", async (_name, answer, expected) => {
  vendor.tell(answer);
  expect(await vendor.provider.get4k(TASK, 0)).toMatchObject(expected);
});
