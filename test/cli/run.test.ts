import { expect, test } from "vitest";
import { openStudio } from "./studio.ts";

const THREE_SHOTS = `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper }
  - { id: c, prompt: A storm }
sequences:
  - { id: both, shots: [a, b] }
  - { id: last, shots: [c] }
`;

test("a run makes every shot and joins the films; the same command again does nothing and ends at once", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", THREE_SHOTS);

  const first = await studio.callsheet("run", "film.yaml");
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toContain('Film "both": output/film/films/both.mp4, 16 s, 384 frames');
  expect(first.stdout).toContain("3 shots made, all in this run; 180 credits ($0.90) spent");
  expect(studio.bought().toSorted()).toEqual(["A harbour", "A keeper", "A storm"]);

  const { calls } = studio.vendor.purchases();
  const second = await studio.callsheet("run", "film.yaml");
  expect(second).toMatchObject({ exitCode: 0 });
  // A third of a second where nothing else runs; a busy machine only has to be quicker than the run that made it all.
  expect(second.tookMs).toBeLessThan(Math.max(3_000, first.tookMs / 2));
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
  expect(await studio.summary("film")).toMatchObject({ state: "complete", credits: { run: { planned: 0, spent: 0 } } });
});
