import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, type TestContext, test } from "vitest";
import { HttpError, type HttpRequest } from "../../src/world/http.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { type HttpOptions, openHttp } from "../../src/world/undici-http.ts";
import { openRawServer } from "./raw-server.ts";

const QUICK = { connectMs: 400, headersMs: 400, bodyMs: 400 };
const ok = (body: string, more = "") => `HTTP/1.1 200 OK\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;

function open(onTestFinished: TestContext["onTestFinished"], options: HttpOptions = {}, speed = 1) {
  const http = openHttp(openClock(speed), options);
  onTestFinished(() => http.close());
  return http;
}

async function failureOf(answer: Promise<unknown>): Promise<HttpError> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HttpError)) throw new Error(`expected an HttpError, met ${String(error)}`);
  return error;
}

const post = (url: string): HttpRequest => ({
  method: "POST",
  url,
  body: "{}",
  timeouts: QUICK,
  ownConnection: true,
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

test("a refused connection proves that nothing was sent", async ({ onTestFinished }) => {
  const error = await failureOf(open(onTestFinished).send(post(`http://127.0.0.1:${await closedPort()}/`)));
  expect(error).toMatchObject({ code: "ECONNREFUSED", neverSent: true });
});

test("a connection that is reset while it is made proves that nothing was sent", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, { onConnection: (socket) => socket.resetAndDestroy() });
  const error = await failureOf(open(onTestFinished).send(post(server.origin)));
  // The kernel decides whether the reset arrives before or after we know of the connection.
  const connecting = error.cause instanceof Error && "syscall" in error.cause && error.cause.syscall === "connect";
  expect(error).toMatchObject({ code: "ECONNRESET", neverSent: connecting });
});

test("a host name that does not exist proves that nothing was sent", async ({ onTestFinished }) => {
  const patient = { ...post("http://nowhere.invalid/"), timeouts: { ...QUICK, connectMs: 20_000 } };
  const error = await failureOf(open(onTestFinished).send(patient));
  expect(["ENOTFOUND", "EAI_AGAIN"]).toContain(error.code);
  expect(error.neverSent).toBe(true);
});

test("a connection that gets no TLS proves that nothing was sent", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, { onConnection: (socket) => socket.destroy() });
  const error = await failureOf(open(onTestFinished).send(post(`https://127.0.0.1:${server.port}/`)));
  expect(error.neverSent).toBe(true);
  expect(server.requests).toEqual([]);
});

test("a TLS handshake without an end is a connect timeout, and nothing was sent", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {});
  const error = await failureOf(open(onTestFinished).send(post(`https://127.0.0.1:${server.port}/`)));
  expect(error).toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT", neverSent: true });
});

test.for([
  ["reset before the request is read", { onConnection: (s) => void setTimeout(() => s.pause().resetAndDestroy(), 50) }],
  ["reset after the request was read", { onRequest: (s) => s.resetAndDestroy() }],
  ["closed after the request was read", { onRequest: (s) => s.end() }],
  ["never answered", {}],
  ["answered with garbage", { onRequest: (s) => s.write("I am no HTTP\r\n\r\n") }],
  ["answered with a body that is cut", { onRequest: (s) => s.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{") }],
  [
    "answered with a body that stalls",
    { onRequest: (s) => void s.write("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{") },
  ],
  [
    "answered with chunks that break off",
    { onRequest: (s) => s.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{") },
  ],
] satisfies [string, Parameters<typeof openRawServer>[1]][])(
  "a purchase that was %s may have been bought, and is not sent twice",
  async ([, act], { onTestFinished }) => {
    const server = await openRawServer(onTestFinished, act);
    const http = open(onTestFinished);
    const error = await failureOf(http.send(post(`${server.origin}/`)));
    expect(error.neverSent).toBe(false);
    expect(server.sockets).toBe(1);
  },
);

test("a gateway's own error is an answer like any other", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket) => socket.write("HTTP/1.1 502 Bad Gateway\r\nX-Mark: 1\r\ncontent-length: 2\r\n\r\nno"),
  });
  const answer = await open(onTestFinished).send(post(`${server.origin}/`));
  expect(answer).toMatchObject({ status: 502, body: "no", headers: { "x-mark": "1" } });
});

test("each purchase has a connection of its own, other requests share one", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, { onRequest: (socket) => socket.write(ok("{}")) });
  const http = open(onTestFinished);
  for (let n = 0; n < 3; n += 1) await http.send(post(`${server.origin}/`));
  expect(server.sockets).toBe(3);
  for (let n = 0; n < 4; n += 1) await http.send({ method: "GET", url: server.origin, timeouts: QUICK });
  expect(server.sockets).toBeLessThan(7);
});

