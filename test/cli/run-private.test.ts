import { readdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, relative } from "node:path";
import { expect, type TestContext, test, vi } from "vitest";
import { FAULT_NAMES } from "../../src/simulator/faults.ts";
import { freePort } from "./free-port.ts";
import { openStudio, type Studio } from "./studio.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Nobody may ever find these in a file; they look different in each form. */
const API_KEY = "k+y/5f1d%c0ffee&e0=~7b";
const WEBHOOK_KEY = "w+b/9a7c%c0ffee&51=~3d";

const ON = {
  generate: [
    ...FAULT_NAMES.filter((name) => name.startsWith("fail:")),
    ...["empty", "no-task-id", "reset-after", "code-422", "html-502-after"],
  ],
  file: ["slow-file", "truncated-file", "html-file", "forbidden"],
  callback: ["duplicate", "late", "drop"],
};
const SPEED = 120;
/** Everything else strikes the looks, of which there are many; a refused key last, as it ends the run. */
const elsewhere = new Set([...Object.values(ON).flat(), "stuck", "code-401"]);
const LOOKS = [...FAULT_NAMES.filter((name) => !elsewhere.has(name)), "code-401"];
const PLAN = [
  ...Object.entries({ ...ON, "record-info": LOOKS, extend: ["stuck"] }).flatMap(([endpoint, faults]) =>
    faults.map((fault, index) => ({ endpoint, nth: index + 1, fault })),
  ),
];

