import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

test.concurrent("a shot that failed is made again by itself, and what follows it waits", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    `
retry: { failed: 1 }
shots:
  - { id: a, prompt: "A harbour [[fail:internal-once]]" }
  - { id: b, prompt: A keeper, follows: a }
`,
  );
  const plan = await studio.callsheet("plan", "film.yaml");
  expect(plan.stdout).toContain("Total: 120 credits ($0.60); at worst 240 credits ($1.20)");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
  const harbour = "A harbour [[fail:internal-once]]";
  expect(studio.bought()).toEqual([harbour, harbour, "A keeper"]);
  const { state, shots, credits } = await studio.summary("film");
  expect({ state, spent: credits.run.spent }).toEqual({ state: "complete", spent: 120 });
  expect(shots).toMatchObject([
    { id: "a", state: "checked", take: 2, problem: null },
    { id: "b", state: "checked", take: 1 },
  ]);
});

test.concurrent("a refused shot is asked for with the second prompt and model, in the same style", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    `
variables: { mood: calm }
defaults: { style: grainy film }
retry: { refused: 1, prompt: "\${prompt}, \${mood}", model: veo3_lite }
shots:
  - { id: a, prompt: A storm, retry: { refused: 2, prompt: "A sea. [[refuse:422]]" } }
  - { id: b, prompt: "A crow [[refuse:400]]", retry: { refused: 1, prompt: "A dove, \${mood}", model: veo3_lite } }
  - { id: c, prompt: "A gull [[refuse:400]]" }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  expect(studio.bought().toSorted()).toEqual(["A dove, calm. grainy film", "A storm. grainy film"]);
  const { shots } = await studio.summary("film");
  expect(shots).toMatchObject([
    { id: "a", state: "checked", take: 1 },
    { id: "b", state: "checked", take: 2, credits: 30 },
    // Its own words are in the common second prompt, so it is refused again; the place is that of the second prompt.
    { id: "c", state: "refused", take: 2, problem: { place: { file: "film.yaml", line: 4, column: 30 } } },
  ]);
  expect(shots[2]?.problem?.message).toContain("Before it, take 1 was refused");
});

test.concurrent("a policy ends at its bound, in this run and all later ones; --retry-failed goes on top", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", 'shots: [{ id: a, prompt: "A net [[fail:internal]]", retry: { failed: 2 } }]\n');
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  expect(ran.stdout).toContain("Before it, take 1 failed, take 2 failed");
  expect(studio.bought()).toHaveLength(3);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(3);
  expect(await studio.callsheet("run", "film.yaml", "--retry-failed")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(4);
  expect(studio.vendor.purchases().balance).toBe(10_000);
});

test.concurrent("a cap in the middle of the tries stops the run; the next one goes on counting", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const shot = '{ id: a, prompt: "A net [[fail:internal]]", retry: { failed: 3 } }';
  await studio.write("film.yaml", `budget: { run: 130 }\nshots: [${shot}]\n`);
  const plan = await studio.callsheet("plan", "film.yaml");
  expect(plan.stdout).toContain("at worst 240 credits");
  expect(plan.stdout).toContain("The worst case is above a limit: a run would begin, and stop buying there.");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(3);
  expect(ran.stdout).toContain(
    "film.yaml:1:16: buying stopped at this run's cap of 130 credits: 120 are spent or reserved",
  );
  expect(ran.stdout).toContain("It is tried again as take 3.");
  expect(studio.bought()).toHaveLength(2);
  expect((await studio.summary("film")).shots).toMatchObject([{ state: "planned", take: null }]);
  // Two are left of three.
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(4);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(studio.bought()).toHaveLength(4);
});
