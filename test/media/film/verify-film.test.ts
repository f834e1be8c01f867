import { join } from "node:path";
import { expect, test } from "vitest";
import { comparePictures } from "../../../src/media/film/compare-pictures.ts";
import { findFaults } from "../../../src/media/film/verify-film.ts";
import { findSoundFaults } from "../../../src/media/film/verify-sound.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import { readOnce } from "../../../src/media/mp4/read-once.ts";
import { soundOnTime } from "../../../src/media/sound/decode-sound.ts";
import { checkSound } from "../../../src/media/sound/encode-sound.ts";
import { RAW_SOUND } from "../../../src/media/sound/raw-sound.ts";
import { MOMENT_BYTES, soundSlots } from "../../../src/media/sound/sound-slots.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, jobOf, openStudio, type WholeClip, world } from "../studio.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;
const ffmpeg = tools.ffmpeg.path;

type Cleaner = Parameters<typeof openStudio>[1];

/** A film of two clips, and a way to remux it with a fault. */
async function openFilm(onTestFinished: Cleaner) {
  const studio = await openStudio(tools, onTestFinished);
  const a = await studio.clip(await studio.make({ name: "a", number: 1, frames: 24 }));
  const b = await studio.clip(await studio.make({ name: "b", number: 2, frames: 24 }));
  const film = join(studio.folder, "film.mp4");
  await studio.media.join(jobOf([a, b], { output: film, workFolder: studio.folder }));
  const faulty = join(studio.folder, "faulty.mp4");
  return {
    ...studio,
    ...{ a, b, film },
    async remux(...args: string[]) {
      await run(world, ffmpeg, [...args, faulty]);
      return faulty;
    },
  };
}

/** Where a film would be made: to judge one, nobody needs to know. */
const NOWHERE = { output: "film.mp4", workFolder: "." };

function faultsIn(film: string, clips: readonly WholeClip[]): Promise<readonly string[]> {
  const wentIn = { job: jobOf(clips, NOWHERE), written: undefined, movieOf: readOnce(world.files) };
  return findFaults(world, film, wentIn, (picture, parts) => comparePictures(world.files, film, picture, parts));
}

test("a film that is what went into it has no faults", async ({ onTestFinished }) => {
  const { film, a, b } = await openFilm(onTestFinished);
  expect(await faultsIn(film, [a, b])).toEqual([]);
});

test("a dropped frame is noticed", async ({ onTestFinished }) => {
  const { film, a, b, remux } = await openFilm(onTestFinished);
  const faulty = await remux("-i", film, "-map", "0", "-c", "copy", "-frames:v", "47");
  expect((await faultsIn(faulty, [a, b]))[0]).toMatch(/^it has 47 frames, its clips have 48$/);
});

test("swapped clips are noticed", async ({ onTestFinished }) => {
  const { film, a, b } = await openFilm(onTestFinished);
  expect(await faultsIn(film, [b, a])).toEqual([
    `the packets of clip 1 are not those of ${b.picture.path}`,
    `the packets of clip 2 are not those of ${a.picture.path}`,
  ]);
});

test("a single changed bit in a packet is noticed, and its clip named", async ({ onTestFinished }) => {
  const { film, a, b, folder } = await openFilm(onTestFinished);
  const bytes = new Uint8Array(await world.files.readBytes(film));
  const movie = await readMp4(world.files, film);
  const at = (movie.tracks.find(({ kind }) => kind === "picture")?.samples.offsets[30] ?? 0) + 9;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await world.files.write(join(folder, "bit.mp4"), bytes);
  expect(await faultsIn(join(folder, "bit.mp4"), [a, b])).toEqual([
    `the packets of clip 2 are not those of ${b.picture.path}`,
  ]);
});

test("sound that is shifted by 30 ms is noticed", async ({ onTestFinished }) => {
  const { film, a, b, remux } = await openFilm(onTestFinished);
  const faulty = await remux("-i", film, "-itsoffset", "0.03", "-i", film, "-map", "0:v", "-map", "1:a", "-c", "copy");
  expect((await faultsIn(faulty, [a, b])).join()).toMatch(/its sound begins at 0\.0/);
});

test("a picture that begins late is noticed", async ({ onTestFinished }) => {
  const { film, a, b, remux } = await openFilm(onTestFinished);
  const faulty = await remux("-itsoffset", "0.021", "-i", film, "-i", film, "-map", "0:v", "-map", "1:a", "-c", "copy");
  expect((await faultsIn(faulty, [a, b])).join()).toMatch(/frame 0 is shown at 0\.02/);
});

test("a film without sound, one that is cut off and an empty one are noticed", async ({ onTestFinished }) => {
  const { film, a, b, folder, remux } = await openFilm(onTestFinished);
  expect((await faultsIn(await remux("-i", film, "-c", "copy", "-an"), [a, b])).join()).toMatch(/not one of each/);
  const bytes = await world.files.readBytes(film);
  await world.files.write(join(folder, "cut.mp4"), bytes.slice(0, bytes.length - 2_000));
  expect((await faultsIn(join(folder, "cut.mp4"), [a, b])).join()).toMatch(/the file is cut off/);
  await world.files.write(join(folder, "empty.mp4"), "");
  expect(await faultsIn(join(folder, "empty.mp4"), [a, b])).toEqual(["the file is empty"]);
});

test("sound that was displaced before it was encoded is noticed, clip by clip", async ({ onTestFinished }) => {
  const { film, folder } = await openFilm(onTestFinished);
  const rate = { numerator: 24, denominator: 1 };
  const slots = soundSlots(
    [0, 24].map((startFrame) => ({ startFrame, frames: 24, continues: false })),
    rate,
  );
  const sound = join(folder, "sound.f32");
  await run(world, ffmpeg, [
    "-copyts",
    "-i",
    film,
    "-filter_complex",
    `[0:a:0]${soundOnTime(0)}[a]`,
    "-map",
    "[a]",
    ...RAW_SOUND,
    sound,
  ]);
  const whole = await world.files.readBytes(sound);
  const samples = whole.length / MOMENT_BYTES;
  const check = { ffmpeg, encoded: film, slots, scratch: join(folder, "scratch.f32"), signal: undefined };
  const heard = await checkSound(world, { ...check, sound: { path: sound, samples }, measured: true });
  expect(heard.faults).toEqual([]);
  expect(heard.loudness?.integratedLufs).toBeGreaterThan(-30);

  for (const moments of [1024, 1525]) {
    const shifted = new Uint8Array(whole.length + moments * MOMENT_BYTES);
    shifted.set(whole.subarray(0, 48_000 * MOMENT_BYTES));
    shifted.set(whole.subarray(48_000 * MOMENT_BYTES), (48_000 + moments) * MOMENT_BYTES);
    const path = join(folder, `${moments}.f32`);
    await world.files.write(path, shifted);
    const displaced = await checkSound(world, { ...check, sound: { path, samples }, measured: false });
    expect(displaced.faults).toEqual(["the sound of clip 2 is not heard where its picture is seen"]);
  }
});

test("sound that lost a packet on its way into the film is noticed", async ({ onTestFinished }) => {
  const { film, folder, remux } = await openFilm(onTestFinished);
  const sound = join(folder, "sound.m4a");
  await run(world, ffmpeg, ["-i", film, "-map", "0:a", "-c", "copy", "-f", "mp4", sound]);
  expect(await findSoundFaults(world, film, sound)).toEqual([]);
  const faulty = await remux("-i", film, "-map", "0", "-c", "copy", "-frames:a", "60");
  expect((await findSoundFaults(world, faulty, sound))[0]).toMatch(/packets of its sound are not those/);
});
