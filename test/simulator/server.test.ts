import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { planFaults } from "../../src/simulator/faults.ts";
import { ended, get, made, post, simulate, temporaryFolder } from "./real-world.ts";

const GENERATE = "/api/v1/veo/generate";

test("a take can be bought, watched and brought home", async ({ onTestFinished }) => {
  const simulator = await simulate(onTestFinished);
  const record = await made(simulator);
  const response = await fetch(record.response.resultUrls[0]);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get("content-length")).toBe(`${bytes.length}`);
  expect(bytes.subarray(4, 8).toString()).toBe("ftyp");
  expect(simulator.purchases()).toMatchObject({ balance: 9940, spent: 60, held: 0, files: { served: 1 } });
  const listed = (await get(simulator, "/simulator/purchases")) as unknown as ReturnType<typeof simulator.purchases>;
  expect(listed.calls[0]).toMatchObject({ target: "generate", prompt: "A lighthouse", bought: true, code: 200 });
  expect(listed.calls.filter(({ bought }) => bought)).toHaveLength(1);
  expect(listed.charges).toMatchObject([{ credits: 60, status: "settled" }]);
});

test("a range is served, also conditionally, and nonsense is not", async ({ onTestFinished }) => {
  const simulator = await simulate(onTestFinished);
  const [url] = (await made(simulator)).response.resultUrls;
  const whole = await fetch(url);
  const bytes = Buffer.from(await whole.arrayBuffer());
  const etag = whole.headers.get("etag") ?? "";
  const part = async (headers: Record<string, string>) => {
    const response = await fetch(url, { headers });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  };
  const tail = await part({ range: "bytes=1000-", "if-range": etag });
  expect([tail.status, tail.headers.get("content-range")]).toEqual([
    206,
    `bytes 1000-${bytes.length - 1}/${bytes.length}`,
  ]);
  expect(tail.body.equals(bytes.subarray(1000))).toBe(true);
  expect((await part({ range: "bytes=0-7" })).body.equals(bytes.subarray(0, 8))).toBe(true);
  expect((await part({ range: "bytes=-5" })).body.equals(bytes.subarray(-5))).toBe(true);
  expect((await part({ range: "bytes=1000-", "if-range": '"other"' })).status).toBe(200);
  expect((await part({ range: `bytes=${bytes.length}-` })).status).toBe(416);
});

test("a killed simulator's journal gives the next one its tasks, money and uploads, on another port", async ({
  onTestFinished,
}) => {
  const folder = await temporaryFolder(onTestFinished);
  const options = { cacheFolder: `${folder}/cache`, journal: `${folder}/journal.jsonl` };
  const first = await simulate(onTestFinished, options);
  const done = await made(first);
  const png = `data:image/png;base64,${ONE_PIXEL}`;
  const upload = { base64Data: png, uploadPath: "stills", fileName: "a.png" };
  const { downloadUrl } = (await post(first, "/api/file-base64-upload", upload)).data;
  const open = (await post(first, GENERATE, { prompt: "[[after:4000]]" })).data.taskId;
  await first.close();

  const { appendFile } = await import("node:fs/promises");
  await appendFile(options.journal, '{"facts":[{"fact":"bou'); // what a kill leaves of a line
  const second = await simulate(onTestFinished, { ...options, seed: 99, balance: 1 });
  expect(second.origin).not.toBe(first.origin);
  const again = await ended(second, done.taskId);
  expect(again.completeTime).toBe(done.completeTime);
  expect(again.response.resultUrls[0].startsWith(second.origin)).toBe(true);
  expect((await fetch(again.response.resultUrls[0])).status).toBe(200);
  expect((await ended(second, open)).successFlag).toBe(1);
  const follower = await made(second, { prompt: "next", imageUrls: [downloadUrl] });
  expect(follower.successFlag).toBe(1);
  expect(second.purchases().balance).toBe(10_000 - 3 * 60);
  expect(second.purchases().calls.filter(({ bought }) => bought)).toHaveLength(3);

  const third = await simulate(onTestFinished, options);
  expect(third.purchases().balance).toBe(10_000 - 3 * 60);
});

