import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { openStudio, type Studio } from "./studio.ts";

/** Red, green and blue of one frame. */
async function meanColour({ tools }: Studio, film: string, frame: number): Promise<readonly number[]> {
  const filter = `select=eq(n\\,${frame}),scale=160:90:flags=area:out_range=pc:in_color_matrix=bt709,format=rgb24`;
  const args = ["-v", "error", "-i", film, "-vf", filter, "-frames:v", "1", "-f", "rawvideo", "-"];
  const { stdout } = await promisify(execFile)(tools.ffmpeg, args, { encoding: "buffer" });
  expect(stdout).toHaveLength(160 * 90 * 3);
  return [0, 1, 2].map((channel) => {
    return stdout.reduce((sum, level, at) => sum + (at % 3 === channel ? level : 0), 0) / (160 * 90);
  });
}

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

test.concurrent("a frame that a follower and an extension show again is found and left out of the film, and drifted colours are matched", async ({
  onTestFinished,
}) => {
  // The colours come with the seed. In some of them eight bits and an encoder that evens out so flat a picture leave up to 1.9 levels.
  const studio = await openStudio(onTestFinished, { speed: 300, seed: 3 });
  const film = (b: string, c = b) => `
shots:
  - { id: a, prompt: A street }
  - { id: b, prompt: "A corner [[repeat]]", follows: a${b} }
  - { id: c, prompt: "A door [[drift]]", extends: b${c} }
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
  await studio.write("film.yaml", film(", seam_trim: off", ", seam_trim: off, colour_match: true"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const [whole] = (await studio.summary("film")).sequences;
  expect(whole).toMatchObject({
    frames: 3 * 192,
    figures: { copiedFrames: 2 * 192, colours: [{ shot: "c", to: "b" }] },
  });
  const drift = whole?.figures?.colours?.[0]?.drift;
  expect(drift?.red).toBeGreaterThan(3);
  expect(drift?.blue).toBeLessThan(-1);
  // The same picture twice, at the end of b and at the beginning of c.
  const path = join(studio.folder, "output/film/films/film.mp4");
  const [end, beginning] = await Promise.all([2 * 192 - 1, 2 * 192].map((at) => meanColour(studio, path, at)));
  const { red = 9, green = 9, blue = 9 } = whole?.figures?.colours?.[0]?.after ?? {};
  for (const [channel, left] of [red, green, blue].entries()) {
    // Of a picture this flat, what eight bits round does not even out.
    expect(Math.abs(left - (beginning?.[channel] ?? 0) + (end?.[channel] ?? 0))).toBeLessThan(2);
  }
  for (const [channel, level] of (beginning ?? []).entries()) {
    expect(Math.abs(level - (end?.[channel] ?? 0)), `${end} and ${beginning}`).toBeLessThan(1);
  }
  expect(studio.bought()).toHaveLength(3);
});
