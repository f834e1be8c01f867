import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
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
  - { id: small, shots: [a] }
`;
const QUICK = "fast: [10, 20], upgrade1080p: [20, 30], upgrade4k: [30, 40]";

test.concurrent.for([
  ["httpStatusMode: always200"],
  ["httpStatusMode: mirrorBodyCode"],
  ["resultUrlsFormat: jsonString, timeFormat: local"],
  ["resultUrlsFormat: bracketed, responseAsString: true"],
  ["resultUrlsPlace: data, timeFormat: iso, errorMessageWhenOk: empty"],
  ["not1080pReady: '422', ready4k: '200'"],
  ["not1080pReady: '500', taskId4k: new"],
  ["not1080pReady: 200-without-url, creditsConsumed: true"],
  ["visibilityGapMs: 20000, unknownTask: '404'"],
  ["visibilityGapMs: 20000, unknownTask: null-data, idForm: veo_task"],
  ["failureMode: envelope, failedFlag: 2, clockSkewMs: 7200000"],
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
  - { id: whole, shots: [good, failed, child] }
  - { id: fine, shots: [good, other] }
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
    empty: ["failed", "failed"],
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
    'name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: "A keeper [[stuck]]" }\nsequences: [{ id: one, shots: [a] }]\n',
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
    `name: film\nshots:\n  - { id: a, prompt: "A harbour ${marker}", resolution: 4k }\n  - { id: b, prompt: A keeper }\n`,
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
  ["breaks off", "[{ endpoint: file, nth: [1, 2], fault: truncated-file }]"],
  ["is a web page", "[{ endpoint: file, nth: 1, fault: html-file }]"],
  ["is forbidden until a fresh link is asked for", "[{ endpoint: file, fault: forbidden }]"],
  ["is reset", "[{ endpoint: file, nth: [1, 3], fault: reset-before }]"],
  ["drips", "[{ endpoint: file, nth: 1, fault: slow-file }]"],
  ["is a gateway's page", "[{ endpoint: file, nth: [1, 2], fault: html-503 }]"],
])("a download that %s comes home whole", async ([, rules], { onTestFinished }) => {
  const faults = `{ switches: { ${QUICK} }, faults: ${rules} }`;
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write(
    "film.yaml",
    "name: film\nshots:\n  - { id: a, prompt: A harbour }\n  - { id: b, prompt: A keeper }\n",
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
  await studio.write("film.yaml", "name: film\nshots:\n  - { id: a, prompt: A harbour }\n");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  expect((await studio.summary("film")).shots).toMatchObject([{ state: "made", problem: { rule: "not-downloaded" } }]);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(1);
});
