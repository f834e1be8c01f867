import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NotAClip } from "../../../src/media/clip/not-a-clip.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

describe.each(await findBuilds())("with $build", ({ tools }) => {
  test("a clip's facts are counted and exact", async ({ onTestFinished }) => {
    const { media, make } = await openStudio(tools, onTestFinished);
    const facts = await media.probe(
      await make({ name: "one", number: 1, frames: 23, rate: { numerator: 24000, denominator: 1001 } }),
    );
    expect(facts.video).toMatchObject({
      ...{ codec: "h264", profile: "High", pixelFormat: "yuv420p", width: 160, height: 90, sampleAspect: "1:1" },
      ...{ rotation: 0, frameRate: { numerator: 24000, denominator: 1001 }, steady: true, frames: 23 },
      ...{ editHidesFrames: false, startSeconds: 0, timescale: 24000, streamIndex: 0, colour: "bt709/bt709/bt709/tv" },
    });
    expect(facts.video.decoderConfig).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.audio).toMatchObject({ codec: "aac", sampleRate: 48_000, channels: 2, startSeconds: 0 });
  });

  test("the decoder's configuration is what ffprobe calls extradata", async ({ onTestFinished }) => {
    const { media, make } = await openStudio(tools, onTestFinished);
    const path = await make({ name: "one", number: 1, frames: 12 });
    const asked = ["-v", "error", "-show_data_hash", "sha256", "-show_streams", "-select_streams", "v:0", path];
    const { stdout } = await world.processes.run(tools.ffprobe.path, asked);
    expect(stdout.toLowerCase()).toContain((await media.probe(path)).video.decoderConfig);
  });

  test("a fragmented file, one with the table at its front and one without sound are read alike", async ({
    onTestFinished,
  }) => {
    const { media, make } = await openStudio(tools, onTestFinished);
    const plain = await media.probe(await make({ name: "plain", number: 1, frames: 24 }));
    const front = await media.probe(
      await make({ name: "front", number: 1, frames: 24, options: ["-movflags", "+faststart"] }),
    );
    const pieces = await media.probe(
      await make({
        name: "pieces",
        number: 1,
        frames: 24,
        options: ["-movflags", "frag_keyframe+empty_moov", "-g", "8"],
      }),
    );
    const silent = await media.probe(await make({ name: "silent", number: 1, frames: 24, soundSeconds: 0 }));
    expect(front).toEqual(plain);
    for (const { video } of [pieces, silent])
      expect(video).toMatchObject({ frames: 24, steady: true, frameRate: plain.video.frameRate });
    expect(silent.audio).toBeNull();
  });

  test("frames that an edit list hides are not counted, and said to be hidden", async ({ onTestFinished }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const bytes = Buffer.from(await world.files.readBytes(await make({ name: "one", number: 1, frames: 24 })));
    const list = bytes.indexOf("elst") + 4;
    bytes.writeUInt32BE(500, list + 8); // length in ms, of the picture as the file's first track
    bytes.writeUInt32BE(bytes.readUInt32BE(list + 12) + 12 * 512, list + 12); // from its 13th frame on
    const path = join(folder, "cut.mp4");
    await world.files.write(path, bytes);
    expect((await media.probe(path)).video).toMatchObject({ editHidesFrames: true, frames: 12 });
  });

  test("what is no clip is said to be none, with the reason", async ({ onTestFinished }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const whole = await world.files.readBytes(await make({ name: "whole", number: 1, frames: 24 }));
    const cases: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ["cut.mp4", whole.slice(0, whole.length / 2), /cut off/],
      ["empty.mp4", "", /the file is empty/],
      ["page.mp4", "<!doctype html><title>Sorry</title>", /cut off|no "moov"/],
      ["list.mp4", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", /cut off|no "moov"/],
      ["script.mp4", "ffconcat version 1.0\nfile '/etc/passwd'\n", /cut off|no "moov"/],
    ];
    for (const [name, content, why] of cases) {
      const path = join(folder, name);
      await world.files.write(path, content);
      const error = await media.probe(path).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, name).toBeInstanceOf(NotAClip);
      expect((error as NotAClip).message, name).toMatch(why);
    }
    const sound = join(folder, "sound.mp4");
    await run(world, tools.ffmpeg.path, ["-i", join(folder, "whole.mp4"), "-vn", "-c", "copy", sound]);
    await expect(media.probe(sound)).rejects.toThrow(/it holds no picture/);
  });

  test("the last frame is the one shown last, pixel for pixel", async ({ onTestFinished }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const path = await make({ name: "one", number: 1, frames: 23 });
    const png = join(folder, "still.png");
    await media.lastFrame(path, png);

    const pixels = async (name: string, args: readonly string[]) => {
      const raw = join(folder, name);
      await run(world, tools.ffmpeg.path, [...args, "-f", "rawvideo", "-pix_fmt", "rgb24", raw]);
      return world.files.readBytes(raw);
    };
    const own =
      "scale=160:90:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=bt709:out_range=pc,format=rgb24";
    const all = await pixels("all.rgb", ["-i", path, "-vsync", "0", "-vf", own]);
    const last = await pixels("last.rgb", ["-i", png]);
    expect(all.length).toBe(23 * last.length);
    expect(Buffer.compare(all.slice(-last.length), last)).toBe(0);
    expect(Buffer.compare(all.slice(-2 * last.length, -last.length), last)).not.toBe(0);
    expect((await world.files.list(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
