import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

test.concurrent("a frame that a follower and an extension show again is found and left out of the film", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const film = (more: string) => `
shots:
  - { id: a, prompt: A street }
  - { id: b, prompt: "A corner [[repeat]]", follows: a${more} }
  - { id: c, prompt: "A door [[repeat]]", extends: b${more} }
`;
  await studio.write("film.yaml", film(""));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
  const { shots, sequences } = await studio.summary("film");
  expect(shots.map(({ seam }) => seam && [seam.repeats, seam.repeatedFrames])).toEqual([
    null,
    ["overlap", 1],
    ["overlap", 1],
  ]);
  expect(sequences).toMatchObject([{ state: "joined", frames: 3 * 192 - 2 }]);
  const note = JSON.parse(await studio.read("output/film/clips/b/take-1.json"));
  expect(note.files).toMatchObject([{ seam: { parentTake: 1, repeats: "overlap", repeatedFrames: 1 } }]);

  // How it is cut is no matter of what is bought.
  await studio.write("film.yaml", film(", seam_trim: off"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect((await studio.summary("film")).sequences).toMatchObject([{ frames: 3 * 192 }]);
  expect(studio.bought()).toHaveLength(3);
});
