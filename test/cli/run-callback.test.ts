import { createHmac } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio, type StudioOptions } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

/** Nobody may ever find this in a file. */
const WEBHOOK_KEY = "webhook-key-9a7c0ffee";

type OnFinished = Parameters<typeof openStudio>[0];

/** A studio and a port of its own for callbacks: the flags of `run` that lead there, and the address itself. */
async function openCalledStudio(onTestFinished: OnFinished, options: StudioOptions = {}) {
  const studio = await openStudio(onTestFinished, options);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/cb`;
  return { studio, port, url, flags: ["--callback-url", url, "--listen", `${port}`] };
}

const film = (prompts: readonly string[], more = "") =>
  `name: film\n${more}\n${plainFilm(...prompts.map((_, index) => `s${index + 1}`))}shots:\n${prompts.map((prompt, index) => `  - { id: s${index + 1}, prompt: "${prompt}" }`).join("\n")}\n`;

const looks = (studio: Studio) =>
  studio.vendor.purchases().calls.filter(({ target }) => target === "record-info").length;

const prompts = ["A harbour", "A keeper", "A storm"];

test.concurrent("a run that is called back gets every take with fewer looks", async ({ onTestFinished }) => {
  const faults = "switches: { fast: [100, 110] }";
  const { studio, flags } = await openCalledStudio(onTestFinished, { faults });
  const deaf = await openStudio(onTestFinished, { faults });
  // One after the other: the first callback proves the way, the others profit.
  for (const each of [studio, deaf]) await each.write("film.yaml", film(prompts, "limits: { running: 1 }"));
  const [called, polled] = await Promise.all([
    studio.callsheet("run", "film.yaml", ...flags),
    deaf.callsheet("run", "film.yaml"),
  ]);
  expect([called.exitCode, polled.exitCode]).toEqual([0, 0]);
  expect(called.stderr).toContain("KIE_WEBHOOK_KEY is not set, so they are not checked");
  expect(studio.bought()).toEqual(prompts);
  expect(studio.vendor.purchases().callbacks.map(({ answer }) => answer)).toEqual([200, 200, 200]);
  console.log(`looks at 3 takes: ${looks(deaf)} without callbacks, ${looks(studio)} with`);
  expect(looks(studio)).toBeLessThan(looks(deaf));
});

test.concurrent("purchases that were never answered are settled by their callbacks, and nothing is bought twice", async ({
  onTestFinished,
}) => {
  const { studio, flags } = await openCalledStudio(onTestFinished, {
    faults: `
switches: { callbackKey: ${WEBHOOK_KEY}, callbackUrls: bracketed, callback4k: snake, upgrade4k: [60, 90] }
faults:
  - { endpoint: generate, nth: 1, fault: reset-after }
  - { endpoint: generate, nth: 2, fault: hang-after }
  - { endpoint: callback, nth: 1, fault: duplicate }
  - { endpoint: callback, nth: 3, fault: late }
`,
    speed: 30,
    environment: { KIE_WEBHOOK_KEY: WEBHOOK_KEY },
  });
  await studio.write("film.yaml", film(prompts).replace('A storm"', 'A storm", resolution: 4k'));
  const ran = await studio.callsheet("run", "film.yaml", ...flags);
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(studio.bought().toSorted()).toEqual(["4k of A storm", ...prompts]);
  expect(ran.stderr.match(/whether it was bought is unknown/g)).toHaveLength(2);
  expect(ran.stderr.match(/ adopted: task /g)).toHaveLength(2);
  const { state, credits } = await studio.summary("film");
  expect({ state, spent: credits.run.spent }).toEqual({ state: "complete", spent: 300 });
  const { callbacks, tasks } = studio.vendor.purchases();
  expect(new Set(callbacks.map(({ url }) => url)).size).toBe(tasks.length);

  // Neither the key nor anything made with it is written or told.
  const written = await readdir(studio.folder, { recursive: true, withFileTypes: true });
  for (const entry of written.filter((each) => each.isFile())) {
    expect((await readFile(join(entry.parentPath, entry.name))).includes(WEBHOOK_KEY), entry.name).toBe(false);
  }
  expect(ran.stdout + ran.stderr).not.toContain(WEBHOOK_KEY);
});

test.concurrent("a purchase that was not made is waited for only so long, and left to a person", async ({
  onTestFinished,
}) => {
  const { studio, flags } = await openCalledStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: 1, fault: reset-before }]",
    speed: 200,
  });
  await studio.write("film.yaml", film(["A harbour"]));
  const ran = await studio.callsheet("run", "film.yaml", ...flags);
  expect(ran.exitCode).toBe(4);
  expect(ran.stderr).toMatch(/waiting up to \d+ min.* for the callback of a purchase that was not answered/);
  expect(ran.stdout).toContain("callsheet forget film.yaml s1");
  expect(studio.bought()).toEqual([]);
});

/** A run in which the answer to a purchase and its callback were both lost, and what a stranger would have to know. */
async function openLostPurchase(onTestFinished: OnFinished, environment: Readonly<Record<string, string>> = {}) {
  const called = await openCalledStudio(onTestFinished, {
    faults:
      "{ switches: { fast: [20, 30] }, faults: [{ endpoint: generate, nth: 1, fault: reset-after }, { endpoint: callback, fault: drop }] }",
    speed: 10,
    environment,
  });
  const { studio, flags } = called;
  await studio.write("film.yaml", film(prompts.slice(0, 2), "limits: { running: 1 }"));
  const running = studio.start(["run", "film.yaml", ...flags]);
  await vi.waitFor(() => expect(running.stderr()).toContain("for the callback of a purchase"), { timeout: 60_000 });
  const [lost = "", other = ""] = studio.vendor.purchases().tasks.map(({ task }) => task);
  const record = await fetch(`${studio.vendor.origin}/api/v1/veo/record-info?taskId=${lost}`, {
    headers: { authorization: "Bearer any" },
  });
  const address: string = JSON.parse(JSON.parse(await record.text()).data.paramJson).callBackUrl;
  const call = async (task: string, headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify({ code: 200, msg: "forged", data: { taskId: task } });
    return (await fetch(address, { method: "POST", body, headers })).status;
  };
  return { ...called, running, lost, other, call };
}

test.concurrent("forged callbacks change nothing, and the true one settles", async ({ onTestFinished }) => {
  const environment = { KIE_WEBHOOK_KEY: WEBHOOK_KEY };
  const { studio, running, lost, other, call } = await openLostPurchase(onTestFinished, environment);
  const sign = (task: string, key = WEBHOOK_KEY) => {
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", key).update(`${task}.${seconds}`).digest("base64");
    return { "x-webhook-timestamp": `${seconds}`, "x-webhook-signature": signature };
  };
  const before = looks(studio);
  expect(await call(lost)).toBe(401);
  expect(await call(lost, sign(lost, "guessed"))).toBe(401);
  expect(looks(studio)).toBe(before);
  // A signature says nothing about the address: this one was overheard with another take.
  expect(await call(other, sign(other))).toBe(200);
  await vi.waitFor(() => expect(running.stderr()).toContain(`names task ${other} is ignored`), { timeout: 30_000 });
  expect(running.stderr()).not.toContain("adopted");

  expect(await call(lost, sign(lost))).toBe(200);
  const ran = await running.ended;
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stderr).toContain("1 callback refused: the signature does not fit KIE_WEBHOOK_KEY");
  expect(studio.bought()).toHaveLength(2);
});

test.concurrent("without a key a stranger can make us look and no more, and Ctrl-C frees the port", async ({
  onTestFinished,
}) => {
  const { studio, running, port, other, call } = await openLostPurchase(onTestFinished);
  expect(await call(other)).toBe(200);
  await vi.waitFor(() => expect(running.stderr()).toContain(`names task ${other} is ignored`), { timeout: 30_000 });
  const before = looks(studio);
  for (let times = 0; times < 100; times++) expect(await call(other)).toBe(200);
  expect(looks(studio)).toBe(before);
  running.child.kill("SIGINT");
  const ran = await running.ended;
  expect(ran).toMatchObject({ exitCode: 130 });
  expect(ran.stderr).not.toContain("adopted");
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  await new Promise((resolve) => server.close(resolve));
});

test.concurrent("flags that do not fit and a port that is taken are refused before anything is bought", async ({
  onTestFinished,
}) => {
  const { studio, flags, port } = await openCalledStudio(onTestFinished);
  await studio.write("film.yaml", film(["A harbour"]));
  const half = await studio.callsheet("run", "film.yaml", "--listen", "4010", "--dry-run");
  expect(half).toMatchObject({ exitCode: 2, stdout: "" });
  expect(half.stderr).toContain("Add --callback-url URL");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const taken = await studio.callsheet("run", "film.yaml", ...flags);
  expect(taken).toMatchObject({ exitCode: 2, stdout: "" });
  expect(taken.stderr).toContain(`127.0.0.1:${port} is in use by another program [listen]`);
  expect(studio.bought()).toEqual([]);
});
