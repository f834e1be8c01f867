import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const SHOTS = ["A harbour", "A keeper", "A storm"];
const film = (budget = "") => `
name: film
${budget}
${plainFilm("s1", "s2", "s3")}shots:
${SHOTS.map((prompt, index) => `  - { id: s${index + 1}, prompt: ${prompt} }`).join("\n")}
`;

test.concurrent("a price above the run's cap buys nothing and exits 3; --budget wins over the manifest", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", film("budget: { run: 170 }"));
  const refused = await studio.callsheet("run", "film.yaml", "--json");
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain("this run would cost 180 credits; its cap is 170. Nothing was bought");
  expect(studio.bought()).toEqual([]);
  expect(JSON.parse(refused.stdout)).toMatchObject({ state: "stopped", credits: { run: { spent: 0 } } });

  expect(await studio.callsheet("run", "film.yaml", "--budget", "180")).toMatchObject({ exitCode: 0 });
  expect(studio.bought().toSorted()).toEqual(SHOTS);
});

test.concurrent("a cap keeps what is finished: joined films and fetched clips stay, and missing ones are fetched", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", film());
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await studio.write("film.yaml", `${film("budget: { run: 10 }")}  - { id: s4, prompt: A new one }\n`);
  await rm(join(studio.folder, "output/film/clips/s1/take-1.720p.mp4"));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(3);
  expect(studio.bought()).toHaveLength(3);
  const { shots } = await studio.summary("film");
  expect(shots.map(({ state, resolution }) => [state, resolution])).toEqual([
    ...SHOTS.map(() => ["checked", "720p"]),
    ["planned", null],
  ]);
});

test.concurrent("a day's cap holds across runs and batches", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", film("budget: { day: 200 }"));
  await studio.write("other.yaml", "name: other\nbudget: { day: 200 }\nshots:\n  - { id: a, prompt: Another }\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const other = await studio.callsheet("run", "other.yaml");
  expect(other.exitCode).toBe(3);
  expect(other.stdout).toContain("the day's cap is 200, of which 180 are spent or reserved");
  expect(studio.bought()).toHaveLength(3);
});

test.concurrent("a balance below the price buys nothing and exits 3", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { balance: 179 });
  await studio.write("film.yaml", film());
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(3);
  expect(ran.stdout).toContain("the account has 179");
  expect(studio.bought()).toEqual([]);
});

for (const [code, words] of [
  [402, "the account has no credits left"],
  [433, "the key has reached its own spending cap"],
] as const) {
  test.concurrent(`a ${code} in the middle stops the buying, and what is paid is finished`, async ({
    onTestFinished,
  }) => {
    const faults = `faults: [{ endpoint: generate, nth: [2, 3, 4, 5, 6], fault: code-${code} }]`;
    const studio = await openStudio(onTestFinished, { faults });
    await studio.write("film.yaml", film());
    const ran = await studio.callsheet("run", "film.yaml");
    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain(words);
    expect(studio.bought()).toHaveLength(1);
    const { state, shots, credits } = await studio.summary("film");
    expect({ state, spent: credits.run.spent }).toEqual({ state: "stopped", spent: 60 });
    expect(shots.map((shot) => shot.state).toSorted()).toEqual(["checked", "planned", "planned"]);
    const calls = studio.vendor.purchases().calls.filter(({ target }) => target === "generate");
    expect(calls.length).toBeLessThanOrEqual(3);
  });
}

