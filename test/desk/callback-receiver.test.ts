import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openCallbackReceiver, type ReceiverOptions } from "../../src/desk/callback-receiver.ts";
import type { CallbackRemark, Hint } from "../../src/run/callbacks.ts";
import { openClock } from "../../src/world/system-clock.ts";

const KEY = "webhook-key-4d5e";
const TOKEN = "0123456789abcdef0123456789abcdef";
const TASK = "4c9a31a5bb61db65d10f1210d78cc08a";
const BODY = JSON.stringify({ code: 200, msg: "fine", data: { taskId: TASK } });
const SECONDS = 1_776_728_275;

interface Options extends Partial<ReceiverOptions> {
  readonly isKnown?: boolean;
}

async function open(atEnd: (tidy: () => Promise<void>) => void, { isKnown = true, ...options }: Options = {}) {
  const hints: Hint[] = [];
  const remarks: CallbackRemark[] = [];
  const exchange = { offer: (hint: Hint) => hints.push(hint) > 0 && isKnown };
  const clock = { ...openClock(), now: () => SECONDS * 1000 };
  const tell = (remark: CallbackRemark) => remarks.push(remark);
  const receiver = await openCallbackReceiver(
    { host: "127.0.0.1", port: 0, key: undefined, ...options },
    exchange,
    clock,
    tell,
  );
  atEnd(() => receiver.close());
  const call = (body: string = BODY, headers = {}, path = `/${TOKEN}`, method = "POST") =>
    fetch(`${receiver.origin}${path}`, { method, headers, ...(method === "POST" ? { body } : {}) });
  return { hints, remarks, call, origin: receiver.origin, port: Number(new URL(receiver.origin).port) };
}

const signed = (task = TASK, key = KEY, seconds = SECONDS) => ({
  "x-webhook-timestamp": `${seconds}`,
  "x-webhook-signature": createHmac("sha256", key).update(`${task}.${seconds}`).digest("base64"),
});

test("a callback is handed on with the token of its address, whatever stands before and behind it", async ({
  onTestFinished,
}) => {
  const { hints, remarks, call, origin } = await open(onTestFinished);
  expect(remarks).toEqual([{ remark: "open", origin, isSigned: false }]);
  for (const path of [`/${TOKEN}`, `/a/proxy/${TOKEN}`, `/${TOKEN}?of=theirs`]) {
    const answer = await call(BODY, {}, path);
    expect([answer.status, await answer.text()]).toEqual([200, '{"code":200}']);
  }
  expect(hints).toEqual(Array.from({ length: 3 }, () => ({ token: TOKEN, task: TASK, says: "finished" })));
});

test("a token that no run knows is answered like any other, and noted", async ({ onTestFinished }) => {
  const { remarks, call } = await open(onTestFinished, { isKnown: false });
  for (let times = 0; times < 12; times++) expect((await call()).status).toBe(200);
  expect(remarks.slice(1)).toEqual([
    { remark: "unknown", times: 1 },
    { remark: "unknown", times: 10 },
  ]);
});

test("other paths, other methods and bodies that are no callback are refused without a word of theirs", async ({
  onTestFinished,
}) => {
  const { hints, call } = await open(onTestFinished);
  const secret = "<script>zebra</script>";
  const answers = [
    [404, await call(BODY, {}, "/")],
    [404, await call(BODY, {}, `/${secret}`)],
    [404, await call(BODY, {}, `/${TOKEN}/`)],
    [404, await call(BODY, {}, `/${TOKEN.toUpperCase()}`)],
    [405, await call("", {}, `/${TOKEN}`, "GET")],
    [405, await call("", {}, `/${TOKEN}`, "DELETE")],
    [400, await call(secret)],
    [400, await call("")],
    [400, await call(JSON.stringify({ code: 200, data: { taskId: [secret] } }))],
  ] as const;
  for (const [status, answer] of answers) {
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(`{"code":${status}}`);
  }
  expect(answers[4][1].headers.get("allow")).toBe("POST");
  expect(hints).toEqual([]);
});

