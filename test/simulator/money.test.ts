import { describe, expect, test } from "vitest";
import { Vendor } from "./vendor.ts";

describe("credits", () => {
  test("are held at the door, settled when a task is made, given back when it fails", () => {
    const vendor = new Vendor();
    vendor.generate();
    vendor.generate({ prompt: "[[fail:policy]]", model: "veo3" });
    expect(vendor.call("credit").data).toBe(10_000 - 60 - 250);
    vendor.wait(1000);
    expect(vendor.call("credit").data).toBe(10_000 - 60);
    expect(vendor.state.charges.map(({ status }) => status)).toEqual(["settled", "refunded"]);
  });

  test("of a 501 are kept where the switch says so", () => {
    const vendor = new Vendor({ refund501: false });
    vendor.made({ prompt: "[[fail:failed]]" });
    expect(vendor.balance).toBe(9940);
  });

  test.each([
    ["long", /^Credits insufficient/],
    ["short", /^The current credits are insufficient/],
  ] as const)("that are short refuse the call before anything is held (%s text)", (text402, words) => {
    const vendor = new Vendor({ text402 }, [], 59.5);
    const { code, msg } = vendor.call("generate", { prompt: "p" });
    expect(code).toBe(402);
    expect(msg).toMatch(words);
    expect(vendor.call("credit").data).toBe(59.5);
  });
});

describe("the window", () => {
  test("lets 20 creating calls through in any 10 seconds and slides", () => {
    const vendor = new Vendor();
    const burst = () => Array.from({ length: 12 }, () => vendor.call("generate", { prompt: "p" }).code);
    expect(burst().filter((code) => code === 200)).toHaveLength(12);
    vendor.wait(6);
    expect(burst().filter((code) => code === 200)).toHaveLength(8);
    vendor.wait(4.1);
    expect(burst().filter((code) => code === 200)).toHaveLength(12);
  });

  test("counts the first call of each upgrade and no poll", () => {
    const vendor = new Vendor({ rateLimit: 2 });
    const task = vendor.made();
    expect(vendor.call("get-1080p-video", { taskId: task }).code).toBe(400);
    expect(vendor.call("get-4k-video", { taskId: task }).code).toBe(200);
    for (let n = 0; n < 5; n += 1) expect(vendor.record(task).code).toBe(200);
    expect(vendor.call("get-4k-video", { taskId: task }).msg).toMatch(/processing/);
    expect(vendor.call("generate", { prompt: "p" })).toMatchObject({ code: 429, msg: "Rate limit exceeded" });
    expect(vendor.balance).toBe(10_000 - 60 - 5 - 120);
  });

  test("counts every call where the switch says so, and says when to come back", () => {
    const vendor = new Vendor({ rateCounts: "all", rateLimit: 2, rateText: "frequency", retryAfterSeconds: 10 });
    vendor.call("credit");
    vendor.call("credit");
    const { status, headers, body } = vendor.send({ path: "/api/v1/chat/credit" });
    expect([status, headers["retry-after"]]).toEqual([429, "10"]);
    expect(body).toMatch(/call frequency is too high/);
  });

  test("is each key's own, and so is its cap", () => {
    const vendor = new Vendor({ keyCap: 1 });
    expect(vendor.call("generate", { prompt: "p" }).code).toBe(200);
    expect(vendor.call("generate", { prompt: "p" }).code).toBe(433);
    expect(JSON.stringify([...vendor.state.starts])).not.toContain("any-key");
  });
});