test.concurrent("an upgrade that nobody can pay for leaves the 720p film's clip and is bought by the next run", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: get-1080p-video, nth: 1, fault: code-402 }]",
  });
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: a, prompt: A harbour, resolution: 1080p }\n${plainFilm("a")}`,
  );
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 3 });
  expect((await studio.summary("film")).shots).toMatchObject([{ state: "checked", resolution: "720p", credits: 60 }]);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour", "1080p of A harbour"]);
});

test.concurrent("a key that is refused or missing exits 5 and buys nothing", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", film());
  const refused = await studio.start(["run", "film.yaml"], { KIE_API_KEY: "bad-key" }).ended;
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain("Set KIE_API_KEY to a valid key");
  const missing = await studio.start(["run", "film.yaml"], { KIE_API_KEY: "" }).ended;
  expect(missing.exitCode).toBe(5);
  expect(missing.stderr).toContain("KIE_API_KEY is not set");
  expect(studio.bought()).toEqual([]);
});

test.concurrent("a key that is refused in the middle exits 5; a good one finishes and buys nothing twice", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: record-info, nth: 2, fault: code-401 }]",
  });
  await studio.write("film.yaml", film());
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(5);
  expect(await studio.summary("film")).toMatchObject({ state: "stopped" });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought().toSorted()).toEqual(SHOTS);
});

for (const fault of ["reset-after", "no-task-id"]) {
  test.concurrent(`a purchase that is answered by ${fault} is left to a person and never bought again`, async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(onTestFinished, {
      faults: `faults: [{ endpoint: generate, nth: 1, fault: ${fault} }]`,
    });
    await studio.write("film.yaml", film());
    const ran = await studio.callsheet("run", "film.yaml");
    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain("callsheet adopt film.yaml s1 TASK");
    expect(studio.bought().toSorted()).toEqual(SHOTS);
    const { shots } = await studio.summary("film");
    expect(shots.map(({ state }) => state)).toEqual(["unconfirmed", "checked", "checked"]);

    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
    expect(await studio.callsheet("run", "film.yaml", "--retry-failed")).toMatchObject({ exitCode: 4 });
    expect(studio.bought()).toHaveLength(3);

    const task = studio.vendor.purchases().tasks.find(({ prompt }) => prompt === SHOTS[0])?.task ?? "";
    const wrong = studio.vendor.purchases().tasks.find(({ prompt }) => prompt === SHOTS[1])?.task ?? "";
    expect(await studio.callsheet("adopt", "film.yaml", "s1", wrong)).toMatchObject({ exitCode: 2 });
    expect(await studio.callsheet("adopt", "film.yaml", "s1", task)).toMatchObject({ exitCode: 0 });
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
    expect(studio.bought()).toHaveLength(3);
    expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", frames: 3 * 192 }]);
  });
}

for (const fault of ["hang-after", "truncated-json", "empty-body", "html-502-after"]) {
  test.concurrent(`a purchase that is answered by ${fault} is unconfirmed`, async ({ onTestFinished }) => {
    const studio = await openStudio(onTestFinished, {
      faults: `{ switches: { fast: [10, 20] }, faults: [{ endpoint: generate, nth: 1, fault: ${fault} }] }`,
    });
    await studio.write("film.yaml", film());
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
    expect(studio.bought()).toHaveLength(3);
    const { shots } = await studio.summary("film");
    expect(shots.map(({ state }) => state)).toEqual(["unconfirmed", "checked", "checked"]);
  });
}

for (const fault of ["reset-before", "hang-before"]) {
  test.concurrent(`a purchase that was lost by ${fault} is bought once the author says it was not made`, async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(onTestFinished, {
      faults: `faults: [{ endpoint: generate, nth: 1, fault: ${fault} }]`,
    });
    await studio.write("film.yaml", film());
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
    expect(studio.bought()).toHaveLength(2);
    expect(await studio.callsheet("forget", "film.yaml", "s1")).toMatchObject({ exitCode: 0 });
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
    expect(studio.bought().toSorted()).toEqual(SHOTS);
  });
}

test.concurrent("three purchases in a row without an answer stop the buying", async ({ onTestFinished }) => {
  // Slow enough that answers come while the spacing of purchases still counts, on a busy machine too.
  const faults = "faults: [{ endpoint: generate, fault: reset-after }]";
  const studio = await openStudio(onTestFinished, { faults, speed: 3 });
  const shots = Array.from({ length: 40 }, (_, index) => `  - { id: s${index}, prompt: Shot ${index} }`).join("\n");
  await studio.write("film.yaml", `name: film\nshots:\n${shots}\n`);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  // Those already on their way when the third silence is known still count; most of the forty never leave.
  expect(studio.bought().length).toBeGreaterThanOrEqual(3);
  expect(studio.bought().length).toBeLessThan(30);
});

// Four calls within four seconds: a window that a busy machine fills as well.
test.concurrent("a shop that is closed, limits that are hit and a storm of 429 delay the run and change nothing else", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults:
      "{ switches: { rateLimit: 3, rateWindowMs: 240000 }, faults: [{ endpoint: generate, nth: 3, fault: code-455 }] }",
  });
  const prompts = Array.from({ length: 6 }, (_, index) => `Shot ${index + 10}`);
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n${prompts.map((prompt, index) => `  - { id: s${index}, prompt: ${prompt} }`).join("\n")}\nsequences: [{ id: short, shots: [s0, s5], loudness: off }]\n`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(0);
  expect(studio.bought().toSorted()).toEqual(prompts);
  expect(studio.vendor.purchases().calls.some(({ code }) => code === 429)).toBe(true);
  expect((await studio.summary("film")).sequences).toMatchObject([{ frames: 2 * 192 }]);
});

test.concurrent("twenty-eight shots are bought once each and never more than twenty in ten seconds, as the vendor counts", async ({
  onTestFinished,
}) => {
  const speed = 10;
  const studio = await openStudio(onTestFinished, { speed, faults: "switches: { fast: [5, 10] }" });
  const shots = Array.from({ length: 28 }, (_, index) => `  - { id: s${index}, prompt: Shot ${index} }`).join("\n");
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n${shots}\nsequences: [{ id: short, shots: [s0], loudness: off }]\n`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(0);
  expect(new Set(studio.bought()).size).toBe(28);
  const starts = studio.vendor.purchases().calls.filter(({ target }) => target === "generate");
  expect(starts.map(({ code }) => code)).toEqual(Array.from({ length: 28 }, () => 200));
  const windows = starts.slice(20).map(({ at }, index) => (at - (starts[index]?.at ?? 0)) * speed);
  expect(Math.min(...windows)).toBeGreaterThanOrEqual(10_000);
});
