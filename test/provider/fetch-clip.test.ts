import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type TestContext, test, vi } from "vitest";
import { type FetchOutcome, fetchClip } from "../../src/provider/fetch-clip.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { type Answer, KEY, openVendor } from "./vendor-server.ts";

/** Begins as every MP4 does; the rest only has to be the same at every fetch. */
const CLIP = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from("ftypisom"),
  Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7) % 251)),
]);
const OTHER = Buffer.from(CLIP).fill(9, 12);
const ETAG = '"clip-1"';

async function openShelf(atEnd: TestContext["onTestFinished"], answer: Answer) {
  const vendor = await openVendor(atEnd, answer);
  const folder = await mkdtemp(join(tmpdir(), "callsheet-fetch-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const files = openFiles();
  const part = join(folder, "take.part");
  const world = { http: vendor.http, clock: vendor.clock, files };
  const fetch = (path = "/v/clip.mp4", mostBytes?: number): Promise<FetchOutcome> =>
    fetchClip(
      { url: `${vendor.origin}${path}`, part, allow: { loopback: true, ...(mostBytes ? { mostBytes } : {}) } },
      world,
    );
  return { ...vendor, world, files, folder, part, fetch };
}

/** A file host that knows ranges, as storage services do. */
function host(
  response: ServerResponse,
  headers: IncomingHttpHeaders,
  file = CLIP,
  etag: string | undefined = ETAG,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? Number.NaN);
  const mark = etag === undefined ? {} : { etag };
  if (Number.isNaN(start) || headers["if-range"] !== etag) {
    response.writeHead(200, { "content-length": file.length, ...mark });
    response.end(file);
  } else if (start >= file.length) {
    response.writeHead(416, { "content-range": `bytes */${file.length}` });
    response.end();
  } else {
    const rest = file.subarray(start);
    const range = `bytes ${start}-${file.length - 1}/${file.length}`;
    response.writeHead(206, { "content-length": rest.length, "content-range": range, ...mark });
    response.end(rest);
  }
}

/**
 * Sends the head of a whole file and only so many of its bytes, and breaks off once they are in the part: a line that
 * breaks takes with it what has come and was not read yet, which on a busy machine may be all.
 */
function cut(
  response: ServerResponse,
  part: string,
  bytes: number,
  more: Record<string, string> = { etag: ETAG },
): void {
  response.writeHead(200, { "content-length": CLIP.length, ...more });
  response.write(CLIP.subarray(0, bytes));
  const looking = setInterval(async () => {
    const here = await stat(part).catch(() => undefined);
    if (here?.size === bytes) response.destroy();
  }, 20);
  response.on("close", () => clearInterval(looking));
}

test("a clip is fetched whole, without the key and with a named client", async ({ onTestFinished }) => {
  const shelf = await openShelf(
    onTestFinished,
    ({ headers }) =>
      (response) =>
        host(response, headers),
  );
  expect(await shelf.fetch()).toEqual({ outcome: "downloaded", bytes: CLIP.length });
  expect(await readFile(shelf.part)).toEqual(CLIP);
  expect(await shelf.files.list(shelf.folder)).toEqual(["take.part"]);
  expect(shelf.seen[0]?.headers.authorization).toBeUndefined();
  expect(JSON.stringify(shelf.seen)).not.toContain(KEY);
  expect(shelf.seen[0]?.headers["user-agent"]).toMatch(/^Mozilla/);
});

test("a fetch that was cut goes on where it ended, even in another process", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, ({ headers }) => (response) => {
    if (headers.range === undefined) cut(response, shelf.part, 50_000);
    else host(response, headers);
  });
  const first = await shelf.fetch();
  expect(first).toMatchObject({ outcome: "unclear", resumable: true });
  const held = (await readFile(shelf.part)).length;
  expect(held).toBe(50_000);
  expect(await readFile(`${shelf.part}.json`, "utf8")).not.toContain("clip.mp4");
  expect(await shelf.fetch()).toEqual({ outcome: "downloaded", bytes: CLIP.length });
  expect(shelf.seen[1]?.headers).toMatchObject({ range: `bytes=${held}-`, "if-range": ETAG });
  expect(await readFile(shelf.part)).toEqual(CLIP);
});

test("a fresh link to the same file goes on with the bytes of the old one", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, ({ headers, path }) => (response) => {
    if (path === "/old") cut(response, shelf.part, 50_000);
    else host(response, headers);
  });
  await shelf.fetch("/old");
  expect(await shelf.fetch("/fresh")).toMatchObject({ outcome: "downloaded" });
  expect(shelf.seen[1]?.headers.range).toBe("bytes=50000-");
  expect(await readFile(shelf.part)).toEqual(CLIP);
});