/** Every form in which a key could come along: as it is, escaped for an address, in hex, and in base64 wherever it stands in it. */
function formsOf(key: string): readonly string[] {
  const bytes = Buffer.from(key);
  const within = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // The letters at either end also hold bits of what stands beside it.
    return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const urls = [encodeURIComponent(key), encodeURI(key), new URLSearchParams({ key }).toString().slice("key=".length)];
  const based = [...within, ...within.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
  const hex = bytes.toString("hex");
  return [key, ...urls, ...urls.map((text) => text.toLowerCase()), ...based, hex, hex.toUpperCase()];
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Everything below the studio's folder that holds what is nobody else's business. */
async function expectPrivate(studio: Studio): Promise<number> {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  const all = await filesBelow(studio.folder);
  const secret = all.filter((path) => /\.(db|db-journal|jsonl)$|ffmpeg\.json$/.test(path));
  for (const path of secret)
    expect([relative(studio.folder, path), await modeOf(path)]).toEqual([expect.anything(), "600"]);
  for (const folder of ["output/log", "state/callsheet"]) {
    expect([folder, await modeOf(join(studio.folder, folder))]).toEqual([folder, "700"]);
  }
  return secret.length;
}

async function openWebhook(onTestFinished: TestContext["onTestFinished"]) {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    heard.push(request.url ?? "", request.rawHeaders.join("\n"));
    for await (const piece of request) heard.push(String(piece));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => new Promise<void>((closed) => void server.close(() => closed())));
  const address = server.address();
  return { heard, url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/told` };
}

test.concurrent("no byte that is written or told holds a key, whatever goes wrong, and what is private is nobody else's to read", async ({
  onTestFinished,
}) => {
  const webhook = await openWebhook(onTestFinished);
  const studio = await openStudio(onTestFinished, {
    speed: SPEED,
    faults: JSON.stringify({ switches: { callbackKey: WEBHOOK_KEY, fast: [90, 110] }, faults: PLAN }),
    environment: { KIE_API_KEY: API_KEY, KIE_WEBHOOK_KEY: WEBHOOK_KEY },
    asksTools: true,
  });
  const shots = ON.generate.map((_, index) => `  - { id: s${index}, prompt: "Shot ${index} \u202e of many" }`);
  await studio.write("film.yaml", `on_failed: { webhook: "${webhook.url}" }\nshots:\n${shots.join("\n")}\n`);
  const fine = 'on_done: { command: [sh, -c, "env > environment"] }\nshots:\n  - { id: a, prompt: A harbour }\n';
  await studio.write("fine.yaml", fine);
  const port = await freePort();
  const called = ["--callback-url", `http://127.0.0.1:${port}/cb`, "--listen", `${port}`, "--speed", `${SPEED}`];

  const told: string[] = [];
  const call = async (...args: readonly string[]) => {
    // Whatever a process may give away by itself, it gives away.
    const { stdout, stderr } = await studio.paste(`umask 000\ncallsheet ${args.join(" ")}`);
    told.push(stdout, stderr);
  };
  /** faults that have not struck yet */
  const open = () => {
    const { calls, callbacks } = studio.vendor.purchases();
    const countOf = (endpoint: string) =>
      endpoint === "callback" ? callbacks.length : calls.filter(({ target }) => target === endpoint).length;
    return PLAN.filter(({ endpoint, nth }) => countOf(endpoint) < nth).map(({ fault }) => fault);
  };
  await call("run", "film.yaml", "fine.yaml", ...called);
  expect(await expectPrivate(studio)).toBeGreaterThan(3);
  for (let night = 0; night < 5 && open().some((fault) => fault !== "stuck"); night++) {
    await call("run", "film.yaml", "fine.yaml", "--retry-failed", night === 0 ? "--json" : "--quiet", ...called);
  }
  await studio.write(
    "tasks.txt",
    studio.vendor
      .purchases()
      .tasks.map(({ task }) => task)
      .join("\n"),
  );
  await studio.write("refused.yaml", 'shots: [{ id: a, prompt: "[[refuse:422]]" }]\n');
  await call("salvage", "film.yaml", "fine.yaml", "--tasks", "tasks.txt", "--speed", `${SPEED}`);
  await call("adopt", "film.yaml", "s0", "0123456789abcdef0123456789abcdef");
  await studio.write("fine.yaml", fine.replace("id: a", "id: z"));
  await call("rename", "fine.yaml", "a", "z");
  await call("join", "fine.yaml", "--json");
  await call("run", "refused.yaml", "--simulate");
  for (const command of ["status film.yaml --json", "plan film.yaml", "spend", "doctor --json"]) {
    await call(...command.split(" "));
  }
  await studio.write("fine.yaml", `${fine.replace("id: a", "id: z")}  - { id: e, prompt: A storm, extends: z }\n`);
  const stuck = studio.start(["run", "fine.yaml"]);
  await vi.waitFor(() => expect(stuck.stderr()).toMatch(/e take 1 submitted/), { timeout: 60_000 });
  stuck.child.kill("SIGINT");
  const interrupted = await stuck.ended;
  told.push(interrupted.stdout, interrupted.stderr);
  expect(open()).toEqual([]);

  expect(told.join("").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);

  expect(await expectPrivate(studio)).toBeGreaterThan(6);
  const written = await filesBelow(studio.folder);
  const names = written.map((path) => relative(studio.folder, path));
  for (const name of ["environment", "output/simulated/simulator/journal.jsonl"]) {
    expect(names).toContain(name);
  }
  expect(names.some((name) => /^output\/fine\/clips\/z\/take-\d\.json$/.test(name))).toBe(true);
  expect(webhook.heard.join("")).toContain("film");
  const places = new Map(await Promise.all(written.map(async (path) => [path, await readFile(path)] as const)));
  places.set("what was told", Buffer.from(told.join("")));
  places.set("what the webhook was told", Buffer.from(webhook.heard.join("")));
  for (const form of [...formsOf(API_KEY), ...formsOf(WEBHOOK_KEY)]) {
    for (const [place, bytes] of places) expect(bytes.includes(form), `${place} holds ${form}`).toBe(false);
  }
  const bytes = [...places.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(
    `${new Set(PLAN.map(({ fault }) => fault)).size} kinds of fault; no key in ${bytes} bytes of ${places.size} places`,
  );
});

test("a key is found in every form", () => {
  const found = (text: string) => formsOf(API_KEY).some((form) => text.includes(form));
  for (const around of ["", "a", "ab", "abc"]) {
    const bytes = Buffer.from(`${around}${API_KEY}${around}`);
    for (const form of ["utf8", "base64", "base64url", "hex"] as const)
      expect(found(bytes.toString(form)), form).toBe(true);
  }
  expect(found(`https://a.example/?key=${encodeURIComponent(API_KEY)}&b`)).toBe(true);
  expect(found(JSON.stringify({ key: API_KEY }))).toBe(true);
});