describe("1080p", () => {
  test.each([
    ["400", 400],
    ["422", 422],
    ["500", 500],
    ["200-without-url", 200],
  ] as const)("is charged once, answers %s while it works, then hands over one address", (not1080pReady, code) => {
    const vendor = new Vendor({ not1080pReady });
    const taskId = vendor.made();
    for (let n = 0; n < 3; n += 1) expect(vendor.call("get-1080p-video", { taskId, index: "0" }).code).toBe(code);
    vendor.wait(200);
    const { data } = vendor.call("get-1080p-video", { taskId });
    expect(data).toEqual({ resultUrl: expect.stringMatching(/\/p\/.*\.mp4$/) });
    expect(vendor.balance).toBe(10_000 - 65);
  });

  test("is refused for what is unfinished, unknown, out of range or of the fallback model", () => {
    const vendor = new Vendor();
    const ask = (taskId: string, index = 0) => vendor.call("get-1080p-video", { taskId, index: `${index}` });
    expect(ask(vendor.generate()).msg).toBe("record status is not success");
    expect(ask("no-such-task").msg).toBe("record is null");
    expect(ask(vendor.made(), 1).msg).toBe("record result data not exist");
    expect(ask(vendor.made({ prompt: "[[fallback]]" })).code).toBe(422);
    expect(vendor.state.charges.filter(({ endpoint }) => endpoint === "get-1080p-video")).toEqual([]);
  });
});

describe("4K", () => {
  test("begins with nulls under 200, then works, then succeeds under 422, all for one charge", () => {
    const vendor = new Vendor();
    const taskId = vendor.made();
    const nothing = { taskId, resultUrls: null, imageUrls: null };
    expect(vendor.call("get-4k-video", { taskId })).toEqual({ code: 200, msg: "success", data: nothing });
    expect(vendor.call("get-4k-video", { taskId })).toEqual({
      code: 422,
      msg: "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.",
      data: nothing,
    });
    vendor.wait(601);
    const done = vendor.call("get-4k-video", { taskId });
    expect([done.code, done.msg]).toEqual([422, "The video has been generated successfully"]);
    expect(done.data.resultUrls).toHaveLength(1);
    expect(done.data.imageUrls[0]).toMatch(/\.jpg$/);
    expect(vendor.balance).toBe(10_000 - 180);
  });

  test("can have an id of its own, which record-info knows", () => {
    const vendor = new Vendor({ taskId4k: "new", ready4k: "200" });
    const taskId = vendor.made();
    const id = vendor.call("get-4k-video", { taskId }).data.taskId;
    expect(id).not.toBe(taskId);
    vendor.wait(601);
    const { data } = vendor.record(id);
    expect(data).not.toHaveProperty("fallbackFlag");
    expect(data.response.mediaIds).toHaveLength(1);
    expect(vendor.call("get-4k-video", { taskId }).code).toBe(200);
  });

  test("that fails is refunded, says so when asked again and when it calls back", () => {
    const vendor = new Vendor();
    const taskId = vendor.made({ prompt: "[[fail:4k]]" });
    vendor.call("get-4k-video", { taskId, callBackUrl: "http://127.0.0.1:1/cb" });
    vendor.wait(601);
    const msg = "The 4K version of this video is unavailable. Please try a different video.";
    expect(vendor.call("get-4k-video", { taskId })).toMatchObject({ code: 500, msg });
    expect(JSON.parse(vendor.callbacks[0]?.body ?? "")).toEqual({ code: 500, msg, data: { taskId } });
    expect(vendor.balance).toBe(9940);
  });
});

describe("extend", () => {
  test("makes a new task whose record has both the new part and the whole", () => {
    const vendor = new Vendor();
    const first = vendor.made();
    const { data } = vendor.call("extend", { taskId: first, prompt: "and on", model: "lite" });
    vendor.wait(701);
    const { response } = vendor.record(data.taskId).data;
    expect(response.resultUrls).toHaveLength(1);
    expect(response.fullResultUrls[0]).toMatch(/_full\.mp4$/);
    expect(vendor.balance).toBe(10_000 - 90);
  });

  test("is refused for a stranger, a model of the other endpoint, an unfinished take, and after a 1080p upgrade", () => {
    const vendor = new Vendor();
    const taskId = vendor.made();
    expect(vendor.call("extend", { taskId: "x", prompt: "p" }).code).toBe(404);
    expect(vendor.call("extend", { taskId, prompt: "p", model: "veo3_fast" }).code).toBe(422);
    expect(vendor.call("extend", { taskId: vendor.generate(), prompt: "p" }).code).toBe(422);
    vendor.call("get-1080p-video", { taskId });
    expect(vendor.call("extend", { taskId, prompt: "p" }).code).toBe(422);
  });
});
