import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClipFacts } from "../../../src/media/clip/clip-facts.ts";
import type { FilmFormat } from "../../../src/media/picture/film-format.ts";
import { trackTimescale } from "../../../src/media/picture/film-picture.ts";
import { fitInside, shownSize } from "../../../src/media/picture/fit.ts";
import { sameKind } from "../../../src/media/picture/same-kind.ts";
import { FLASHES, MARKED, type MarkedClip } from "../marked-clip.ts";
import { type Area, findBursts, readFrames, readSound } from "../read-film.ts";
import { findBuilds, fittedTo, jobOf, openStudio, type WholeClip, world } from "../studio.ts";

const FILM: FilmFormat = { size: { width: 160, height: 90 }, frameRate: { numerator: 24, denominator: 1 } };

/** Clips as they must not be copied into one film, each of another kind. */
const ODD: readonly MarkedClip[] = [
  { name: "larger", number: 1, frames: 24, filters: "scale=320:180:flags=neighbor" },
  { name: "thirty", number: 2, frames: 30, rate: { numerator: 30, denominator: 1 } },
  { name: "pal", number: 3, frames: 25, rate: { numerator: 25, denominator: 1 }, soundSeconds: 0 },
  { name: "ntsc", number: 4, frames: 24, rate: { numerator: 24000, denominator: 1001 } },
  {
    name: "mono",
    number: 5,
    frames: 24,
    sampleRate: 44_100,
    channels: 1,
    options: ["-video_track_timescale", "90000"],
  },
  { name: "full-chroma", number: 6, frames: 24, options: ["-pix_fmt", "yuv444p"] },
  { name: "baseline", number: 7, frames: 24, options: ["-profile:v", "baseline", "-pix_fmt", "yuv420p", "-bf", "0"] },
  { name: "standing", number: 8, frames: 24, filters: "pad=160:284:0:97:black" },
  { name: "wide-pixels", number: 9, frames: 24, filters: "scale=80:90:flags=area,setsar=2/1" },
  { name: "fragmented", number: 10, frames: 24, options: ["-movflags", "frag_keyframe+empty_moov", "-g", "8"] },
];

/** Film frames whose picture is the one that is in the middle of the frame's time, by the clip's own rate. */
function expectedFrames(facts: ClipFacts, frames: number): readonly (readonly number[])[] {
  const { frameRate } = facts.video;
  const own = (index: number) => (index / 24) * (frameRate.numerator / frameRate.denominator);
  return Array.from({ length: frames }, (_, index) => [Math.floor(own(index) - 0.51), Math.ceil(own(index) + 0.51)]);
}

function areaOf(clip: MarkedClip): Area {
  if (clip.name !== "standing") return { left: 0, top: 0, ...MARKED };
  // 160x284 inside 160x90: 50 wide, and the marked picture is 90/284 of its height.
  return { left: 55, top: 97 * (90 / 284), width: 50, height: 90 * (90 / 284) };
}