test.for<[string, (response: ServerResponse, headers: IncomingHttpHeaders) => void]>([
  ["another file has taken its place", (response, headers) => host(response, headers, OTHER, '"clip-2"')],
  [
    "the host knows no ranges",
    (response) => void response.writeHead(200, { "content-length": OTHER.length }).end(OTHER),
  ],
  [
    "the host answers with another range",
    (response, headers) => {
      if (headers.range === undefined) return host(response, headers, OTHER);
      const rest = OTHER.subarray(1000);
      response.writeHead(206, { "content-range": `bytes 1000-${OTHER.length - 1}/${OTHER.length}` }).end(rest);
    },
  ],
  [
    "the file is shorter than what is here",
    (response, headers) => {
      const short = OTHER.subarray(0, 40_000);
      host(response, headers, short);
    },
  ],
])("a fetch starts again when %s", async ([, later], { onTestFinished }) => {
  let isFirst = true;
  const shelf = await openShelf(onTestFinished, ({ headers }) => (response) => {
    if (isFirst) cut(response, shelf.part, 50_000);
    else later(response, headers);
    isFirst = false;
  });
  expect(await shelf.fetch()).toMatchObject({ outcome: "unclear" });
  const outcome = await shelf.fetch();
  expect(outcome).toMatchObject({ outcome: "downloaded" });
  const got = await readFile(shelf.part);
  expect(got.equals(OTHER.subarray(0, got.length))).toBe(true);
});

test("without a mark to know the file by, a fetch starts again rather than glue two files", async ({
  onTestFinished,
}) => {
  const shelf = await openShelf(onTestFinished, ({ headers }) => (response) => {
    if (shelf.seen.length === 1) cut(response, shelf.part, 50_000, {});
    else host(response, headers);
  });
  await shelf.fetch();
  expect(await shelf.fetch()).toMatchObject({ outcome: "downloaded" });
  expect(shelf.seen[1]?.headers.range).toBeUndefined();
});

test("bytes of an unknown file are not gone on from", async ({ onTestFinished }) => {
  const shelf = await openShelf(
    onTestFinished,
    ({ headers }) =>
      (response) =>
        host(response, headers),
  );
  await writeFile(shelf.part, "something else");
  await writeFile(`${shelf.part}.json`, '{"address":5}');
  expect(await shelf.fetch()).toEqual({ outcome: "downloaded", bytes: CLIP.length });
  expect(await readFile(shelf.part)).toEqual(CLIP);
});

test("a part that is whole already is recognised by the host's 416", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, ({ headers }) => (response) => {
    if (headers.range === undefined) cut(response, shelf.part, 50_000);
    else host(response, headers);
  });
  await shelf.fetch();
  await writeFile(shelf.part, CLIP);
  expect(await shelf.fetch()).toEqual({ outcome: "downloaded", bytes: CLIP.length });
});

test("a host that falls silent leaves what came for the next attempt", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => (response) => {
    response.writeHead(200, { "content-length": CLIP.length, etag: ETAG });
    response.write(CLIP.subarray(0, 30_000));
  });
  const { origin, part, world } = shelf;
  const patience = new AbortController();
  const fetching = fetchClip({ url: origin, part, allow: { loopback: true }, signal: patience.signal }, world);
  await vi.waitFor(async () => expect((await readFile(part)).length).toBe(30_000), { timeout: 20_000 });
  patience.abort();
  const outcome = await fetching;
  expect(outcome).toMatchObject({ outcome: "unclear", resumable: true });
  expect((await readFile(part)).length).toBe(30_000);
});

test.for([403, 404, 410])("HTTP %d says that the address is dead", async (status, { onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({ status, body: "gone" }));
  expect(await shelf.fetch()).toEqual({ outcome: "gone", status });
});

test.for([500, 503, 429])("HTTP %d may pass", async (status, { onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({ status, body: "busy" }));
  expect(await shelf.fetch()).toMatchObject({ outcome: "unclear", why: expect.stringContaining(`${status}`) });
});

test.for<readonly [string, string]>([
  ["a page", "<html><body>Sign in to go on</body></html>"],
  ["JSON", '{"code":422,"msg":"url is wrong"}'],
  ["a few bytes", "no"],
])("%s instead of a clip is refused and nothing of it kept", async ([, body], { onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({ body }));
  const outcome = await shelf.fetch();
  expect(outcome).toMatchObject({ outcome: "refused", why: expect.stringContaining(body.slice(0, 20)) });
  expect(await shelf.files.list(shelf.folder)).toEqual([]);
});

