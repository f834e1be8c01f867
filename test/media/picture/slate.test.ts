import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openMedia } from "../../../src/media/open-media.ts";
import { type FilmFormat, pictureFormat } from "../../../src/media/picture/film-format.ts";
import type { PieceJob } from "../../../src/media/picture/piece.ts";
import { sameKind } from "../../../src/media/picture/same-kind.ts";
import { npmFonts } from "../../../src/world/npm-font.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, fittedTo, jobOf, openStudio, world } from "../studio.ts";

const RATE = { numerator: 24, denominator: 1 };
const WORDS = {
  shot: "lamp",
  state: "refused",
  prompt: `It's 100% "bright": %{n} at C:\\lamp [v]; 夜明け, الفجر\n\u0007 and on`,
  problem: 'shot "lamp" (take 1) was refused by the vendor (code 400): no, {that} is not allowed',
};

function cardOf(frames: number, format: FilmFormat, output: string): PieceJob {
  const of = { source: { shows: "card", words: WORDS }, from: 0, end: frames } as const;
  return { shows: [{ shows: "frames", of }], frames, format: pictureFormat(format, undefined), output };
}

/** Pixels of a frame that are brighter than the card's ground by far, by thirds of its height. */
async function brightPixels(
  ffmpeg: string,
  folder: string,
  film: string,
  frame: number,
  size: { width: number; height: number },
) {
  const raw = join(folder, `frame-${frame}.gray`);
  const select = `select=eq(n\\,${frame}),format=gray`;
  await run(world, ffmpeg, ["-i", film, "-map", "0:v:0", "-vf", select, "-frames:v", "1", "-f", "rawvideo", raw]);
  const pixels = await world.files.readBytes(raw);
  expect(pixels.length).toBe(size.width * size.height);
  const third = pixels.length / 3;
  return [0, 1, 2].map(
    (part) => pixels.subarray(part * third, (part + 1) * third).filter((light) => light > 110).length,
  );
}

describe.each(await findBuilds())("with $build", ({ tools }) => {
  test("a slate has the film's size and exact frames, can be read, and joins a conformed clip in one film", async ({
    onTestFinished,
  }) => {
    const { folder, media, make } = await openStudio(tools, onTestFinished);
    const size = { width: 640, height: 360 };
    const target = { size, frameRate: RATE };
    const source = await make({ name: "a", number: 1, frames: 24 });
    const facts = await media.probe(source);
    const [clip, slate, film] = ["clip.mp4", "it's a [slate], 100%.mp4", "film.mp4"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await media.piece(fittedTo(target, { path: source, facts }, clip));
    await media.piece(cardOf(37, target, slate));

    const [conformed, drawn] = [await media.probe(clip), await media.probe(slate)];
    expect(drawn).toMatchObject({ video: { ...size, frames: 37, startSeconds: 0, steady: true }, audio: null });
    expect(sameKind([conformed, drawn]).same).toBe(true);
    expect((await readdir(folder)).filter((name) => name.endsWith(".txt") || name.endsWith(".part"))).toEqual([]);

    const clips = [
      { picture: { path: clip, facts: conformed }, sound: { path: source, facts, fromSeconds: 0 }, continues: false },
      { picture: { path: slate, facts: drawn }, sound: null, continues: false },
    ];
    expect(await media.join(jobOf(clips, { output: film, workFolder: folder }))).toMatchObject({
      frames: 61,
    });
    const joined = await media.probe(film);
    expect(joined.audio?.durationSeconds).toBeCloseTo(61 / 24, 1);
    // Its id and state stand above, prompt and problem in the middle, and all its frames are alike.
    const first = await brightPixels(tools.ffmpeg.path, folder, film, 24, size);
    expect(first[0]).toBeGreaterThan(500);
    expect(first[1]).toBeGreaterThan(500);
    expect(first[2]).toBeLessThan(first[1] ?? 0);
    const last = await brightPixels(tools.ffmpeg.path, folder, film, 60, size);
    for (const [part, count] of first.entries()) expect(last[part]).toBeCloseTo(count, -2);
  });

  test("a build without drawtext says so beforehand and makes a card without words", async ({ onTestFinished }) => {
    const { folder } = await openStudio(tools, onTestFinished);
    const { ffmpeg } = tools;
    const capabilities = ffmpeg.capabilities.filter((one) => one !== "filter:drawtext");
    const media = openMedia({ ...tools, ffmpeg: { ...ffmpeg, capabilities } }, world, npmFonts());
    expect(media.drawsWords).toBe(false);
    const output = join(folder, "slate.mp4");
    const size = { width: 90, height: 160 };
    await media.piece(cardOf(5, { size, frameRate: RATE }, output));
    expect((await media.probe(output)).video).toMatchObject({ ...size, frames: 5 });
    expect(await brightPixels(ffmpeg.path, folder, output, 0, size)).toEqual([0, 0, 0]);
  });
});
