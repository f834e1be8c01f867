import { join } from "node:path";
import { expect, test } from "vitest";
import { avcConfigBody, readAvcConfig } from "../../../src/media/clip/avc-config.ts";
import { joinClips } from "../../../src/media/film/join.ts";
import type { JoinJob } from "../../../src/media/film/join-job.ts";
import { strayParameterSets } from "../../../src/media/film/verify-parameter-sets.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import type { Sha256 } from "../../../src/shot/id.ts";
import type { Files } from "../../../src/world/files.ts";
import { run } from "../marked-clip.ts";
import { findBursts, readFrames, readSound } from "../read-film.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;
const ffmpeg = tools.ffmpeg.path;

type Cleaner = Parameters<typeof openStudio>[1];

const HASH = "5e".repeat(32) as Sha256;

async function openReel(onTestFinished: Cleaner) {
  const studio = await openStudio(tools, onTestFinished);
  const a = await studio.clip(await studio.make({ name: "a", number: 1, frames: 24 }));
  const b = await studio.clip(await studio.make({ name: "b", number: 2, frames: 17 }));
  const jobTo = (name: string): JoinJob => ({
    ...jobOf([a, b, a], { output: join(studio.folder, name), workFolder: studio.folder, title: "Zwei Wörter" }),
    chapters: [
      { startFrame: 0, title: "dawn" },
      { startFrame: 24, title: "Grüße – 二" },
    ],
    captions: [{ language: "de-AT", cues: [{ startSeconds: 0.25, endSeconds: 1, lines: ["Hallo", "Welt"] }] }],
    tags: { title: "Zwei Wörter", createdAt: 1_763_700_000_000, filmHash: HASH },
  });
  return { ...studio, a, b, jobTo };
}

/** A disk that changes a byte of every film we write: what ffmpeg writes does not pass through it. */
function brokenDisk(files: Files): Files {
  async function* damaged(bytes: AsyncIterable<Uint8Array>) {
    for await (const piece of bytes) {
      const copy = Uint8Array.from(piece);
      const last = copy.length - 1;
      copy[last] = (copy[last] ?? 0) ^ 1;
      yield copy;
    }
  }
  return {
    ...files,
    appendStream: (path, bytes, options) =>
      files.appendStream(path, path.endsWith(".part") ? damaged(bytes) : bytes, options),
  };
}

test.concurrent("a film that was damaged on its way to the disk is made the sure way, and is the same film", async ({
  onTestFinished,
}) => {
  const { folder, jobTo } = await openReel(onTestFinished);
  const fast = await joinClips(tools, world, jobTo("fast.mp4"));
  const sure = await joinClips(tools, { ...world, files: brokenDisk(world.files) }, jobTo("sure.mp4"));

  expect(fast.figures).toMatchObject({ way: "fast", doubts: [] });
  expect(sure.figures.way).toBe("sure");
  expect(sure.figures.doubts.length).toBeGreaterThan(0);
  const [fastFilm, sureFilm] = ["fast.mp4", "sure.mp4"].map((name) => join(folder, name)) as [string, string];
  const pictures = (film: string) => run(world, ffmpeg, ["-i", film, "-map", "0:v", "-f", "framehash", "-"]);
  const framesOf = async (film: string) =>
    (await pictures(film)).split("\n").flatMap((line) => (line.startsWith("#") ? [] : line.split(",").slice(1).join()));
  expect(await framesOf(fastFilm)).toEqual(await framesOf(sureFilm));
  const [fastSound, sureSound] = [
    await readSound(ffmpeg, world, folder, fastFilm),
    await readSound(ffmpeg, world, folder, sureFilm),
  ];
  expect(findBursts(fastSound)).toEqual(findBursts(sureSound));
  expect(findBursts(fastSound).length).toBeGreaterThan(4);
});

test.concurrent("picture and sound of a fast film end with its last frame, and begin at 0", async ({
  onTestFinished,
}) => {
  const { folder, jobTo } = await openReel(onTestFinished);
  const { seconds } = await joinClips(tools, world, jobTo("film.mp4"));
  const { tracks, timescale } = await readMp4(world.files, join(folder, "film.mp4"));
  for (const { edits } of tracks) {
    expect(edits).toHaveLength(1);
    expect((edits[0]?.length ?? 0) / timescale).toBe(seconds);
  }
  expect(tracks.filter(({ kind }) => kind === "sound").map(({ edits }) => edits[0]?.from)).toEqual([1024]);
});

