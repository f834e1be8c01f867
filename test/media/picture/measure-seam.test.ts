import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

for (const { build, tools } of await findBuilds()) {
  describe(build, () => {
    test.concurrent.each([
      ["goes on with the next frame", 24, "none", 0],
      ["begins with its parent's last frame", 23, "overlap", 1],
      ["begins with its parent's last four frames", 20, "overlap", 4],
    ] as const)("a clip that %s, coded anew", async (_, first, repeats, repeatedFrames) => {
      const tidy: (() => Promise<void>)[] = [];
      const studio = await openStudio(tools, (done) => tidy.push(done));
      try {
        const stretch = async (name: string, from: number, crf: number) => {
          const path = join(studio.folder, `${name}.mp4`);
          const picture = `testsrc2=s=320x180:r=24:d=3,trim=start_frame=${from}:end_frame=${from + 24},setpts=N/24/TB`;
          const coding = [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            `${crf}`,
            "-bf",
            "2",
            "-pix_fmt",
            "yuv420p",
          ];
          await run(world, tools.ffmpeg.path, ["-f", "lavfi", "-i", picture, ...coding, path]);
          return { path, facts: await studio.media.probe(path) };
        };
        const [parent, clip] = [await stretch("parent", 0, 18), await stretch("clip", first, 24)];
        const found = await studio.media.measureSeam({ parent, clip, workFolder: join(studio.folder, "seam") });
        expect({ found: [found.repeats, found.repeatedFrames] }, JSON.stringify(found)).toEqual({
          found: [repeats, repeatedFrames],
        });
        expect(await world.files.stat(join(studio.folder, "seam"))).toBeUndefined();
      } finally {
        for (const done of tidy) await done();
      }
    });
  });
}
