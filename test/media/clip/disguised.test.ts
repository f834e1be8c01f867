import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NotAClip } from "../../../src/media/clip/not-a-clip.ts";
import { concatList } from "../../../src/media/film/concat-list.ts";
import { RenderError } from "../../../src/world/render.ts";
import { findBuilds, fittedTo, jobOf, openStudio, world } from "../studio.ts";

/** A box that holds boxes made larger: its size and that of all around it. `at` is where the new bytes go. */
function insertInto(file: Buffer, path: readonly string[], bytes: Buffer): Buffer {
  const copy = Buffer.from(file);
  let at = 0;
  for (const type of path) {
    at = copy.indexOf(type, at) - 4;
    copy.writeUInt32BE(copy.readUInt32BE(at) + bytes.length, at);
    at += 8;
  }
  const end = at - 8 + copy.readUInt32BE(at - 8) - bytes.length;
  return Buffer.concat([copy.subarray(0, end), bytes, copy.subarray(end)]);
}

describe.each(await findBuilds())("with $build", ({ tools }) => {
  test("a clip that is a playlist, a script or a session in disguise is refused, and nothing it names is read", async ({
    onTestFinished,
  }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const secret = await make({ name: "secret", number: 9, frames: 12 });
    const disguises = {
      playlist: `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
      "playlist behind a mark": `#EXTftypisom\n#EXTM3U\n#EXTINF:1,\n${secret}\n`,
      script: `ffconcat version 1.0\nfile '${secret}'\n`,
      session: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
      picture: `<svg xmlns="http://www.w3.org/2000/svg"><image href="file://${secret}"/></svg>`,
      subtitles: `1\n00:00:00,000 --> 00:00:01,000\n${secret}\n`,
    };
    const { video } = await media.probe(secret);
    const target = { size: { width: 160, height: 90 }, frameRate: video.frameRate };
    const left = await Promise.all(
      Object.entries(disguises).map(async ([name, text]) => {
        const [clip, png, output] = [".mp4", ".png", ".out.mp4"].map((end) => join(folder, name + end)) as [
          string,
          string,
          string,
        ];
        await world.files.write(clip, text);
        await expect(media.probe(clip), name).rejects.toThrow(NotAClip);
        await expect(media.lastFrame(clip, png), name).rejects.toThrow();
        const facts = { video, audio: null };
        await expect(media.piece(fittedTo(target, { path: clip, facts }, output)), name).rejects.toThrow();
        return [await world.files.stat(png), await world.files.stat(output)];
      }),
    );
    expect(left.flat()).toEqual(left.flat().map(() => undefined));
  });

  test("a clip whose pictures lie in another file is refused by our own reader", async ({ onTestFinished }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const secret = await make({ name: "secret", number: 9, frames: 12 });
    const bytes = await readFile(await make({ name: "one", number: 1, frames: 12 }));
    const entry = (type: string, body: string) => {
      const box = Buffer.alloc(12 + body.length);
      box.writeUInt32BE(box.length);
      box.write(`${type}`, 4);
      box.write(body, 12);
      return box;
    };
    for (const [type, body] of [
      ["url ", `file://${secret}\0`],
      ["alis", `${"\0".repeat(150)}${secret}`],
    ] as const) {
      const path = join(folder, "elsewhere.mp4");
      await world.files.write(
        path,
        insertInto(bytes, ["moov", "trak", "mdia", "minf", "dinf", "dref"], entry(type, body)),
      );
      await expect(media.probe(path), type).rejects.toThrow(/keeps its media in another file/);
    }
  });

  test("a packet that claims more bytes than the file has is refused before memory is taken for it", async ({
    onTestFinished,
  }) => {
    const { media, make, folder } = await openStudio(tools, onTestFinished);
    const bytes = await readFile(await make({ name: "one", number: 1, frames: 12 }));
    bytes.writeUInt32BE(0xfffffff0, bytes.indexOf("stsz") + 4 + 12);
    const path = join(folder, "lying.mp4");
    await world.files.write(path, bytes);
    await expect(media.probe(path)).rejects.toThrow(/packet 1 of a track ends behind the end of the file/);
  });

  test("a film's script opens nothing but MP4, whatever a clip has become since it was checked", async ({
    onTestFinished,
  }) => {
    const { media, make, clip, folder } = await openStudio(tools, onTestFinished);
    const secret = await make({ name: "secret", number: 9, frames: 12 });
    const changed = await clip(await make({ name: "one", number: 1, frames: 12 }), { sound: null });
    const script = concatList([{ path: secret, frames: 12, startSeconds: 0 }], { numerator: 24, denominator: 1 });
    await world.files.write(changed.picture.path, `ffconcat version 1.0\n${script.split("\n").slice(1).join("\n")}`);
    const output = join(folder, "film.mp4");
    await expect(media.join(jobOf([changed], { output, workFolder: folder }))).rejects.toThrow(RenderError);
    expect(await world.files.stat(output)).toBeUndefined();
  });
});
