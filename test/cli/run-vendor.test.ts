import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

/** A batch that meets every endpoint whose answers have several forms. */
const ALL_SIZES = `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper, resolution: 1080p }
  - { id: c, prompt: A storm, resolution: 4k }
sequences:
  - { id: small, shots: [a], loudness: off }
`;
const QUICK = "fast: [10, 20], upgrade1080p: [20, 30], upgrade4k: [30, 40]";

test.concurrent.for([
  ["httpStatusMode: always200, resultUrlsFormat: jsonString, timeFormat: local, not1080pReady: '422', ready4k: '200'"],
  ["httpStatusMode: mirrorBodyCode, resultUrlsFormat: bracketed, responseAsString: true, creditsConsumed: true"],
  ["resultUrlsPlace: data, timeFormat: iso, errorMessageWhenOk: empty, not1080pReady: '500', taskId4k: new"],
  ["not1080pReady: 200-without-url, visibilityGapMs: 20000, unknownTask: '404', idForm: uuid"],
  ["visibilityGapMs: 20000, unknownTask: null-data, idForm: veo_task, clockSkewMs: 7200000"],
])("a vendor of another habit changes nothing: %s", async ([habit], { onTestFinished }) => {
  const faults = `switches: { ${QUICK}, ${habit} }`;
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write("film.yaml", ALL_SIZES);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(studio.bought().toSorted()).toEqual([
    "1080p of A keeper",
    "4k of A storm",
    "A harbour",
    "A keeper",
    "A storm",
  ]);
  const { state, shots, credits } = await studio.summary("film");
  expect({ state, spent: credits.run.spent }).toEqual({ state: "complete", spent: 305 });
  expect(shots.map(({ file }) => file)).toEqual([
    "clips/a/take-1.720p.mp4",
    "clips/b/take-1.1080p.mp4",
    "clips/c/take-1.4k.mp4",
  ]);
});

test.concurrent("one shot that is refused, failed, stuck or empty never stops the others, nor is it bought again", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: good, prompt: A harbour }
  - { id: refused, prompt: "A keeper [[refuse:422]]" }
  - { id: failed, prompt: "A storm [[fail:policy]]" }
  - { id: empty, prompt: "A lamp [[empty]]" }
  - { id: child, prompt: A hall, follows: failed }
  - { id: grandchild, prompt: A cellar, follows: child }
  - { id: other, prompt: A boat }
sequences:
  - { id: whole, shots: [good, failed, child], loudness: off }
  - { id: fine, shots: [good, other], loudness: off }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  const { state, shots, sequences } = await studio.summary("film");
  expect(state).toBe("partial");
  expect(Object.fromEntries(shots.map(({ id, state, problem }) => [id, [state, problem?.rule]]))).toEqual({
    good: ["checked", undefined],
    refused: ["refused", "refused"],
    failed: ["failed", "failed"],
    empty: ["lost", "made-without-file"],
    child: ["blocked", "parent-missing"],
    grandchild: ["blocked", "parent-missing"],
    other: ["checked", undefined],
  });
  expect(sequences.map(({ id, state }) => [id, state])).toEqual([
    ["whole", "held"],
    ["fine", "joined"],
  ]);
  expect(ran.stdout).toContain('shot "child" needs shot "failed", which ended badly');
  expect(ran.stdout).toMatch(/film\.yaml:6:\d+/);

  const before = studio.vendor.purchases().calls.length;
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.vendor.purchases().calls).toHaveLength(before);
});

test.concurrent("a take that never finishes keeps no film of others waiting, and Ctrl-C ends the waiting", async ({
  onTestFinished,
}) => {
  // One run waits half an hour of the vendor's, and at least two minutes of ours: more than a test has.
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    'name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: "A keeper [[stuck]]" }\nsequences: [{ id: one, shots: [a], loudness: off }]\n',
  );
  const running = studio.start(["run", "film.yaml"]);
  while (!running.stderr().includes('film "one" joined')) await sleep(20);
  running.child.kill("SIGINT");
  const ran = await running.ended;
  expect(ran.exitCode).toBe(130);
  expect(ran.stdout).toContain("1 shot still at the vendor's, paid: b.");
  const { shots, sequences } = await studio.summary("film");
  expect(shots.map(({ state }) => state)).toEqual(["checked", "generating"]);
  expect(sequences).toMatchObject([{ state: "joined", frames: 192 }]);
});