describe.each(await findBuilds())("with $build", ({ tools }) => {
  test("clips of ten kinds are one kind once conformed, and their film is in step", async ({ onTestFinished }) => {
    const { folder, media, make } = await openStudio(tools, onTestFinished);
    const clips: WholeClip[] = [];
    const areas: Area[] = [];
    const shown: { clip: number; range: readonly number[] }[] = [];
    const sources: ClipFacts[] = [];
    for (const odd of ODD) {
      const path = await make(odd);
      const facts = await media.probe(path);
      sources.push(facts);
      const output = join(folder, `${odd.name}.fit.mp4`);
      await media.piece(fittedTo(FILM, { path, facts }, output));
      const fit = await media.probe(output);
      expect(fit.video.frames, odd.name).toBe(fittedTo(FILM, { path, facts }, output).frames);
      expect(fit.video.startSeconds, odd.name).toBe(0);
      clips.push({ picture: { path: output, facts: fit }, sound: { path, facts, fromSeconds: 0 }, continues: false });
      for (const range of expectedFrames(facts, fit.video.frames)) {
        areas.push(areaOf(odd));
        shown.push({ clip: odd.number, range });
      }
    }
    expect(sameKind(sources).groups.length).toBeGreaterThanOrEqual(ODD.length - 1);
    const kinds = sameKind(clips.map(({ picture }) => picture.facts));
    expect(kinds.groups.flatMap(({ differs }) => differs)).toEqual([]);
    expect(kinds.same).toBe(true);

    const output = join(folder, "film.mp4");
    const film = await media.join(jobOf(clips, { output, workFolder: folder }));
    const seen = await readFrames(
      tools.ffmpeg.path,
      world,
      folder,
      output,
      (index) => areas[index] ?? areaOf({ name: "", number: 0, frames: 0 }),
    );
    expect(seen).toHaveLength(film.frames);
    const wrong = seen.flatMap(({ clip, frame }, index) => {
      const wanted = shown[index];
      const [least = 0, most = 0] = wanted?.range ?? [];
      return wanted?.clip === clip && frame >= least && frame <= most ? [] : [{ index, clip, frame, wanted }];
    });
    expect(wrong).toEqual([]);

    const bursts = findBursts(await readSound(tools.ffmpeg.path, world, folder, output));
    let frames = 0;
    const expected = clips.flatMap(({ picture }, index) => {
      const start = frames / 24;
      frames += picture.facts.video.frames;
      const rate = sources[index]?.video.frameRate ?? FILM.frameRate;
      return sources[index]?.audio ? FLASHES.map((flash) => start + (flash * rate.denominator) / rate.numerator) : [];
    });
    expect(bursts).toHaveLength(expected.length);
    expect(Math.max(...bursts.map((burst, index) => Math.abs(burst - (expected[index] ?? 0))))).toBeLessThan(0.001);
  });

  test("a trim keeps exactly its frames, and the sound that belongs to them", async ({ onTestFinished }) => {
    const { folder, media, make } = await openStudio(tools, onTestFinished);
    const path = await make({ name: "one", number: 1, frames: 24 });
    const facts = await media.probe(path);
    const fit = join(folder, "fit.mp4");
    await media.piece(fittedTo(FILM, { path, facts, trim: { first: 5, end: 17 } }, fit));
    const picture = { path: fit, facts: await media.probe(fit) };
    const trimmed = { picture, sound: { path, facts, fromSeconds: 5 / 24 }, continues: false };
    const output = join(folder, "film.mp4");
    await media.join(jobOf([trimmed, trimmed], { output, workFolder: folder }));

    const kept = Array.from({ length: 12 }, (_, index) => index + 5);
    const seen = await readFrames(tools.ffmpeg.path, world, folder, output);
    expect(seen.map(({ frame }) => frame)).toEqual([...kept, ...kept]);
    const flashes = seen.flatMap(({ flash }, index) => (flash ? [index / 24] : []));
    const bursts = findBursts(await readSound(tools.ffmpeg.path, world, folder, output));
    expect(bursts).toHaveLength(4);
    expect(Math.max(...bursts.map((burst, index) => Math.abs(burst - (flashes[index] ?? 0))))).toBeLessThan(0.001);
  });

  test("a turned clip is turned upright for good", async ({ onTestFinished }) => {
    const { folder, media, make } = await openStudio(tools, onTestFinished);
    const lying = { name: "turned", number: 1, frames: 12, filters: "transpose=clock" };
    // ffmpeg writes this as "to be turned by 90 degrees against the clock".
    const path = await make({ ...lying, remux: ["-metadata:s:v", "rotate=90"] });
    const facts = await media.probe(path);
    expect(facts.video).toMatchObject({ width: 90, height: 160, rotation: 270 });
    const output = join(folder, "fit.mp4");
    await media.piece(fittedTo(FILM, { path, facts }, output));
    const fit = await media.probe(output);
    expect(fit.video).toMatchObject({ width: 160, height: 90, rotation: 0 });
    const seen = await readFrames(tools.ffmpeg.path, world, folder, output);
    expect(seen.map(({ clip, frame }) => [clip, frame])).toEqual(Array.from({ length: 12 }, (_, frame) => [1, frame]));
  });

  test("a clip whose rate is not steady plays at the film's, each picture at its time", async ({ onTestFinished }) => {
    const { folder, media, make } = await openStudio(tools, onTestFinished);
    // Of each four frames the third is left out, and its time goes to the second.
    const path = await make({
      name: "vfr",
      number: 1,
      frames: 24,
      filters: "select=not(eq(mod(n\\,4)\\,2))",
      options: ["-vsync", "2"],
    });
    const facts = await media.probe(path);
    expect(facts.video).toMatchObject({ steady: false, frames: 18 });
    const output = join(folder, "fit.mp4");
    await media.piece(fittedTo(FILM, { path, facts }, output));
    expect((await media.probe(output)).video).toMatchObject({ steady: true, frames: 24 });
    const seen = await readFrames(tools.ffmpeg.path, world, folder, output);
    expect(seen.map(({ frame }) => frame)).toEqual(
      Array.from({ length: 24 }, (_, index) => (index % 4 === 2 ? index - 1 : index)),
    );
  });
});

test("a picture is put into the middle of the frame, in its own shape, on even pixels", () => {
  const hd = { width: 1280, height: 720 };
  expect(fitInside({ width: 720, height: 1280 }, hd)).toEqual({ width: 406, height: 720, left: 436, top: 0 });
  expect(fitInside({ width: 1440, height: 1080 }, hd)).toEqual({ width: 960, height: 720, left: 160, top: 0 });
  expect(fitInside({ width: 1920, height: 1080 }, hd)).toEqual({ width: 1280, height: 720, left: 0, top: 0 });
});

test("pixels that are not square and a turn are part of the size that is seen", () => {
  const video = { width: 720, height: 576, sampleAspect: "16:15", rotation: 90 } as ClipFacts["video"];
  expect(shownSize(video)).toEqual({ width: 576, height: 768 });
});

test("a conformed clip's ticks are whole for every frame", () => {
  expect(trackTimescale({ numerator: 24, denominator: 1 })).toBe(12288);
  expect(trackTimescale({ numerator: 25, denominator: 1 })).toBe(12800);
  expect(trackTimescale({ numerator: 24000, denominator: 1001 })).toBe(24000);
});