test("a redirect is handed back, not followed", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket) => socket.write("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"),
  });
  const answer = await open(onTestFinished).send({ method: "GET", url: server.origin, timeouts: QUICK });
  expect(answer.headers["location"]).toBe("/other");
  expect(server.requests).toHaveLength(1);
});

test("an answer longer than the cap is an error", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, { onRequest: (socket) => socket.write(ok("x".repeat(1000))) });
  const error = await failureOf(
    open(onTestFinished).send({ method: "GET", url: server.origin, timeouts: QUICK, mostBytes: 999 }),
  );
  expect(error).toMatchObject({ code: "ANSWER_TOO_LONG", neverSent: false });
});

test("an answer that drips on for ever ends when its time is over", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n");
      const drip = setInterval(() => socket.write(" "), 50);
      socket.on("close", () => clearInterval(drip));
    },
  });
  const error = await failureOf(open(onTestFinished).send({ method: "GET", url: server.origin, timeouts: QUICK }));
  expect(error).toMatchObject({ code: "UND_ERR_BODY_TIMEOUT", neverSent: false });
});

test("a compressed answer is read, and a bomb is not unpacked", async ({ onTestFinished }) => {
  const packed = gzipSync("y".repeat(2000));
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    },
  });
  const http = open(onTestFinished);
  const get = { method: "GET", url: server.origin, timeouts: QUICK } as const;
  expect((await http.send(get)).body).toBe("y".repeat(2000));
  expect((await failureOf(http.send({ ...get, mostBytes: 1000 }))).code).toBe("ANSWER_TOO_LONG");
});

test("a signal ends a request that waits, and one that fired before proves that nothing was sent", async ({
  onTestFinished,
}) => {
  const server = await openRawServer(onTestFinished, {});
  const http = open(onTestFinished);
  const patient = { ...post(server.origin), timeouts: { ...QUICK, headersMs: 20_000 } };
  const early = await failureOf(http.send({ ...patient, signal: AbortSignal.abort() }));
  expect(early).toMatchObject({ code: "ABORTED", neverSent: true });
  expect(server.sockets).toBe(0);
  const late = await failureOf(http.send({ ...patient, signal: AbortSignal.timeout(100) }));
  expect(late).toMatchObject({ code: "ABORTED", neverSent: false });
});

test("an error names the address without its query, which may be a secret", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, { onRequest: (socket) => socket.resetAndDestroy() });
  const error = await failureOf(open(onTestFinished).send(post(`${server.origin}/file?signature=abc`)));
  expect(error.message).toContain("/file");
  expect(error.message).not.toContain("abc");
});

test("a form goes out as multipart with its file's name and type", async ({ onTestFinished }) => {
  let received = "";
  const server = await openRawServer(onTestFinished, {
    onConnection: (socket) => {
      socket.on("data", (piece) => {
        received += piece.toString("latin1");
        if (/--\r\n$/.test(received)) socket.write(ok("{}"));
      });
    },
  });
  await open(onTestFinished).send({
    method: "POST",
    url: server.origin,
    timeouts: QUICK,
    body: {
      fields: { uploadPath: "stills" },
      file: { field: "file", name: "a.png", type: "image/png", bytes: Buffer.from("PNG!") },
    },
  });
  expect(received).toMatch(/content-type: multipart\/form-data; boundary=/i);
  expect(received).toContain('name="uploadPath"\r\n\r\nstills');
  expect(received).toMatch(/name="file"; filename="a\.png"\r\ncontent-type: image\/png\r\n\r\nPNG!/i);
});