test("an answer can be lost after the task was bought, or the request before", async ({ onTestFinished }) => {
  const faults = planFaults({}, [
    { endpoint: "generate", nth: 1, fault: "reset-before" },
    { endpoint: "generate", nth: 2, fault: "reset-after" },
    { endpoint: "generate", nth: 3, fault: "hang-after" },
    { endpoint: "generate", nth: 4, fault: "truncated-json" },
    { endpoint: "generate", nth: 5, fault: "html-502" },
    { endpoint: "generate", nth: 6, fault: "no-task-id" },
    { endpoint: "generate", nth: 7, fault: "empty-body" },
    { endpoint: "generate", nth: 8, fault: "code-500" },
  ]);
  const simulator = await simulate(onTestFinished, { faults });
  const send = () =>
    fetch(simulator.origin + GENERATE, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify({ prompt: "p" }),
      signal: AbortSignal.timeout(500),
    });
  const boughtSoFar = () => simulator.purchases().charges.length;
  await expect(send()).rejects.toThrow(/fetch failed/);
  expect(boughtSoFar()).toBe(0);
  await expect(send()).rejects.toThrow(/fetch failed/);
  expect(boughtSoFar()).toBe(1);
  await expect(send()).rejects.toThrow(/timeout/);
  expect(boughtSoFar()).toBe(2);
  await expect((await send()).json()).rejects.toThrow(SyntaxError);
  expect(boughtSoFar()).toBe(3);
  const page = await send();
  expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html; charset=UTF-8"]);
  expect(boughtSoFar()).toBe(3);
  expect(await (await send()).json()).toMatchObject({ code: 200, data: {} });
  expect(await (await send()).text()).toBe("");
  expect(boughtSoFar()).toBe(5);
  expect(await (await send()).json()).toMatchObject({ code: 500, data: null });
  expect(boughtSoFar()).toBe(5);
  expect(simulator.purchases().calls.map(({ fault }) => fault)).toEqual(faults.faults.map(({ fault }) => fault));
});

test("a download can be cut short, drip, or be a page instead", async ({ onTestFinished }) => {
  const faults = planFaults({}, [
    { endpoint: "file", nth: 1, fault: "truncated-file" },
    { endpoint: "file", nth: 2, fault: "html-file" },
    { endpoint: "file", nth: 3, fault: "slow-file" },
  ]);
  const simulator = await simulate(onTestFinished, { faults });
  const [url] = (await made(simulator)).response.resultUrls;
  await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow(/terminated/);
  expect(await (await fetch(url)).text()).toMatch(/^<!DOCTYPE html>/);
  expect((await fetch(url)).status).toBe(200);
});

test("callbacks come signed, are sent again until answered 200, and twice where the plan says so", async ({
  onTestFinished,
}) => {
  const received: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(received.length === 1 ? 500 : 200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const callBackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/cb`;
  const faults = planFaults({ callbackKey: "sim-webhook-key" }, [{ endpoint: "callback", nth: 1, fault: "duplicate" }]);
  const simulator = await simulate(onTestFinished, { faults });
  const { taskId } = await made(simulator, { callBackUrl });
  while (received.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  const [, second] = received;
  expect(JSON.parse(second?.body ?? "")).toMatchObject({
    code: 200,
    msg: "Veo3.1 video generated successfully.",
    data: { taskId, info: { resultUrls: [expect.stringMatching(/\.mp4$/)] } },
  });
  expect(second?.headers["x-webhook-signature"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(simulator.purchases().callbacks.map(({ attempt, answer }) => [attempt, answer])).toEqual([
    [1, 500],
    [2, 200],
    [1, 200],
  ]);
});

test("uploads arrive by all three ways, and a name that lies about its bytes spoils the take", async ({
  onTestFinished,
}) => {
  const simulator = await simulate(onTestFinished);
  const form = new FormData();
  form.set("file", new Blob([Buffer.from(ONE_PIXEL, "base64")], { type: "image/png" }), "b.png");
  form.set("uploadPath", "stills");
  const headers = { authorization: "Bearer key", "user-agent": "Mozilla/5.0 x" };
  const sent = await fetch(`${simulator.origin}/api/file-stream-upload`, { method: "POST", headers, body: form });
  const { data } = (await sent.json()) as { data: { downloadUrl: string; fileSize: number; mimeType: string } };
  expect(data).toMatchObject({ fileName: "b.png", mimeType: "image/png", fileSize: 70 });
  const hosted = await fetch(data.downloadUrl);
  expect([hosted.status, hosted.headers.get("content-type")]).toEqual([200, "image/png"]);

  const copy = { fileUrl: data.downloadUrl, uploadPath: "stills", fileName: "liar.jpg" };
  const { downloadUrl } = (await post(simulator, "/api/file-url-upload", copy)).data;
  expect(await made(simulator, { prompt: "a", imageUrls: [downloadUrl] })).toMatchObject({
    successFlag: 3,
    errorMessage: expect.stringMatching(/unable to generate audio/),
  });
  const stranger = "http://127.0.0.1:1/nothing.png";
  expect(await made(simulator, { prompt: "b", imageUrls: [stranger] })).toMatchObject({
    errorMessage: expect.stringMatching(/^Failed to fetch the image/),
  });
  expect(await made(simulator, { prompt: "c", imageUrls: [data.downloadUrl] })).toMatchObject({ successFlag: 1 });
});

test("a clip that cannot be drawn fails its task and says why in the list of purchases", async ({ onTestFinished }) => {
  const simulator = await simulate(onTestFinished, { tools: { ffmpeg: "/no/such/ffmpeg" } });
  expect(await made(simulator)).toMatchObject({ successFlag: 3, errorCode: 500 });
  expect(simulator.purchases()).toMatchObject({
    balance: 10_000,
    warnings: [expect.stringMatching(/ffmpeg made no clip/)],
  });
});

const ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
