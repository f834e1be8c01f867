import { join } from "node:path";
import { expect, test } from "vitest";
import { readFrames } from "../read-film.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

const RATE = { numerator: 24, denominator: 1 };

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");

test("a poster that need only be near is the key frame before, one that is asked for is that very frame", async ({
  onTestFinished,
}) => {
  const { media, folder, make } = await openStudio(build.tools, onTestFinished);
  const film = await make({ name: "film", number: 0, frames: 48, rate: RATE });
  const poster = async (name: string, frame: number, near: boolean) => {
    const output = join(folder, name);
    await media.poster({ film, frameRate: RATE, frame, near, output });
    return Buffer.from(await world.files.readBytes(output)).toString("latin1");
  };
  const first = await poster("first.jpg", 0, false);
  expect((await poster("near.jpg", 20, true)) === first).toBe(true);
  expect((await poster("exact.jpg", 20, false)) === first).toBe(false);
});

/** Before most of its key frames lie pictures that are shown first and need what is before them: at 6, 7, 13, 14, 21 and 22. */
const OPEN_GROUPS = ["-x264-params", "open-gop=1:keyint=8:min-keyint=8:bframes=3:b-adapt=0"];

test("a poster that is asked for is that very frame, also one that lies before its key frame in a film of clips with open groups", async ({
  onTestFinished,
}) => {
  const { media, folder, make, clip } = await openStudio(build.tools, onTestFinished);
  const one = await clip(await make({ name: "one", number: 1, frames: 24, options: OPEN_GROUPS }));
  const two = await clip(await make({ name: "two", number: 2, frames: 24, options: OPEN_GROUPS }));
  const film = join(folder, "film.mp4");
  await media.join(jobOf([one, two], { output: film, workFolder: folder }));
  const seen: number[] = [];
  const asked = [7, 24 + 22, 24 + 23];
  for (const frame of asked) {
    const output = join(folder, "poster.jpg");
    await media.poster({ film, frameRate: RATE, frame, near: false, output });
    const [picture] = await readFrames(build.tools.ffmpeg.path, world, folder, output);
    seen.push(((picture?.clip ?? 0) - 1) * 24 + (picture?.frame ?? 0));
  }
  expect(seen).toEqual(asked);
});
