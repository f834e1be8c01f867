import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";
import { treeOf } from "./tree.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = `
name: film
shots:
  - { id: harbour, prompt: A harbour, resolution: 4k }
  - { id: keeper, prompt: A keeper }
  - { id: door, prompt: A door, follows: keeper }
`;

test.concurrent("a plan shows what, why and at what price; it needs neither key nor ffmpeg, and leaves no trace", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const before = await treeOf(studio.folder);
  const bare = { KIE_API_KEY: "", KIE_API_URL: "", PATH: "", FFMPEG_PATH: "", FFPROBE_PATH: "" };
  const ran = await studio.start(["plan", "film.yaml"], bare).ended;
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toBe(`film: 3 shots, 1 film, from film.yaml
A new ledger begins: output/ledger.db. Nothing bought before is known in it.

Takes
  harbour  take 1  180 credits  make with veo3_fast, then upgrade to 4k (never made)
  keeper   take 1   60 credits  make with veo3_fast (never made)
  door     take 1   60 credits  make with veo3_fast from the last frame of keeper (never made)

Films
  films/film.mp4  576 frames, 24 s, 1280x720 at 24 frames a second: all frames copied; sound at -14 LUFS (never joined)

Total: 300 credits ($1.50)
Prices: built in, as of 2026-08-19
Nothing was bought.
`);
  expect(await treeOf(studio.folder)).toEqual(before);
  expect(studio.vendor.purchases().calls).toEqual([]);
});

test.concurrent("without ffmpeg a plan says once what a run would miss, and the price all the same", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const nowhere = { FFMPEG_PATH: "/nowhere/ffmpeg" };
  const ran = await studio.start(["plan", "film.yaml"], nowhere).ended;
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toContain("Total: 300 credits ($1.50)");
  expect(ran.stdout).toContain("\nA run would refuse to begin on this machine:\nffmpeg and ffprobe are needed");
  expect(ran.stdout.split("[ffmpeg-missing]")).toHaveLength(2);
  const asked = await studio.start(["run", "film.yaml", "--dry-run", "--json"], nowhere).ended;
  expect(JSON.parse(asked.stdout)).toMatchObject({ obstacles: [{ rule: "ffmpeg-missing" }] });
});

test.concurrent("with a key a plan asks for the balance and nothing else", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { balance: 1234 });
  await studio.write("film.yaml", FILM);
  const before = await treeOf(studio.folder);
  const ran = await studio.callsheet("plan", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toContain("Balance: 1,234 credits ($6.17)");
  const { calls } = studio.vendor.purchases();
  expect(calls.map(({ target }) => target)).toEqual(["credit"]);
  expect(await treeOf(studio.folder)).toEqual(before);
});

test.concurrent("a vendor that does not answer does not keep a plan from being shown", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const ran = await studio.start(["plan", "film.yaml"], { KIE_API_URL: "http://127.0.0.1:9" }).ended;
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("Total: 300 credits ($1.50)");
  expect(ran.stdout).not.toContain("Balance");
});

test.concurrent("--detailed-exitcode is 10 while there is work and 0 when all is made", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", "shots: [{ id: a, prompt: A net }]\n");
  expect(await studio.callsheet("plan", "film.yaml", "--detailed-exitcode")).toMatchObject({ exitCode: 10 });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const calls = studio.vendor.purchases().calls.length;
  const after = await studio.callsheet("plan", "film.yaml", "--detailed-exitcode");
  expect(after).toMatchObject({ exitCode: 0, stderr: "" });
  expect(after.stdout).toContain("Nothing to do: 1 shot made, 1 film joined. 0 credits.");
  expect(studio.vendor.purchases().calls).toHaveLength(calls);
  // A change of the words is work again, and the plan says why.
  await studio.write("film.yaml", "shots: [{ id: a, prompt: Another net }]\n");
  const changed = await studio.callsheet("plan", "film.yaml", "--detailed-exitcode");
  expect(changed).toMatchObject({ exitCode: 10 });
  expect(changed.stdout).toMatch(/a {2}take 2 {2}60 credits .*\(prompt changed\)/);
});

test.concurrent("--json is one document: steps, prices, balance, caps and the ledger that begins", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { balance: 500 });
  await studio.write("film.yaml", `budget: { day: 900 }\n${FILM}`);
  await studio.write("other.yaml", "shots: [{ id: a, prompt: A net }]\n");
  const one = await studio.callsheet("plan", "film.yaml", "--json", "--budget", "400");
  expect(one).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(one.stdout)).toMatchObject({
    version: 1,
    name: "film",
    manifest: "film.yaml",
    price: { likely: 300, worst: 300 },
    balance: 500,
    caps: { run: 400, day: 900 },
    newLedger: "output/ledger.db",
    prices: { generate: { veo3: 250, veo3_fast: 60, veo3_lite: 30 } },
  });
  const two = await studio.callsheet("plan", "film.yaml", "other.yaml", "--json");
  const { batches } = JSON.parse(two.stdout);
  expect(batches.map(({ name }: { name: string }) => name)).toEqual(["film", "other"]);
});

test.concurrent("prices of a file replace those built in, and the plan names the file", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("prices.yaml", "date: 2026-10-01\ngenerate: { veo3_fast: 168 }\n");
  await studio.write("film.yaml", "prices: prices.yaml\nshots: [{ id: a, prompt: A net, resolution: 1080p }]\n");
  const { stdout } = await studio.callsheet("plan", "film.yaml");
  expect(stdout).toContain("Total: 173 credits ($0.865)");
  expect(stdout).toContain("Prices: prices.yaml, as of 2026-10-01");
});

test.concurrent("--only takes the parents a shot needs, --force another take; names that fit nothing are refused together", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const only = await studio.callsheet("plan", "film.yaml", "--only", "do*");
  expect(only.stdout).toContain("Only 2 of these shots are selected.");
  expect(only.stdout).toContain("Total: 120 credits ($0.60)");
  expect(only.stdout).toContain('Film "film" cannot be joined yet: harbour is missing.');

  expect(await studio.callsheet("run", "film.yaml", "--only", "keeper")).toMatchObject({ exitCode: 0 });
  const force = await studio.callsheet("plan", "film.yaml", "--only", "keeper", "--force", "keeper");
  expect(force.stdout).toMatch(/keeper {2}take 2 {2}60 credits {2}make with veo3_fast \(forced\)/);

  const unknown = await studio.callsheet("plan", "film.yaml", "--only", "x*", "keeper", "--force", "boat");
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unknown.stderr).toContain("--force boat: no such shot in film.yaml [unknown-shot]");
  expect(unknown.stderr).toContain("--only x*: fits no shot in film.yaml [unknown-shot]");
  expect(unknown.stderr).not.toContain("--only keeper");
});

test.concurrent("a plan above a budget or the balance says that a run would buy nothing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { balance: 100 });
  await studio.write("film.yaml", FILM);
  const capped = await studio.callsheet("plan", "film.yaml", "--budget", "50");
  expect(capped.stdout).toContain("Caps: 50 credits a run");
  expect(capped.stdout).toContain("[budget-run]");
  const poor = await studio.callsheet("plan", "film.yaml");
  expect(poor.stdout).toContain("Balance: 100 credits ($0.50)");
  expect(poor.stdout).toMatch(/300 credits.*100/);
});

test.concurrent("run --dry-run shows the same plan, and buys nothing", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const planned = await studio.callsheet("plan", "film.yaml");
  const dry = await studio.callsheet("run", "film.yaml", "--dry-run");
  expect(dry).toMatchObject({ exitCode: 0, stderr: "", stdout: planned.stdout });
  expect(studio.bought()).toEqual([]);
  expect(studio.vendor.purchases().calls.every(({ target }) => target === "credit")).toBe(true);
});