test.concurrent.for([
  ["that fails", "[[fail:4k]]", "upgrade-refused"],
  ["that the vendor's fallback model cannot give", "[[fallback]]", "not-upgradable"],
])("an upgrade %s leaves the 720p file, and the film is made of it", async ([, marker, rule], { onTestFinished }) => {
  const studio = await openStudio(onTestFinished, { faults: `switches: { ${QUICK} }` });
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: a, prompt: "A harbour ${marker}", resolution: 4k }\n  - { id: b, prompt: A keeper }\n${plainFilm("a", "b")}`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  const { state, shots, sequences } = await studio.summary("film");
  expect(state).toBe("partial");
  expect(shots[0]).toMatchObject({
    ...{ state: "checked", resolution: "720p", file: "clips/a/take-1.720p.mp4", credits: 60 },
    problem: { rule },
  });
  expect(sequences).toMatchObject([{ state: "joined", frames: 384 }]);
  const calls = studio.bought().length;
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(calls);
});

test.concurrent.for([
  [
    "breaks off, drips or is reset",
    "[{ endpoint: file, nth: [1, 2], fault: truncated-file }, { endpoint: file, nth: 3, fault: slow-file }, { endpoint: file, nth: 4, fault: reset-before }]",
  ],
  [
    "is a web page or a gateway's",
    "[{ endpoint: file, nth: [1, 2], fault: html-file }, { endpoint: file, nth: [3, 4], fault: html-503 }]",
  ],
  ["is forbidden until a fresh link is asked for", "[{ endpoint: file, fault: forbidden }]"],
])("a download that %s comes home whole", async ([, rules], { onTestFinished }) => {
  const faults = `{ switches: { ${QUICK} }, faults: ${rules} }`;
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper }\n${plainFilm("a", "b")}`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", frames: 384 }]);
  expect((await readdir(join(studio.folder, "output/film/clips/a"))).toSorted()).toEqual([
    "take-1.720p.mp4",
    "take-1.json",
  ]);
  expect(studio.bought()).toHaveLength(2);
});

test.concurrent("a host that only sends web pages leaves the take paid, and the next run fetches it", async ({
  onTestFinished,
}) => {
  const nth = Array.from({ length: 6 }, (_, index) => index + 1).join(", ");
  const studio = await openStudio(onTestFinished, {
    faults: `{ switches: { ${QUICK} }, faults: [{ endpoint: file, nth: [${nth}], fault: html-file }] }`,
  });
  await studio.write("film.yaml", `name: film\nshots:\n  - { id: a, prompt: A harbour }\n${plainFilm("a")}`);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  expect((await studio.summary("film")).shots).toMatchObject([{ state: "made", problem: { rule: "not-downloaded" } }]);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(1);
});

test.concurrent.for<[readonly string[]]>([
  [["reset-after", "empty-body", "code-455"]],
  [["hang-after", "truncated-json", "code-429"]],
  [["reset-before"]],
  [["code-429", "html-502-after", "code-500-after"]],
])("an upgrade whose first answers are %s is bought once and comes", async ([strikes], { onTestFinished }) => {
  const rules = strikes.flatMap((fault, index) =>
    ["get-1080p-video", "get-4k-video"].map(
      (endpoint) => `{ endpoint: ${endpoint}, nth: ${index + 1}, fault: ${fault} }`,
    ),
  );
  const faults = `{ switches: { ${QUICK} }, faults: [${rules.join(", ")}] }`;
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write("film.yaml", ALL_SIZES);
  // A line that breaks before the vendor heard of it may need a second run; nothing is lost or bought twice by it.
  const first = await studio.callsheet("run", "film.yaml");
  expect([0, 1]).toContain(first.exitCode);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, first.stdout + first.stderr + ran.stdout + ran.stderr).toBe(0);
  expect(studio.bought()).toHaveLength(5);
  expect(studio.vendor.purchases().spent).toBe(305);
  expect((await studio.summary("film")).credits.total).toEqual({ planned: 305, spent: 305 });
});

