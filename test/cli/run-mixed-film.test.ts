import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { factsOf, faultsOf } from "./film-facts.ts";
import { openStudio } from "./studio.ts";

const MANIFEST = `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper }
  - { id: tall, prompt: A tower, aspect_ratio: "9:16" }
  - { id: c, prompt: A lamp }
sequences:
  - id: mixed
    loudness: off
    transition_seconds: 0.25
    shots:
      - { shot: a, out: 1.5 }
      - { shot: b, in: 0.5, out: 2, transition: dissolve }
      - { shot: tall, out: 1, transition: hold }
      - { shot: c, out: 2, transition: fade_black }
      - { shot: a, in: 6, transition: wipe_left }
`;

test.concurrent("a film of a mixed clip, trims and transitions is told before it is made, and comes as it was told", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { seed: 7 });
  await studio.write("film.yaml", MANIFEST);
  const length = "174 frames (192 of its clips less 18 under transitions)";
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  // Nobody knows where the clips' key frames are before they are there.
  expect(ran.stderr).toContain(`${length}, 7.25 s, 1280x720 at 24 frames a second: 42 to 174 frames encoded, about`);
  expect(ran.stderr).toContain("    18 frames of tall: size 720x1280, not 1280x720\n    6 frames of b: dissolve\n");

  const path = join(studio.folder, "output/film/films/mixed.mp4");
  expect(await factsOf(studio, path)).toMatchObject({ width: 1280, height: 720, frames: 174, pictureSeconds: 7.25 });
  expect(await faultsOf(studio, path)).toBe("");
  const { sequences } = await studio.summary("film");
  expect(sequences).toMatchObject([{ frames: 174, figures: { copiedFrames: 90 } }]);

  await rm(path);
  const planned = await studio.callsheet("plan", "film.yaml", "--json");
  const { steps } = JSON.parse(planned.stdout);
  expect(steps).toMatchObject([
    {
      kind: "join",
      film: {
        frames: 174,
        copied: false,
        picture: {
          encodedFrames: { least: 84, most: 84 },
          unseen: 0,
          overlapFrames: 18,
          hold: { seams: 3, frames: 192 },
        },
      },
    },
  ]);
  const joined = await studio.callsheet("join", "film.yaml");
  expect(joined, joined.stderr).toMatchObject({ exitCode: 0 });
  // The run rendered them just so.
  expect(joined.stderr).toContain(`films/mixed.mp4  ${length}: 90 copied, 84 encoded before and kept\n`);
  expect(joined.stderr).toContain("    18 frames of c: up to the key frame after the fade black\n");
  expect(joined.stderr).toMatch(
    / {4}transition: hold at its 3 transitions would encode \d+ frames in all, about \d+ s; the film would have 192\n/,
  );
});