test("with a key, only a fresh signature that fits is taken, and only once", async ({ onTestFinished }) => {
  const { hints, remarks, call } = await open(onTestFinished, { key: KEY });
  expect((await call()).status).toBe(401);
  expect((await call(BODY, signed(TASK, "another key"))).status).toBe(401);
  expect((await call(BODY, signed(TASK, KEY, SECONDS - 301))).status).toBe(401);
  expect((await call(BODY, { ...signed(), "x-webhook-signature": "ä" })).status).toBe(401);
  expect((await call(BODY.replace(TASK, "another"), signed())).status).toBe(401);
  expect(hints).toEqual([]);
  expect((await call(BODY, signed())).status).toBe(200);
  expect((await call(BODY, signed())).status).toBe(401);
  const other = "f".repeat(32);
  expect((await call(BODY, signed(), `/${other}`)).status).toBe(401);
  expect((await call(BODY, signed(TASK, KEY, SECONDS + 1), `/${other}`)).status).toBe(200);
  expect(hints.map(({ token }) => token)).toEqual([TOKEN, other]);
  expect(remarks.flatMap((remark) => (remark.remark === "refused" ? [remark.why] : []))).toEqual([
    "missing",
    "wrong",
    "stale",
    "malformed",
    "replayed",
  ]);
});

test("of several ids in a body the one that was signed counts", async ({ onTestFinished }) => {
  const { hints, call } = await open(onTestFinished, { key: KEY });
  const body = JSON.stringify({ taskId: TASK, data: { taskId: "unsigned" } });
  expect((await call(body, signed())).status).toBe(200);
  expect(hints).toMatchObject([{ task: TASK }]);
});

test("a body above the limit is refused, and one without end is cut off", async ({ onTestFinished }) => {
  const { hints, call, port } = await open(onTestFinished, { limits: { mostBytes: 1_000 } });
  expect((await call(BODY.padEnd(1_000))).status).toBe(200);
  expect((await call(BODY.padEnd(1_001))).status).toBe(413);
  expect(hints).toHaveLength(1);
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.on("error", () => {}).on("close", () => resolve()));
  socket.write(`POST /${TOKEN} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
  const feed = setInterval(() => socket.writable && socket.write(`400\r\n${"a".repeat(1024)}\r\n`), 1);
  await closed;
  clearInterval(feed);
  expect((await call()).status).toBe(200);
});

test("whoever is slow with head or body, or says nothing at all, is cut off; the others are served meanwhile", async ({
  onTestFinished,
}) => {
  const limits = { headersMs: 300, requestMs: 600 };
  const { hints, call, port } = await open(onTestFinished, { limits });
  const head = `POST /${TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n`;
  const drips = ["", "POST /", head, `${head}\r\n{`].map(
    (text) =>
      new Promise<string>((resolve) => {
        let said = "";
        const socket = connect(port, "127.0.0.1", () => text && socket.write(text));
        const drip = setInterval(() => text && socket.writable && socket.write(" "), 50);
        socket.on("error", () => {});
        socket.on("data", (piece) => (said += piece));
        socket.on("close", () => {
          clearInterval(drip);
          resolve(said.slice(0, 12));
        });
      }),
  );
  expect((await call()).status).toBe(200);
  // What came in time may be a bad request; all else is late.
  for (const answer of await Promise.all(drips)) expect(["HTTP/1.1 408", "HTTP/1.1 400", ""]).toContain(answer);
  expect(hints).toHaveLength(1);
});

test("more visitors than there is room for are turned away, and room is made when they leave", async ({
  onTestFinished,
}) => {
  const { call, port } = await open(onTestFinished, { limits: { mostConnections: 3 } });
  const visit = () => {
    const socket = connect(port, "127.0.0.1");
    const ended = new Promise<string>((resolve) => socket.on("error", () => {}).on("close", () => resolve("away")));
    return { socket, ended };
  };
  const visitors = Array.from({ length: 4 }, visit);
  // One of the four is too many, whichever came last.
  expect(await Promise.race(visitors.map(({ ended }) => ended))).toBe("away");
  for (const { socket } of visitors) socket.destroy();
  await expect
    .poll(
      () =>
        call().then(
          ({ status }) => status,
          () => undefined,
        ),
      { timeout: 10_000 },
    )
    .toBe(200);
});

test("closing hangs up on those who still talk, and the port is free again", async () => {
  let close = async () => {};
  const { port } = await open((tidy) => (close = tidy));
  const socket = connect(port, "127.0.0.1", () => socket.write("POST /"));
  const gone = new Promise<void>((resolve) => socket.on("error", () => {}).on("close", () => resolve()));
  await new Promise((resolve) => socket.on("connect", resolve));
  await close();
  await gone;
  await open((tidy) => (close = tidy), { port });
  await close();
});
