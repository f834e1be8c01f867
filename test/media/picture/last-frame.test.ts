import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

for (const { build, tools } of await findBuilds()) {
  describe(build, () => {
    test.each([
      ["with frames out of order and one key frame", ["-bf", "3", "-g", "250"]],
      ["with many key frames", ["-bf", "0", "-g", "6"]],
    ] as const)("the last frame, %s, is the last one of a decode, bit for bit", async (_, options) => {
      const tidy: (() => Promise<void>)[] = [];
      const studio = await openStudio(tools, (done) => tidy.push(done));
      try {
        const clip = await studio.make({ name: "clip", number: 5, frames: 27, options });
        const png = join(studio.folder, "last.png");
        await studio.media.lastFrame(clip, png);
        const [all, seen] = [join(studio.folder, "all.rgb"), join(studio.folder, "seen.rgb")];
        const exact =
          "scale=flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=bt709:out_range=pc,format=rgb24";
        await run(world, tools.ffmpeg.path, ["-i", clip, "-vf", exact, "-f", "rawvideo", all]);
        await run(world, tools.ffmpeg.path, ["-i", png, "-pix_fmt", "rgb24", "-f", "rawvideo", seen]);
        const [decoded, last] = await Promise.all([readFile(all), readFile(seen)]);
        expect(decoded.length).toBe(27 * last.length);
        expect(last.equals(decoded.subarray(26 * last.length))).toBe(true);
        expect(last.equals(decoded.subarray(25 * last.length, 26 * last.length))).toBe(false);
      } finally {
        for (const done of tidy) await done();
      }
    });
  });
}
