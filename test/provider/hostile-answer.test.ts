import { expect, test } from "vitest";
import type { GenerateCall } from "../../src/provider/provider.ts";
import { readUrlList } from "../../src/provider/url-list.ts";
import type { TaskId } from "../../src/shot/id.ts";
import { KEY, openScriptedVendor } from "./vendor-server.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a" as TaskId;
const PNG = { bytes: Buffer.from("PNG!"), mediaType: "image/png", name: "a.png" } as const;
const GENERATE = {
  ...{ prompt: "A lamp", model: "veo3_fast", aspectRatio: "16:9", translate: false },
  stills: { use: "none", urls: [] },
} satisfies GenerateCall;

const nested = (depth: number, inside = "") => "[".repeat(depth) + inside + "]".repeat(depth);

/** Answers that are too deep, too long or not what they seem. */
const BODIES: readonly (readonly [what: string, body: string])[] = [
  ...[100, 3000, 7000, 100_000].map(
    (depth) =>
      [
        `${depth} levels deep`,
        `{"code":200,"data":{"successFlag":${nested(depth)},"taskId":${nested(depth)},"response":${nested(depth)}}}`,
      ] as const,
  ),
  ["a list too deep", `{"code":200,"data":{"successFlag":1,"response":${nested(5000, '"https://a.example/b.mp4"')}}}`],
  ["a message of a megabyte", JSON.stringify({ code: 422, msg: "x\u001b[31m".repeat(200_000) })],
  ["numbers beyond all bounds", '{"code":1e30,"data":{"successFlag":1e999,"errorCode":-1e400,"createTime":1e308}}'],
  ["a prototype for data", '{"code":200,"data":{"__proto__":{"taskId":"evil"},"constructor":{"prototype":{"x":1}}}}'],
  ["a prototype for all", '{"__proto__":{"code":200,"data":{"taskId":"evil","resultUrl":"https://evil.example/a"}}}'],
  ["a page of opening tags", "<script>".repeat(100_000)],
];

test.for(BODIES)("an answer that is %s ends in an outcome with few words", async ([, body], { onTestFinished }) => {
  const vendor = await openScriptedVendor(onTestFinished);
  vendor.tell({ body, headers: { "retry-after": "9".repeat(400) } });
  const { provider } = vendor;
  const outcomes = [
    await provider.recordInfo(TASK),
    await provider.get1080p(TASK, 0),
    await provider.credit(),
    await provider.uploadBase64(PNG),
    await provider.generate(GENERATE),
  ];
  for (const outcome of outcomes) {
    const told = JSON.stringify(outcome);
    expect(told.length).toBeLessThan(2000);
    expect(told).not.toContain("evil");
    expect(told).not.toContain("\\u001b");
  }
  expect("x" in {}).toBe(false);
});

// A pattern that goes back over these takes hours.
test.for([
  ["commas", ",".repeat(2_000_000)],
  ["commas before an address", `${", ".repeat(1_000_000)}https://a.example/1.mp4`],
  ["quotes", `https://a.example/${'"'.repeat(2_000_000)}x`],
  ["addresses", Array.from({ length: 200_000 }, (_, index) => `https://a.example/${index}.mp4`)],
  ["lists", Array(200_000).fill(["", ",", "[", "https://"])],
] as const)("two million %s for addresses are read in one go, and few are kept", ([, value]) => {
  expect(readUrlList(value).length).toBeLessThanOrEqual(100);
});

test("a vendor that repeats the key, in whatever writing, does not make us keep it", async ({ onTestFinished }) => {
  const vendor = await openScriptedVendor(onTestFinished);
  const forms = [
    KEY,
    encodeURIComponent(KEY),
    Buffer.from(KEY).toString("base64"),
    Buffer.from(`Bearer ${KEY}`).toString("base64"),
    Buffer.from(`x${KEY}y`).toString("base64url"),
    Buffer.from(KEY).toString("hex"),
  ];
  for (const form of forms) {
    const url = `https://files.example/${form}/a.mp4?key=${form}`;
    const data = {
      successFlag: 1,
      taskId: `t-${form}`,
      resultUrl: url,
      response: { resultUrls: [url] },
      downloadUrl: url,
    };
    // The last one ends in the middle of the key where messages are cut.
    for (const msg of [`Invalid key ${form}`, `${"x".repeat(490)} ${form}`]) {
      for (const body of [{ code: 200, msg, data }, { code: 401, msg }, `<p>${"x".repeat(190)}${form}</p>`]) {
        vendor.tell({ body });
        const { provider } = vendor;
        const outcomes = [
          await provider.recordInfo(TASK),
          await provider.get4k(TASK, 0),
          await provider.downloadUrl(url),
          await provider.uploadBase64(PNG),
          await provider.generate(GENERATE),
        ];
        const told = JSON.stringify(outcomes);
        expect(told).not.toContain(KEY.slice(0, 12));
        expect(told).not.toContain(form.slice(4, 24));
      }
    }
  }
});

test("a task id that would be a path, a header or a second question travels as one value", async ({
  onTestFinished,
}) => {
  const vendor = await openScriptedVendor(onTestFinished);
  vendor.tell({ body: { code: 200, data: { successFlag: 0 } } });
  for (const task of ["../../etc/passwd", "a&taskId=b", "a#b", "a?b=c", "%2e%2e%2f", "a;b$(c)"]) {
    await vendor.provider.recordInfo(task as TaskId);
    expect(vendor.seen.at(-1)).toMatchObject({ path: "/api/v1/veo/record-info", query: { taskId: task } });
  }
  for (const id of ["a\r\nx-evil: 1", "a b", "a\u0000", "\u202ea", "x".repeat(10_000)]) {
    vendor.tell({ body: { code: 200, data: { taskId: id } } });
    expect((await vendor.provider.generate(GENERATE)).outcome, JSON.stringify(id)).toBe("uncertain");
  }
});
