import { join } from "node:path";
import { expect, test } from "vitest";
import { findBuilds, openStudio, world } from "../studio.ts";

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