test.concurrent.for(["fast", "sure"] as const)(
  "title, chapters and captions of a film made the %s way are found by ffprobe",
  async (way, { onTestFinished }) => {
    const { folder, jobTo } = await openReel(onTestFinished);
    const files = way === "fast" ? world.files : brokenDisk(world.files);
    const { figures } = await joinClips(tools, { ...world, files }, jobTo("film.mp4"));
    expect(figures.way).toBe(way);
    const asked = ["-v", "error", "-show_chapters", "-show_streams", "-show_format", "-of", "json"];
    const { stdout } = await world.processes.run(tools.ffprobe.path, [...asked, join(folder, "film.mp4")]);
    const said = JSON.parse(stdout) as {
      streams: { codec_name: string; tags: { language: string } }[];
      chapters: { start_time: string; end_time: string; tags: { title: string } }[];
      format: { tags: Record<string, string> };
    };
    expect(
      said.chapters.map(({ tags, start_time, end_time }) => [
        tags.title,
        ...[start_time, end_time].map((at) => Number(at).toFixed(2)),
      ]),
    ).toEqual([
      ["dawn", "0.00", "1.00"],
      ["Grüße – 二", "1.00", "2.71"],
    ]);
    expect(said.format.tags).toMatchObject({ title: "Zwei Wörter", creation_time: "2025-11-21T04:40:00.000000Z" });
    expect(said.streams.find(({ codec_name }) => codec_name === "mov_text")?.tags.language).toBe("deu");
    expect(JSON.stringify(said.format.tags)).toContain(HASH);
    const asText = ["-v", "error", "-i", join(folder, "film.mp4"), "-map", "0:s:0", "-f", "srt", "-"];
    const { stdout: words } = await world.processes.run(ffmpeg, asText);
    expect(words.replaceAll(/<[^>]+>|\r/g, "")).toContain("00:00:00,250 --> 00:00:01,000\nHallo\nWelt\n");
  },
);

test.concurrent("a part that begins with a key frame inside its clip is shown from there to its end", async ({
  onTestFinished,
}) => {
  const { folder, make, clip } = await openStudio(tools, onTestFinished);
  const options = ["-g", "8", "-x264-params", "scenecut=0:open-gop=0"];
  const a = await clip(await make({ name: "a", number: 1, frames: 24, options }));
  const whole = jobOf([a, a], { output: join(folder, "film.mp4"), workFolder: folder });
  const [first, second] = whole.picture;
  if (!first || !second) throw new Error("no parts");
  const [heard] = whole.sound.clips;
  if (!heard) throw new Error("no sound");
  const job: JoinJob = {
    ...whole,
    picture: [first, { ...second, first: 8, end: 16 }],
    frames: 32,
    sound: { ...whole.sound, clips: [heard, { ...heard, startFrame: 24, frames: 8 }] },
  };
  expect((await joinClips(tools, world, job)).figures.way).toBe("fast");
  const seen = await readFrames(ffmpeg, world, folder, job.output);
  expect(seen.map(({ frame }) => frame)).toEqual([
    ...Array.from({ length: 24 }, (_, frame) => frame),
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
  ]);

  const midway = { ...job, picture: [first, { ...second, first: 9, end: 17 }] };
  await expect(joinClips(tools, world, midway)).rejects.toThrow(
    /packet 9 is no key frame; only whole files can be listed/,
  );
});

test.concurrent("parts of two encoders stand in one track when they number their settings apart, and else not at all", async ({
  onTestFinished,
}) => {
  const { folder, make, clip } = await openStudio(tools, onTestFinished);
  const a = await clip(await make({ name: "a", number: 1, frames: 12 }));
  const other = (id: number) => ["-bf", "0", "-x264-params", `sps-id=${id}:ref=1:cabac=0:level=3.1`];
  const apart = await clip(await make({ name: "apart", number: 2, frames: 12, options: other(1) }));
  const alike = await clip(await make({ name: "alike", number: 3, frames: 12, options: other(0) }));

  const output = join(folder, "film.mp4");
  const film = await joinClips(tools, world, jobOf([a, apart, a], { output, workFolder: folder }));
  expect(film.figures).toMatchObject({ way: "fast", doubts: [] });
  const seen = await readFrames(ffmpeg, world, folder, output);
  expect(seen.map(({ clip, frame }) => [clip, frame])).toEqual(
    [1, 2, 1].flatMap((number) => Array.from({ length: 12 }, (_, frame) => [number, frame])),
  );
  const [picture] = (await readMp4(world.files, output)).tracks;
  const config = picture && readAvcConfig(picture.decoderConfig);
  expect(config).toMatchObject({
    level: 31,
    sequenceSets: [{ id: 0 }, { id: 1 }],
    pictureSets: [{ id: 0 }, { id: 1 }],
  });

  await expect(joinClips(tools, world, jobOf([a, alike], { output, workFolder: folder }))).rejects.toThrow(
    /two parts call different decoder settings by one number/,
  );
});

test("settings among the pictures are noticed where they are not the film's", () => {
  const set = (last: number) => ({ id: 0, bytes: Uint8Array.of(0x67, 100, 0, 31, 0x80, last) });
  const config = { profile: 100, constraints: 0, level: 31, lengthBytes: 4, extension: new Uint8Array() };
  const decoderConfig = avcConfigBody({ ...config, sequenceSets: [set(1)], pictureSets: [] });
  const packet = ({ bytes }: { bytes: Uint8Array }) =>
    Uint8Array.of(0, 0, 0, 2, 0x65, 1, 0, 0, 0, bytes.length, ...bytes);
  const check = strayParameterSets({ decoderConfig });
  check.look(packet(set(1)));
  expect(check.faults()).toEqual([]);
  check.look(packet(set(2)));
  expect(check.faults()).toEqual(["among its pictures stand decoder settings that are not the film's"]);
});
