import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readEdl, readFcpxml, readOtio } from "../media/handoff/read-back.ts";
import { openStudio } from "./studio.ts";

vi.setConfig({ testTimeout: 240_000 });

test.concurrent("a film's cut is written for editing programs, and again when it is gone, without the film being touched", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  await studio.write(
    "film.yaml",
    `
shots:
  - { id: harbour, prompt: A harbour & a <boat>, takes: 2, seed: 12345 }
  - { id: keeper, prompt: A keeper, follows: harbour }
sequences:
  - { id: cut, shots: [{ shot: harbour, in: 0.25, out: 0.75 }, keeper], exports: [otio, fcpxml, edl] }
`,
  );
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  expect(ran.stdout + ran.stderr).toContain("cut for editors: otio, fcpxml, edl");
  const { shots, sequences } = await studio.summary("film");
  const exports = ["films/cut.otio", "films/cut.fcpxml", "films/cut.edl"];
  expect(sequences).toMatchObject([{ file: "films/cut.mp4", beside: [...exports, "films/cut.jpg"] }]);
  const folder = join(studio.folder, "output/film");
  const texts = await Promise.all(exports.map((file) => readFile(join(folder, file), "utf8")));
  const [otio = "", fcpxml = "", edl = ""] = texts;

  const { frames = 0 } = sequences[0] ?? {};
  const whole = (frames ?? 0) - 12;
  const wanted = [
    { file: "../clips/harbour/take-1.720p.mp4", at: 0, frames: 12, from: 6 },
    { file: "../clips/keeper/take-1.720p.mp4", at: 12, frames: whole, from: 0 },
  ];
  for (const { played } of [readOtio(otio), readFcpxml(fcpxml), readEdl(edl, 24)]) expect(played).toEqual(wanted);
  for (const { file } of wanted) await stat(join(folder, "films", file));
  const [harbour] = JSON.parse(otio).tracks.children[0].children;
  expect(harbour.metadata.callsheet).toMatchObject({
    ...{ shot: "harbour", take: 1, task: shots[0]?.task, prompt: "A harbour & a <boat>", seed: 12_345 },
    alternates: [{ take: 2, file: "../clips/harbour/take-2.720p.mp4" }],
  });

  const film = await stat(join(folder, "films/cut.mp4"));
  await rm(join(folder, "films/cut.edl"));
  const planned = await studio.callsheet("plan", "film.yaml");
  expect(planned.stdout).toContain("stays as it is");
  const again = await studio.callsheet("run", "film.yaml");
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  expect(await Promise.all(exports.map((file) => readFile(join(folder, file), "utf8")))).toEqual(texts);
  expect((await stat(join(folder, "films/cut.mp4"))).mtimeMs).toBe(film.mtimeMs);
  expect((await studio.callsheet("plan", "film.yaml", "--detailed-exitcode")).exitCode).toBe(0);
});
