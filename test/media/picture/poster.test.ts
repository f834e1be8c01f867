import { join } from "node:path";
import { expect, test } from "vitest";
import { MARKED } from "../marked-clip.ts";
import { readFrames } from "../read-film.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

const RATE = { numerator: 24, denominator: 1 };
const { width, height } = MARKED;

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");

test("a poster that need only be near is the key frame before, one that is asked for is that very frame", async ({
  onTestFinished,
}) => {
  const { media, folder, make } = await openStudio(build.tools, onTestFinished);
  const film = await make({ name: "film", number: 0, frames: 48, rate: RATE });
  const poster = async (name: string, frame: number, near: boolean) => {
    const output = join(folder, name);
    await media.poster({ film, size: { width, height }, frameRate: RATE, frame, near, output });
    return Buffer.from(await world.files.readBytes(output)).toString("latin1");
  };
  const first = await poster("first.jpg", 0, false);
  expect((await poster("near.jpg", 20, true)) === first).toBe(true);
  expect((await poster("exact.jpg", 20, false)) === first).toBe(false);
});

/** Before most of its key frames lie pictures that are shown first and need what is before them: at 6, 7, 13, 14, 21 and 22. */
const OPEN_GROUPS = ["-x264-params", "open-gop=1:keyint=8:min-keyint=8:bframes=3:b-adapt=0"];

test("a poster is the frame that is asked for, or the last key frame up to it, also in a film of clips with open groups", async ({
  onTestFinished,
}) => {
  const { media, folder, make, clip } = await openStudio(build.tools, onTestFinished);
  const one = await clip(await make({ name: "one", number: 1, frames: 24, options: OPEN_GROUPS }));
  const two = await clip(await make({ name: "two", number: 2, frames: 24, options: OPEN_GROUPS }));
  const film = join(folder, "film.mp4");
  await media.join(jobOf([one, two], { output: film, workFolder: folder }));
  const seen = async (frame: number, near: boolean) => {
    const output = join(folder, "poster.jpg");
    await media.poster({ film, size: { width, height }, frameRate: RATE, frame, near, output });
    const [picture] = await readFrames(build.tools.ffmpeg.path, world, folder, output);
    return ((picture?.clip ?? 0) - 1) * 24 + (picture?.frame ?? 0);
  };
  for (const frame of [7, 24 + 22, 24 + 23]) expect(await seen(frame, false)).toBe(frame);
  for (const [frame, key] of [
    [0, 0],
    [7, 0],
    [8, 8],
    [10, 8],
    [46, 39],
  ] as const) {
    expect(await seen(frame, true)).toBe(key);
  }
  expect(await world.files.list(folder)).not.toContain("poster.jpg.frame.part");
});

test("a poster is at most 1920 pixels long and keeps the film's shape", async ({ onTestFinished }) => {
  const { media, folder, make, tools } = await openStudio(build.tools, onTestFinished);
  const film = await make({ name: "film", number: 1, frames: 2, filters: "scale=2160:3840", soundSeconds: 0 });
  const output = join(folder, "poster.jpg");
  const shown = ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0"];
  for (const near of [true, false]) {
    await media.poster({ film, size: { width: 2160, height: 3840 }, frameRate: RATE, frame: 1, near, output });
    const said = await world.processes.run(tools.ffprobe.path, [...shown, output]);
    expect(said.stdout.trim()).toBe("1080,1920");
  }
});
