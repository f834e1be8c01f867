import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

test.concurrent("a black take is not upgraded, followed or shown, until somebody accepts it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const film = (more: string) => `
shots:
  - { id: night, prompt: "A night [[black]]", resolution: 1080p${more} }
  - { id: day, prompt: A day, follows: night }
`;
  await studio.write("film.yaml", film(""));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toEqual(["A night [[black]]"]);
  const [night, day] = (await studio.summary("film")).shots;
  expect(night).toMatchObject({
    ...{ state: "failed", take: 1, credits: 60, file: "clips/night/take-1.720p.mp4" },
    figures: { blackSeconds: 8 },
    problem: { rule: "clip-black", message: 'shot "night" (take 1): the picture is black for 8.0 of 8.0 s' },
  });
  expect(night?.problem?.fix).toContain("write pick: 1 or checks: { black: warn } in the shot");
  expect(day).toMatchObject({ state: "blocked", problem: { rule: "parent-missing" } });
  const note = JSON.parse(await studio.read("output/film/clips/night/take-1.json"));
  expect(note.files).toMatchObject([{ figures: { blackSeconds: 8 }, findings: [{ check: "black" }] }]);

  // It stays as it is: nothing is bought behind anybody's back.
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(1);
  await studio.write("film.yaml", film(", pick: 1"));
  const picked = await studio.callsheet("run", "film.yaml");
  expect(picked, picked.stdout).toMatchObject({ exitCode: 0 });
  expect(studio.bought().slice(1).toSorted()).toEqual(["1080p of A night [[black]]", "A day"]);
});

test.concurrent("where retry allows it, a take that a check passes over is bought again, priced before", async ({
  onTestFinished,
}) => {
  const faults = "faults: [{ endpoint: generate, nth: [1, 3], fault: frozen }]";
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write(
    "film.yaml",
    `
checks: { frozen: fail }
shots:
  - { id: a, prompt: A wave, retry: { checks: 1 } }
  - { id: b, prompt: A photograph on a wall, follows: a, checks: { frozen: off } }
`,
  );
  const plan = await studio.callsheet("plan", "film.yaml");
  expect(plan.stdout).toContain("Total: 120 credits ($0.60); at worst 180 credits ($0.90)");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A wave", "A wave", "A photograph on a wall"]);
  const { state, shots, credits } = await studio.summary("film");
  expect({ state, spent: credits.run.spent }).toEqual({ state: "complete", spent: 180 });
  expect(shots).toMatchObject([
    { id: "a", state: "checked", take: 2, problem: null },
    { id: "b", state: "checked", take: 1, problem: null, figures: { frozenSeconds: 8 } },
  ]);
});

test.concurrent("of a black take another one is bought, never more than retry allows, and one that is picked stays", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  const film = (pick = "") => `
retry: { checks: 1 }
shots: [{ id: a, prompt: "A cellar [[black]]"${pick} }]
sequences: [{ id: film, shots: [a], loudness: off }]
`;
  await studio.write("film.yaml", film());
  // The bound holds in all later runs.
  for (let runs = 0; runs < 2; runs++) {
    const ran = await studio.callsheet("run", "film.yaml");
    expect(ran, ran.stdout).toMatchObject({ exitCode: 1 });
    expect(studio.bought()).toHaveLength(2);
  }
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "held" }]);

  await studio.write("film.yaml", film(", pick: 1"));
  const picked = await studio.callsheet("run", "film.yaml");
  expect(picked, picked.stdout).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
  const { shots, sequences } = await studio.summary("film");
  expect(shots).toMatchObject([{ id: "a", state: "checked", take: 1 }]);
  expect(sequences).toMatchObject([{ state: "joined" }]);
});

test.concurrent("what a check only warns of is told and used, with figures of picture and sound", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    `
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: "A still life [[frozen]]" }
  - { id: c, prompt: "A whisper [[muted]]" }
  - { id: d, prompt: "A shout [[clipped]]" }
  - { id: e, prompt: "A mime [[silent]]" }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("the picture stands still for 8.0 of 8.0 s");
  const { shots } = await studio.summary("film");
  expect(shots.map(({ problem }) => problem?.rule ?? null)).toEqual([
    null,
    "clip-frozen",
    "clip-silent",
    "clip-clipped",
    "clip-sound",
  ]);
  expect(shots[0]?.figures).toMatchObject({ blackSeconds: 0, frozenSeconds: 0, silentSeconds: 0, clippedSamples: 0 });
  expect(shots[2]?.figures).toMatchObject({ silentSeconds: 8, loudnessLufs: null, truePeakDb: null });
  expect(shots[4]?.figures).toMatchObject({ silentSeconds: null, loudnessLufs: null });
});
