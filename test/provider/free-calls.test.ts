import { afterAll, beforeAll, expect, test } from "vitest";
import { uploadName, uploadStill } from "../../src/provider/upload.ts";
import type { Sha256 } from "../../src/shot/id.ts";
import { KEY, openScriptedVendor, type Told } from "./vendor-server.ts";

const closing: (() => Promise<void>)[] = [];
let vendor: Awaited<ReturnType<typeof openScriptedVendor>>;
beforeAll(async () => {
  vendor = await openScriptedVendor((close) => closing.push(close));
});
afterAll(async () => {
  for (const close of closing) await close();
});

const ok = (data: unknown): Told => ({ body: { code: 200, msg: "success", data } });
const UPLOADED = {
  success: true,
  code: 200,
  msg: "File uploaded successfully",
  data: {
    success: true,
    fileName: "a.png",
    filePath: "kieai/136592/images/test-uploads/a.png",
    downloadUrl: "https://tempfile.redpandaai.co/kieai/136592/images/test-uploads/a.png",
    fileSize: 70,
    mimeType: "image/png",
    uploadedAt: "2026-04-16T07:19:12.309Z",
  },
};
const PNG = { bytes: Buffer.from("PNG!"), mediaType: "image/png", name: "a.png" } as const;

test.each([
  [5916.25, 5916.25],
  [100, 100],
  [0, 0],
  ["12.5", 12.5],
])("a balance of %j credits is %d", async (data, credits) => {
  vendor.tell(ok(data));
  expect(await vendor.provider.credit()).toEqual({ outcome: "given", value: credits });
  expect(vendor.seen.at(-1)).toMatchObject({ method: "GET", path: "/api/v1/chat/credit" });
});

test.each<[Told, object]>([
  [ok(null), { outcome: "unclear" }],
  [{ body: "<html>" }, { outcome: "unclear" }],
  [{ body: { code: 401, msg: "You do not have access permissions" } }, { outcome: "deferred", cause: "key" }],
  [{ body: { code: 500, msg: "Server exception" } }, { outcome: "unclear" }],
])("a balance may not be had", async (told, expected) => {
  vendor.tell(told);
  expect(await vendor.provider.credit()).toMatchObject(expected);
});

test("a fresh link is the text in data", async () => {
  vendor.tell(ok("https://tempfile.r2.example/v/x.mp4?X-Amz-Signature=abc"));
  const url = "https://tempfile.aiquickdraw.com/v/x.mp4";
  expect(await vendor.provider.downloadUrl(url)).toMatchObject({
    outcome: "given",
    value: expect.stringMatching(/abc$/),
  });
  expect(vendor.seen.at(-1)).toMatchObject({ method: "POST", path: "/api/v1/common/download-url" });
  expect(JSON.parse(vendor.seen.at(-1)?.body ?? "")).toEqual({ url });
});

test("a link to a foreign file is refused", async () => {
  vendor.tell({ body: { code: 422, msg: "url is wrong", data: null } });
  expect(await vendor.provider.downloadUrl("https://foreign.example/a")).toMatchObject({
    outcome: "refused",
    cause: "validation",
    message: "url is wrong",
  });
});

test("a small still goes up as base64, with the key and its name", async () => {
  vendor.tell({ body: UPLOADED });
  expect(await uploadStill(vendor.provider, PNG)).toEqual({ outcome: "given", value: UPLOADED.data.downloadUrl });
  const { path, headers, body } = vendor.seen.at(-1) ?? {};
  expect(path).toBe("/api/file-base64-upload");
  expect(headers?.authorization).toBe(`Bearer ${KEY}`);
  expect(JSON.parse(body ?? "")).toEqual({ base64Data: "UE5HIQ==", uploadPath: "callsheet", fileName: "a.png" });
});

test("a still above 10 MB goes up as a form", async () => {
  vendor.tell({ body: UPLOADED });
  const large = { ...PNG, bytes: new Uint8Array(10_000_001) };
  expect(await uploadStill(vendor.provider, large)).toMatchObject({ outcome: "given" });
  const { path, headers, body } = vendor.seen.at(-1) ?? {};
  expect(path).toBe("/api/file-stream-upload");
  expect(headers?.["content-type"]).toMatch(/^multipart\/form-data/);
  expect(headers?.["user-agent"]).toMatch(/^Mozilla/);
  expect(body).toContain('name="fileName"\r\n\r\na.png');
  expect(body?.length).toBeGreaterThan(10_000_000);
});

test("the vendor can be told to fetch a still itself", async () => {
  vendor.tell({ body: UPLOADED });
  await vendor.provider.uploadUrl({ url: "https://me.example/a.png", name: "a.png" });
  expect(vendor.seen.at(-1)?.path).toBe("/api/file-url-upload");
  expect(JSON.parse(vendor.seen.at(-1)?.body ?? "")).toEqual({
    fileUrl: "https://me.example/a.png",
    uploadPath: "callsheet",
    fileName: "a.png",
  });
});

test.each<[string, Told, object]>([
  [
    "parameter",
    { status: 400, body: { success: false, code: 400, msg: "Missing required parameter: uploadPath" } },
    { outcome: "refused", code: 400 },
  ],
  [
    "key",
    { status: 401, body: { success: false, code: 401, msg: "Authentication failed: Invalid API Key" } },
    { outcome: "deferred", cause: "key" },
  ],
  [
    "Cloudflare",
    { status: 403, body: "error code: 1010" },
    { outcome: "refused", cause: "unavailable", code: 403, message: expect.stringContaining("1010") },
  ],
  ["too large", { status: 413, body: "<html>413</html>" }, { outcome: "refused", cause: "image", code: 413 }],
  ["method", { status: 405, body: { success: false, code: 405, msg: "no" } }, { outcome: "unclear" }],
  ["server", { status: 500, body: { success: false, code: 500, msg: "oops" } }, { outcome: "unclear" }],
  ["no address", ok({ filePath: "x" }), { outcome: "unclear" }],
])("an upload that fails says why: %s", async (_name, told, expected) => {
  vendor.tell(told);
  expect(await vendor.provider.uploadBase64(PNG)).toMatchObject(expected);
});

test("a picture is named by its content and its true type", () => {
  const sha = "ab".repeat(32) as Sha256;
  expect(uploadName(sha, "image/png")).toBe(`${sha}.png`);
  expect(uploadName(sha, "image/jpeg")).toBe(`${sha}.jpg`);
  expect(uploadName(sha, "image/webp")).toBe(`${sha}.webp`);
});