test.concurrent("a line that breaks at every fifth free call delays the run and changes nothing else", async ({
  onTestFinished,
}) => {
  const free = ["record-info", "file", "credit", "download-url", "file-stream-upload", "file-base64-upload"];
  const rules = free.flatMap((endpoint) =>
    ["reset-before", "html-503", endpoint === "file" ? "truncated-file" : "truncated-json"].map(
      (fault) => `{ endpoint: ${endpoint}, probability: 0.07, fault: ${fault} }`,
    ),
  );
  const faults = `{ switches: { ${QUICK}, extension: [10, 20] }, faults: [${rules.join(", ")}] }`;
  const studio = await openStudio(onTestFinished, { faults, seed: 11 });
  await studio.write(
    "film.yaml",
    `${ALL_SIZES.replace("sequences:", '  - { id: d, prompt: A hall, follows: a }\n  - { id: e, prompt: "A lamp [[silent]]", extends: d }\nsequences:')}  - { id: whole, shots: [a, d, e], size: 720p, loudness: off }\n`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(studio.bought()).toHaveLength(7);
  const { sequences } = await studio.summary("film");
  expect(sequences.map(({ frames }) => frames)).toEqual([192, 3 * 192]);
});

test.concurrent("an extension that was sent and never answered keeps its parent from being upgraded until it is settled", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: `{ switches: { ${QUICK} }, faults: [{ endpoint: extend, nth: 1, fault: reset-after }] }`,
  });
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: door, prompt: A door, resolution: 1080p }\n  - { id: lamp, prompt: A lamp, extends: door }\n${plainFilm("door", "lamp")}`,
  );
  for (const _ of ["the first run", "the second"]) {
    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
    const { shots } = await studio.summary("film");
    expect(shots.map(({ state, resolution, problem }) => [state, resolution, problem?.rule])).toEqual([
      ["checked", "720p", "upgrade-waits"],
      ["unconfirmed", null, "unconfirmed"],
    ]);
  }
  expect(studio.bought()).toEqual(["A door", "A lamp"]);
  await studio.callsheet("forget", "film.yaml", "lamp");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(4);
});

test.concurrent("a call that the vendor has switched off leaves its shots planned and the others made", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: `switches: { ${QUICK}, disabled: [extend] }` });
  await studio.write(
    "film.yaml",
    "name: film\nshots:\n  - { id: door, prompt: A door }\n  - { id: lamp, prompt: A lamp, extends: door }\n",
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  const { shots } = await studio.summary("film");
  expect(shots.map(({ state, problem }) => [state, problem?.rule])).toEqual([
    ["checked", undefined],
    ["planned", "vendor-disabled"],
  ]);
  expect(studio.bought()).toEqual(["A door"]);
});

test.concurrent("a clip that is gone here and at the vendor's is lost; what was made of it stays, and nothing is bought", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600, faults: `switches: { ${QUICK} }` });
  await studio.write(
    "film.yaml",
    "name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper, resolution: 1080p }\nsequences: [{ id: one, shots: [a], loudness: off }, { id: two, shots: [b], size: 1080p, loudness: off }]\n",
  );
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await rm(join(studio.folder, "output/film/clips/a/take-1.720p.mp4"));
  await rm(join(studio.folder, "output/film/clips/b/take-1.720p.mp4"));
  studio.later(15);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(1);
  expect(studio.bought()).toHaveLength(3);
  const { shots, sequences } = await studio.summary("film");
  expect(shots.map(({ state, resolution }) => [state, resolution])).toEqual([
    ["lost", null],
    ["checked", "1080p"],
  ]);
  expect(sequences[1]).toMatchObject({ state: "joined" });
  expect(await readdir(join(studio.folder, "output/film/films"))).toEqual(["one.jpg", "one.mp4", "two.jpg", "two.mp4"]);
  expect(await studio.callsheet("run", "film.yaml", "--retry-failed")).toMatchObject({ exitCode: 0 });
  expect(studio.bought().slice(3)).toEqual(["A harbour"]);
});

test.concurrent("a parent's clip that is gone is fetched again before its follower is bought", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: `switches: { ${QUICK} }` });
  await studio.write(
    "film.yaml",
    `name: film\nshots:\n  - { id: door, prompt: A door }\n  - { id: hall, prompt: A hall, follows: door }\n${plainFilm("door", "hall")}`,
  );
  expect(await studio.callsheet("run", "film.yaml", "--only", "door")).toMatchObject({ exitCode: 0 });
  await rm(join(studio.folder, "output/film/clips"), { recursive: true });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A door", "A hall"]);
});