test("an empty file is no clip, and may be another one next time", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({ body: "" }));
  expect(await shelf.fetch()).toMatchObject({ outcome: "unclear", resumable: false });
});

test("a file above the cap is refused, whether the host admits its size or not", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, ({ path, headers }) => (response) => {
    if (path === "/honest") return host(response, headers);
    response.writeHead(200, { etag: ETAG }); // chunked: no length
    response.end(CLIP);
  });
  expect(await shelf.fetch("/honest", 1000)).toMatchObject({
    outcome: "refused",
    why: expect.stringContaining("1000"),
  });
  expect(await shelf.fetch("/chunked", 1000)).toMatchObject({
    outcome: "refused",
    why: expect.stringContaining("1000"),
  });
  expect(await shelf.files.list(shelf.folder)).toEqual([]);
  expect(await shelf.fetch("/chunked")).toEqual({ outcome: "downloaded", bytes: CLIP.length });
});

test("redirects are followed three deep and no deeper", async ({ onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, ({ path, headers }) => (response) => {
    const left = Number(path.slice(1));
    if (left === 0) return host(response, headers);
    response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  expect(await shelf.fetch("/3")).toMatchObject({ outcome: "downloaded" });
  expect(await shelf.fetch("/4")).toMatchObject({ outcome: "refused", why: expect.stringContaining("redirects") });
});

test("a redirect to another host is followed without telling it anything of the first", async ({ onTestFinished }) => {
  const other = await openVendor(
    onTestFinished,
    ({ headers }) =>
      (response) =>
        host(response, headers),
  );
  const location = `${other.origin}/clip.mp4`;
  const shelf = await openShelf(onTestFinished, () => ({
    status: 302,
    headers: { location, "set-cookie": "session=1" },
  }));
  expect(await shelf.fetch("/v/clip.mp4?signature=secret")).toMatchObject({ outcome: "downloaded" });
  const [seen] = other.seen;
  expect(Object.keys(seen?.headers ?? {}).toSorted()).toEqual([
    "accept",
    "accept-encoding",
    "connection",
    "host",
    "user-agent",
  ]);
  expect(JSON.stringify(other.seen)).not.toMatch(new RegExp(`${KEY}|secret|session`));
});

test.for([
  "https://user:password@files.example/x",
  "//169.254.169.254/latest",
  "https://[::ffff:10.0.0.1]/x",
  "https://167772161/x",
  "https://0x0a.1/x",
  "https://metadata.internal/x",
  "data:video/mp4;base64,AAAAHGZ0eXA=",
  "http://[",
  "http://10.0.0.1/x",
  "https://169.254.169.254/latest",
  "https://printer/x",
  "http://films.example/x",
  "file:///etc/passwd",
])("a redirect to %s is refused unvisited", async (location, { onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({ status: 302, headers: { location } }));
  expect(await shelf.fetch()).toMatchObject({ outcome: "refused" });
  expect(shelf.seen).toHaveLength(1);
});

test.for([
  "http://tempfile.aiquickdraw.com/v/a.mp4",
  "https://127.0.0.1:9/a.mp4",
  "https://[::1]/a.mp4",
  "https://localhost/a.mp4",
  "https://192.168.0.10/a.mp4",
  "https://user:password@files.example/a.mp4",
  "ftp://files.example/a.mp4",
  "not an address",
])("%s is no address to fetch a clip from", async (url, { onTestFinished }) => {
  const shelf = await openShelf(onTestFinished, () => ({}));
  const { part, world } = shelf;
  expect(await fetchClip({ url, part, allow: { loopback: false } }, world)).toMatchObject({ outcome: "refused" });
  expect(shelf.seen).toEqual([]);
});

test("a disk that cannot take the file is the system's own error", async ({ onTestFinished }) => {
  const shelf = await openShelf(
    onTestFinished,
    ({ headers }) =>
      (response) =>
        host(response, headers),
  );
  const { origin, world, folder } = shelf;
  const part = join(folder, "file", "take.part");
  await writeFile(join(folder, "file"), "in the way");
  await expect(fetchClip({ url: origin, part, allow: { loopback: true } }, world)).rejects.toMatchObject({
    code: expect.stringMatching(/EEXIST|ENOTDIR/),
  });
});
