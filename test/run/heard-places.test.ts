import { join } from "node:path";
import { test } from "vitest";
import { MARKED, SINE } from "../media/marked-clip.ts";
import { readSound } from "../media/read-film.ts";
import { findBuilds, openStudio, type Studio, world } from "../media/studio.ts";
import { type ClipOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const RATE = 48_000;
const FRAMES = 24;

/** A film of clips of a second each, in which a tone goes on from one to the next; given back as its left channel. */
async function hear(studio: Studio, ids: readonly string[], manifest: string): Promise<Float32Array> {
  const clips = new Map<string, ClipOnDisk>();
  const path = await studio.make({ name: "clip", number: 1, frames: FRAMES });
  const size = { width: MARKED.width, height: MARKED.height };
  for (const id of ids) clips.set(id, { path, frames: FRAMES, rate: { numerator: 24, denominator: 1 }, size });
  const batch = await putOnDisk(join(studio.folder, "batch"), manifest, clips);
  const joined = await joinOnDisk(batch, studio.media, size);
  if (joined.result.result !== "done") throw new Error(JSON.stringify(joined.result));
  return readSound(tools.ffmpeg.path, world, studio.folder, joined.path);
}

test.concurrent("a voice begins at its own sample, behind a transition too", async ({ expect, onTestFinished }) => {
  const studio = await openStudio(tools, onTestFinished);
  const voice = hiss(12_000);
  await world.files.makeFolder(join(studio.folder, "batch"));
  await world.files.write(join(studio.folder, "batch/voice.wav"), wav(voice));
  const film = await hear(
    studio,
    ["a", "b"],
    `
defaults: { native_sound: mute }
shots:
  - { id: a, prompt: p }
  - { id: b, prompt: p, voice_over: { file: voice.wav, offset_seconds: 0.3217 } }
sequences:
  - { id: film, loudness: off, shots: [a, { shot: b, transition: dissolve, transition_seconds: 0.25 }] }
`,
  );
  // The second shot begins at 0.75 s.
  const wanted = Math.round((0.75 + 0.3217) * RATE);
  const { at, likeness } = placeOf(voice, film, wanted - 40, wanted + 40);
  expect(Math.abs(at - wanted)).toBeLessThanOrEqual(1);
  expect(likeness).toBeGreaterThan(0.95);
  expect(levelOf(film, 0, wanted - 2 * 1_024)).toBe(0);
});

test.concurrent("a sound is faded where it does not go on: beside a muted shot, or one that is made softer", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const film = await hear(
    studio,
    ["a", "b", "c", "d", "e"],
    `
defaults: { seam_trim: off }
shots:
  - { id: a, prompt: p }
  - { id: b, prompt: p, extends: a }
  - { id: c, prompt: p, extends: b, native_sound: mute }
  - { id: d, prompt: p, extends: c }
  - { id: e, prompt: p, extends: d, native_sound: { gain_db: -12 } }
sequences:
  - { id: film, loudness: off, shots: [a, b, c, d, e] }
`,
  );
  const around = (seam: number) => [
    levelOf(film, seam * RATE - 48, seam * RATE),
    levelOf(film, seam * RATE, seam * RATE + 48),
  ];
  const full = SINE.level / Math.SQRT2;
  for (const level of around(1)) expect(level / full).toBeGreaterThan(0.7);
  for (const seam of [2, 3, 4]) {
    for (const level of around(seam)) expect(level / full, `the seam before clip ${seam + 1}`).toBeLessThan(0.2);
  }
});

/** Noise that is the same in every run. */
function hiss(samples: number): Float32Array {
  let state = 7;
  let last = 0;
  return Float32Array.from({ length: samples }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    last = 0.8 * last + 0.2 * (state / 2 ** 30 - 1);
    return last;
  });
}

/** One channel of 16 bits. */
function wav(sound: Float32Array): Uint8Array {
  const data = Buffer.alloc(sound.length * 2);
  for (const [index, value] of sound.entries()) data.writeInt16LE(Math.round(value * 32_767), index * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(2 * RATE, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Where a sound lies in another one between two samples: at its highest correlation, from 0 to 1. */
function placeOf(sound: Float32Array, within: Float32Array, from: number, to: number) {
  let [at, likeness] = [from, 0];
  for (let start = from; start <= to; start++) {
    let [both, own, other] = [0, 0, 0];
    for (let index = 0; index < sound.length; index++) {
      const [a, b] = [sound[index] ?? 0, within[start + index] ?? 0];
      both += a * b;
      own += a * a;
      other += b * b;
    }
    const found = both / Math.sqrt(own * other || 1);
    if (found > likeness) [at, likeness] = [start, found];
  }
  return { at, likeness };
}

/** Root of the mean of the squares. */
function levelOf(sound: Float32Array, from: number, to: number): number {
  return Math.sqrt(sound.subarray(from, to).reduce((sum, value) => sum + value ** 2, 0) / (to - from));
}
