import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { hashesOf, readPackets } from "../media/packets.ts";
import { world } from "../media/studio.ts";
import { putProgram } from "./put-program.ts";
import { openStudio, type Studio } from "./studio.ts";

vi.setConfig({ testTimeout: 240_000 });

/** 1.5 s */
const FRAMES = 36;

const manifest = (dialogue: string, captions = "burned") => `
shots:
  - { id: a, prompt: A harbour, dialogue: ${dialogue} }
sequences:
  - { id: film, shots: [{ shot: a, out: 1.5 }], loudness: off, captions: ${captions} }
`;

test.concurrent("captions are drawn into the frames that carry them, and all packets before them are the clip's own", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  await studio.write("film.yaml", manifest("{ text: 'Brace {\\pos(0,0)} yourselves', in: 0.5 }"));
  const planned = await studio.callsheet("plan", "film.yaml");
  expect(planned.stdout).toContain("; captions drawn into the picture");
  expect(planned.stdout).toContain("24 frames of a: captions are drawn");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });

  const [film] = (await studio.summary("film")).sequences;
  const copied = film?.figures?.copiedFrames ?? 0;
  expect(film).toMatchObject({ frames: FRAMES, figures: { way: "fast" } });
  expect(copied).toBeGreaterThanOrEqual(8);
  expect(copied).toBeLessThanOrEqual(12);
  const paths = ["films/film.mp4", "clips/a/take-1.720p.mp4"].map((file) => join(studio.folder, "output/film", file));
  const [ours = [], clips = []] = await Promise.all(
    paths.map(async (path) => hashesOf(await readPackets(studio.tools.ffmpeg, world, path, "v:0"))),
  );
  expect(ours).toHaveLength(FRAMES);
  expect(ours.slice(0, copied)).toEqual(clips.slice(0, copied));
  const [drawn, own] = await Promise.all(paths.map((path) => lowerThirds(studio, path)));
  const changed = Array.from({ length: FRAMES }, (_, frame) => {
    return (drawn?.[frame] ?? []).filter((light, at) => Math.abs(light - (own?.[frame]?.[at] ?? 0)) > 40).length;
  });
  expect(changed.slice(0, 12).every((pixels) => pixels === 0)).toBe(true);
  expect(changed.slice(12).every((pixels) => pixels > 100)).toBe(true);
});

test.concurrent("captions that cannot be drawn here are refused before anything is bought", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 600 });
  const refused = async (text: string, environment: Record<string, string> = {}) => {
    await studio.write("film.yaml", manifest(text));
    const ran = await studio.start(["run", "film.yaml", "--speed", "600"], environment).ended;
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(2);
    return ran.stderr;
  };
  const japanese = await refused("{ ja: 誰も来なかった }");
  expect(japanese).toContain(
    'film.yaml:3:11: what is said in shot "a" cannot be drawn into film "film": its font @fontsource/noto-sans-jp is not installed',
  );
  expect(japanese).toMatch(/npm install --no-save --prefix \S+ @fontsource\/noto-sans-jp\./);
  expect(await refused("{ th: ฤดูหนาว }")).toContain("no font is known here that has all letters");

  const { ffmpeg } = studio.tools;
  const path = await putProgram(studio, "small/ffmpeg", `"${ffmpeg}" "$@" | grep -v ' ass '`);
  const lacking = await refused("Nobody", { FFMPEG_PATH: path });
  expect(lacking).toContain('captions are to be drawn into film "film", and ffmpeg');
  expect(lacking).toContain("has no filter:ass");
  expect(studio.bought()).toEqual([]);
});

/** Of each frame, the lightness of the pixels of its lower third, at a quarter of its size. */
async function lowerThirds({ tools }: Studio, path: string): Promise<readonly (readonly number[])[]> {
  const [width, height] = [320, 60];
  const shape = `crop=iw:ih/3:0:ih*2/3,scale=${width}:${height}:flags=area,format=gray`;
  const args = ["-v", "error", "-i", path, "-frames:v", `${FRAMES}`, "-vf", shape, "-f", "rawvideo", "-"];
  const { stdout } = await promisify(execFile)(tools.ffmpeg, args, { encoding: "buffer", maxBuffer: 1 << 26 });
  return Array.from({ length: FRAMES }, (_, frame) => [
    ...stdout.subarray(frame * width * height, (frame + 1) * width * height),
  ]);
}
