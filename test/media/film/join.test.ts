import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FilmNotExact } from "../../../src/media/film/film-not-exact.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import { shownTimes } from "../../../src/media/mp4/times.ts";
import { soundOnTime } from "../../../src/media/sound/decode-sound.ts";
import { FLASHES, run, SINE } from "../marked-clip.ts";
import { deepestDip, findBursts, readFrames, readSound } from "../read-film.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

describe.each(await findBuilds())("with $build", ({ tools }) => {
  const ffmpeg = tools.ffmpeg.path;

  test("every frame of every clip is shown once, in order and on time", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const paths = [];
    for (const number of [1, 2, 3]) paths.push(await make({ name: `c${number}`, number, frames: 24 }));
    const clips = await Promise.all(paths.map((path) => clip(path)));
    const output = join(folder, "film.mp4");

    const film = await media.join(jobOf(clips, { title: "Two words", output, workFolder: join(folder, "work") }));

    expect(film).toMatchObject({ frames: 72, seconds: 3 });
    expect((await readFrames(ffmpeg, world, folder, output)).map(({ clip, frame }) => [clip, frame])).toEqual(
      [1, 2, 3].flatMap((number) => Array.from({ length: 24 }, (_, frame) => [number, frame])),
    );
    const movie = await readMp4(world.files, output);
    const picture = movie.tracks.find(({ kind }) => kind === "picture");
    if (!picture) throw new Error("no picture");
    const { ticks } = shownTimes(picture, movie);
    expect([...ticks].sort((a, b) => a - b)).toEqual(Array.from({ length: 72 }, (_, frame) => frame * 512));
  });

  test("each flash is heard when it is seen, by timestamps and by counting samples, to the last clip", async ({
    onTestFinished,
  }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const one = await clip(await make({ name: "one", number: 1, frames: 24 }));
    const silent = await clip(await make({ name: "silent", number: 2, frames: 24, soundSeconds: 0 }));
    const long = await clip(await make({ name: "long", number: 3, frames: 24, soundSeconds: 1.1 }));
    const short = await clip(await make({ name: "short", number: 4, frames: 24, soundSeconds: 0.9 }));
    const mono = await clip(await make({ name: "mono", number: 5, frames: 24, sampleRate: 44_100, channels: 1 }));
    const late = await clip(
      await make({
        name: "late",
        number: 6,
        frames: 24,
        remux: ["-use_editlist", "0", "-avoid_negative_ts", "make_zero"],
      }),
    );
    const clips = [silent, one, long, short, silent, mono, late, one];
    const output = join(folder, "film.mp4");
    await media.join(jobOf(clips, { output, workFolder: folder }));

    const seen = await readFrames(ffmpeg, world, folder, output);
    const flashes = seen.flatMap(({ flash, clip }, frame) => (flash && clip !== 2 ? [frame / 24] : []));
    const counted = findBursts(await readSound(ffmpeg, world, folder, output));
    const raw = join(folder, "timed.f32");
    await run(world, ffmpeg, [
      "-copyts",
      "-i",
      output,
      "-filter_complex",
      `[0:a:0]${soundOnTime(0)},pan=mono|c0=c0[a]`,
      "-map",
      "[a]",
      "-f",
      "f32le",
      raw,
    ]);
    const timed = findBursts(new Float32Array(new Uint8Array(await world.files.readBytes(raw)).buffer));

    expect(flashes).toHaveLength(6 * FLASHES.length);
    for (const bursts of [counted, timed]) {
      expect(bursts).toHaveLength(flashes.length);
      const apart = bursts.map((burst, index) => Math.abs(burst - (flashes[index] ?? 0)));
      expect(Math.max(...apart)).toBeLessThan(0.001);
    }
  });

  test("sound that goes on over a seam has no gap there, and picture and sound end together", async ({
    onTestFinished,
  }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const path = await make({ name: "one", number: 1, frames: 24 });
    const clips = [await clip(path), await clip(path, { continues: true }), await clip(path, { continues: true })];
    const output = join(folder, "film.mp4");
    await media.join(jobOf(clips, { output, workFolder: folder }));

    const sound = await readSound(ffmpeg, world, folder, output);
    expect(Math.abs(sound.length / 48_000 - 3)).toBeLessThan(0.025);
    expect(deepestDip(sound, 1)).toBeLessThan(6);
    expect(deepestDip(sound, 2)).toBeLessThan(6);
  });

  test("not one packet of the picture is changed", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const paths = [await make({ name: "a", number: 1, frames: 24 }), await make({ name: "b", number: 2, frames: 17 })];
    const output = join(folder, "film.mp4");
    const clips = await Promise.all(paths.map((path) => clip(path)));
    await media.join(jobOf(clips, { output, workFolder: folder }));

    const hashes = async (path: string) => {
      const list = await run(world, ffmpeg, ["-i", path, "-map", "0:v:0", "-c", "copy", "-f", "framemd5", "-"]);
      return list.split("\n").flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.split(",").at(-1)]));
    };
    expect(await hashes(output)).toEqual([...(await hashes(paths[0] ?? "")), ...(await hashes(paths[1] ?? ""))]);
  });

  test("the same clips give the same bytes, and nothing else stays behind", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const one = await clip(await make({ name: "one", number: 1, frames: 12 }));
    const films = [join(folder, "a", "film.mp4"), join(folder, "b", "film.mp4")];
    for (const output of films) {
      await world.files.makeFolder(join(output, ".."));
      await media.join(jobOf([one, one], { title: "A harbour", output, workFolder: join(folder, "work") }));
    }
    const [a, b] = await Promise.all(films.map((film) => world.files.sha256(film)));
    expect(a).toBe(b);
    expect(await world.files.list(join(folder, "a"))).toEqual(["film.mp4"]);
    expect(await world.files.list(join(folder, "work"))).toEqual([]);
  });

  test("clips written in pieces or with the table in front are copied like others", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const plain = await clip(await make({ name: "plain", number: 1, frames: 24 }));
    const pieces = await clip(
      await make({
        name: "pieces",
        number: 2,
        frames: 24,
        options: ["-movflags", "empty_moov", "-frag_duration", "300000"],
      }),
    );
    const front = await clip(
      await make({ name: "front", number: 3, frames: 24, options: ["-movflags", "+faststart"] }),
    );
    const clips = [plain, pieces, front, pieces];
    const output = join(folder, "film.mp4");
    await media.join(jobOf(clips, { output, workFolder: folder }));
    const seen = await readFrames(ffmpeg, world, folder, output);
    expect(seen.map(({ clip, frame }) => [clip, frame])).toEqual(
      [1, 2, 3, 2].flatMap((number) => Array.from({ length: 24 }, (_, frame) => [number, frame])),
    );
    const flashes = seen.flatMap(({ flash }, frame) => (flash ? [frame / 24] : []));
    const bursts = findBursts(await readSound(ffmpeg, world, folder, output));
    expect(bursts).toHaveLength(flashes.length);
    const apart = bursts.map((burst, index) => Math.abs(burst - (flashes[index] ?? 0)));
    expect(Math.max(...apart)).toBeLessThan(0.001);
  });

  test("a film whose clips have their sound first in the file shows the same pictures", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const swapped = await clip(
      await make({ name: "swapped", number: 4, frames: 24, options: ["-map", "1:a", "-map", "0:v"] }),
    );
    expect(swapped.picture.facts.video.streamIndex).toBe(1);
    const output = join(folder, "film.mp4");
    await media.join(jobOf([swapped, swapped], { output, workFolder: folder }));
    expect(await readFrames(ffmpeg, world, folder, output)).toHaveLength(48);
  });

  test("a mono clip is as loud as a player plays it", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const mono = await clip(await make({ name: "mono", number: 1, frames: 12, sampleRate: 44_100, channels: 1 }));
    const output = join(folder, "film.mp4");
    await media.join(jobOf([mono, mono], { output, workFolder: folder }));
    const sound = await readSound(ffmpeg, world, folder, output);
    const power = sound.subarray(4_800, 9_600).reduce((sum, value) => sum + value ** 2, 0) / 4_800;
    expect(10 * Math.log10(power / (SINE.level ** 2 / 2))).toBeCloseTo(0, 0);
  });

  test("where a trim begins behind the end of the sound there is silence, and no sound of another clip", async ({
    onTestFinished,
  }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const whole = await clip(await make({ name: "whole", number: 1, frames: 24 }));
    const short = await clip(await make({ name: "short", number: 2, frames: 24, soundSeconds: 0.5 }));
    const ended = { ...short, sound: { path: short.picture.path, facts: short.picture.facts, fromSeconds: 0.8 } };
    const output = join(folder, "film.mp4");
    await media.join(jobOf([whole, ended], { output, workFolder: folder }));
    const sound = await readSound(ffmpeg, world, folder, output);
    expect(Math.abs(sound.length / 48_000 - 2)).toBeLessThan(0.025);
    expect(Math.max(...sound.subarray(50_000, 95_000).map(Math.abs))).toBeLessThan(0.001);
    expect(Math.max(...sound.subarray(10_000, 45_000).map(Math.abs))).toBeGreaterThan(0.05);
  });

  test("a cancelled join leaves no film and nothing beside it", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const one = await clip(await make({ name: "one", number: 1, frames: 24 }));
    const output = join(folder, "out", "film.mp4");
    const stop = new AbortController();
    const joined = media.join(
      jobOf(
        Array.from({ length: 8 }, () => one),
        { output, workFolder: join(folder, "work"), onProgress: () => stop.abort(new Error("enough")) },
      ),
      stop.signal,
    );
    await expect(joined).rejects.toThrow();
    expect(await world.files.list(join(folder, "out"))).toEqual([]);
    expect(await world.files.list(join(folder, "work"))).toEqual([]);
  });

  test("progress grows to 1 and never falls", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const one = await clip(await make({ name: "one", number: 1, frames: 24 }));
    const told: number[] = [];
    const output = join(folder, "film.mp4");
    await media.join(jobOf([one, one], { output, workFolder: folder, onProgress: (part) => told.push(part) }));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(3);
  });

  test("a film that came out wrong is refused in words, and the film that was there before stays", async ({
    onTestFinished,
  }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const { picture, ...one } = await clip(await make({ name: "one", number: 1, frames: 24 }));
    // The clip was replaced after it was probed: it has a frame less than is believed.
    const believed = { ...picture, facts: { ...picture.facts, video: { ...picture.facts.video, frames: 25 } } };
    const output = join(folder, "out", "film.mp4");
    await world.files.write(output, "yesterday's film");
    const joined = media.join(jobOf([{ ...one, picture: believed }], { output, workFolder: folder }));
    const error = await joined.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FilmNotExact);
    expect((error as FilmNotExact).faults).toContain("it has 24 frames, its clips have 25");
    expect(await world.files.list(join(folder, "out"))).toEqual(["film.mp4"]);
    expect(await world.files.readText(output)).toBe("yesterday's film");
  });

  test("clips of different kinds are a bug of the caller and are not joined", async ({ onTestFinished }) => {
    const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
    const clips = [
      await clip(await make({ name: "a", number: 1, frames: 12 })),
      await clip(await make({ name: "b", number: 2, frames: 12, rate: { numerator: 25, denominator: 1 } })),
    ];
    const output = join(folder, "film.mp4");
    await expect(media.join(jobOf(clips, { output, workFolder: folder }))).rejects.toThrow(/frame rate 25, not 24/);
  });
});