test("a stream hands its body on and may be closed before the end", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket, head) =>
      head.includes("/cut")
        ? socket.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf")
        : socket.write("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nsome"),
  });
  const http = open(onTestFinished);
  const left = await http.open({ method: "GET", url: `${server.origin}/left`, timeouts: QUICK });
  await left.close();
  const cut = await http.open({ method: "GET", url: `${server.origin}/cut`, timeouts: QUICK });
  let text = "";
  const error = await failureOf(
    (async () => {
      for await (const piece of cut.body) text += Buffer.from(piece).toString();
    })(),
  );
  expect(text).toBe("half");
  expect(error.neverSent).toBe(false);
});

test("a request for public addresses only never reaches a private one, by number or by name", async ({
  onTestFinished,
}) => {
  const server = await openRawServer(onTestFinished, { onRequest: (socket) => socket.write(ok("{}")) });
  const http = open(onTestFinished);
  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"]) {
    const url = `http://${host}:${server.port}/`;
    const error = await failureOf(http.send({ method: "GET", url, timeouts: QUICK, publicOnly: true }));
    expect(error, host).toMatchObject({ code: "ADDRESS_NOT_PUBLIC", neverSent: true });
  }
  expect(server.sockets).toBe(0);
});

test("a proxy is used for other hosts, and never for this machine", async ({ onTestFinished }) => {
  const proxy = await openRawServer(onTestFinished, {
    onRequest: (socket, head) => {
      socket.write(head.startsWith("CONNECT") ? "HTTP/1.1 200 Connected\r\n\r\n" : ok("through the proxy"));
    },
  });
  const server = await openRawServer(onTestFinished, { onRequest: (socket) => socket.write(ok("direct")) });
  const http = open(onTestFinished, { proxy: proxy.origin });
  const get = { method: "GET", timeouts: QUICK } as const;
  expect((await http.send({ ...get, url: "http://films.example/" })).body).toBe("through the proxy");
  expect(proxy.requests[0]).toMatch(/^CONNECT films\.example:80 /);
  expect((await http.send({ ...get, url: server.origin })).body).toBe("direct");
});

test("a proxy that is not there proves that nothing was sent", async ({ onTestFinished }) => {
  const http = open(onTestFinished, { proxy: `http://127.0.0.1:${await closedPort()}` });
  expect(await failureOf(http.send(post("http://films.example/")))).toMatchObject({ neverSent: true });
});

test.for<readonly [string, (socket: Socket) => void]>([
  ["hangs up on CONNECT", (socket: Socket) => socket.destroy()],
  ["ends the connection in good order", (socket: Socket) => socket.end()],
  ["refuses", (socket: Socket) => socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")],
  ["never answers", () => {}],
])("a proxy that %s is asked once, and proves that nothing was sent", async ([, onRequest], { onTestFinished }) => {
  const proxy = await openRawServer(onTestFinished, { onRequest });
  const http = open(onTestFinished, { proxy: proxy.origin });
  const timeouts = { ...QUICK, connectMs: 200 };
  expect(await failureOf(http.send({ ...post("http://films.example/"), timeouts }))).toMatchObject({ neverSent: true });
  expect(proxy.requests).toHaveLength(1);
});

test("time-outs shrink with the clock's speed, but not below what a busy machine needs", async ({ onTestFinished }) => {
  const server = await openRawServer(onTestFinished, {
    onRequest: (socket) => void setTimeout(() => socket.write(ok("late")), 300),
  });
  const http = open(onTestFinished, {}, 1000);
  const timeouts = { connectMs: 10_000, headersMs: 60_000, bodyMs: 30_000 };
  expect((await http.send({ ...post(server.origin), timeouts })).body).toBe("late");
});
