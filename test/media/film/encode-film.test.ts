import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodingNeeds, findEncodingFaults } from "../../../src/media/film/encode-film.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import { FILM_CODEC_FACTS, type FilmEncoding } from "../../../src/shot/film-encoding.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const FAST: readonly (FilmEncoding & { readonly brand: string })[] = [
  { codec: "h264", crf: 30, preset: "ultrafast", audio: "aac", brand: "avc1" },
  { codec: "h265", crf: 35, preset: "ultrafast", audio: "alac", brand: "hvc1" },
  { codec: "av1", crf: 50, preset: "12", audio: "opus", brand: "av01" },
  { codec: "prores", crf: undefined, preset: "proxy", audio: "pcm", brand: "apco" },
];

const possible = FAST.filter((each) => {
  return encodingNeeds(each).every((need) => tools.ffmpeg.capabilities.includes(need));
});

async function filmOf(onTestFinished: Parameters<typeof openStudio>[1]) {
  const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
  const clips = [];
  for (const number of [1, 2]) clips.push(await clip(await make({ name: `c${number}`, number, frames: 24 })));
  const film = join(folder, "film.mp4");
  const job = jobOf(clips, { title: "A harbour", output: film, workFolder: folder });
  const chapters = [
    { startFrame: 0, title: "one" },
    { startFrame: 24, title: "two" },
  ];
  const cues = [{ startSeconds: 0.5, endSeconds: 1.5, lines: ["Nobody came."] }];
  await media.join({ ...job, chapters, captions: [{ language: "de", cues }] });
  return { folder, media, film, format: job.format, frames: job.frames };
}

test("the judges of encoding were not all left at home", () => {
  expect(possible.length).toBeGreaterThan(1);
});

for (const { brand, ...encoding } of possible) {
  test.concurrent(`a film becomes ${encoding.codec} with ${encoding.audio}: same frames, same times, same bytes each time`, async ({
    onTestFinished,
  }) => {
    const { folder, media, film, format, frames } = await filmOf(onTestFinished);
    const { container } = FILM_CODEC_FACTS[encoding.codec];
    const told: number[] = [];
    const encode = async (name: string) => {
      const output = join(folder, `${name}.${container}`);
      await media.encode({
        film,
        encoding,
        format,
        frames,
        languages: ["de"],
        output,
        onProgress: (part) => told.push(part),
      });
      return output;
    };
    const output = await encode("encoded");
    expect(told.at(-1)).toBe(1);
    expect(await findEncodingFaults(world, output, { frames, format })).toEqual([]);
    expect((await readMp4(world.files, output)).tracks[0]).toMatchObject({ kind: "picture", codec: brand });
    const asked = ["-v", "error", "-show_chapters", "-show_format", "-count_frames", "-show_streams", "-of", "json"];
    const { stdout } = await world.processes.run(tools.ffprobe.path, [...asked, output], { timeoutMs: 60_000 });
    const shown = JSON.parse(stdout);
    expect(shown.format.tags.title).toBe("A harbour");
    expect(shown.chapters.map(({ tags }: { tags: { title: string } }) => tags.title)).toEqual(["one", "two"]);
    expect(shown.streams[0]).toMatchObject({ nb_read_frames: `${frames}`, color_space: "bt709" });
    const words = shown.streams.filter((stream: { codec_type: string }) => stream.codec_type === "subtitle");
    expect(words).toMatchObject([{ codec_name: "mov_text", tags: { language: container === "mov" ? "ger" : "deu" } }]);
    const hash = async (path: string) =>
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    expect(await hash(await encode("again"))).toBe(await hash(output));
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
}

test("a frame too few is found, and a stopped encoding leaves nothing", async ({ onTestFinished }) => {
  const { folder, media, film, format, frames } = await filmOf(onTestFinished);
  const encoding = { codec: "h264", crf: 30, preset: "ultrafast", audio: "aac" } as const;
  const output = join(folder, "encoded.mp4");
  const job = { film, encoding, format, frames, languages: [], output };
  await expect(media.encode({ ...job, frames: frames + 1 })).rejects.toThrow(/48 frames/);
  const stop = new AbortController();
  const stopped = media.encode(job, stop.signal);
  stop.abort();
  await expect(stopped).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.startsWith("encoded"))).toEqual([]);
});
