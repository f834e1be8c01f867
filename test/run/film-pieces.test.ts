import { join } from "node:path";
import { expect, test } from "vitest";
import { MARKED, type MarkedClip, run } from "../media/marked-clip.ts";
import { readFrames } from "../media/read-film.ts";
import { findBuilds, openStudio, type Studio, world } from "../media/studio.ts";
import { type ClipOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;
const RATE = { numerator: 24, denominator: 1 };
const SIZE = { width: MARKED.width, height: MARKED.height };
const FRAME_BYTES = (SIZE.width * SIZE.height * 3) / 2;
const LUMA_BYTES = SIZE.width * SIZE.height;

/** Key frames every 24 frames, each closing what was before. */
const GOP = ["-g", "24", "-keyint_min", "24", "-sc_threshold", "0", "-x264-params", "open-gop=0"];

/** Joins clips through `run/join`; each clip's frames and the film's, decoded, are what is compared. */
async function makeFilm(studio: Studio, clips: readonly MarkedClip[], sequence: string) {
  const onDisk = new Map<string, ClipOnDisk>();
  const sources = new Map<string, Uint8Array>();
  for (const clip of clips) {
    const path = await studio.make(clip);
    onDisk.set(clip.name, { path, frames: clip.frames, rate: clip.rate ?? RATE, size: SIZE });
    sources.set(clip.name, await decode(studio, path));
  }
  const shots = clips.map(({ name }) => `  - { id: ${name}, prompt: p }\n`).join("");
  const yaml = `shots:\n${shots}sequences:\n  - { id: film, ${sequence} }\n`;
  const batch = await putOnDisk(join(studio.folder, `batch-${crypto.randomUUID()}`), yaml, onDisk);
  const joined = await joinOnDisk(batch, studio.media, SIZE);
  expect(joined.result).toEqual({ result: "done" });
  return { ...joined, batch, film: joined.film, frames: await decode(studio, joined.path), sources };
}

async function decode(studio: Studio, path: string): Promise<Uint8Array> {
  const raw = join(studio.folder, `${crypto.randomUUID()}.yuv`);
  const fit = `scale=${SIZE.width}:${SIZE.height}:flags=lanczos+accurate_rnd,format=yuv420p`;
  await run(world, tools.ffmpeg.path, ["-i", path, "-map", "0:v:0", "-vsync", "0", "-vf", fit, "-f", "rawvideo", raw]);
  return world.files.readBytes(raw);
}

function frameOf(frames: Uint8Array | undefined, index: number): Uint8Array {
  return frames?.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES) ?? new Uint8Array();
}

/** Luma PSNR in dB of a frame against one that was computed; infinite when equal. */
function likeness(frame: Uint8Array, wanted: (at: number) => number): number {
  let error = 0;
  for (let at = 0; at < LUMA_BYTES; at++) error += ((frame[at] ?? 0) - wanted(at)) ** 2;
  return 10 * Math.log10(255 ** 2 / (error / LUMA_BYTES));
}

test.concurrent("a film of trims, odd clips and transitions: copies are the clips' own frames, the rest is right to 40 dB", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const clip = (name: string, number: number, about: Partial<MarkedClip> = {}) => {
    return { name, number, frames: 72, options: GOP, ...about };
  };
  const { film, frames, sources } = await makeFilm(
    studio,
    [
      clip("a", 1),
      clip("b", 2),
      clip("odd", 3, { filters: "scale=320:180:flags=neighbor" }),
      clip("c", 4),
      clip("d", 5),
    ],
    `shots: [{ shot: a, in: 0.5 }, { shot: b, transition: dissolve }, { shot: odd, transition: hold, transition_seconds: 0.25 },
      { shot: c, transition: wipe_left }, { shot: d, out: 2.2, transition: fade_black, transition_seconds: 0.25 },
      { shot: b, transition: slide_left }, { shot: a, transition: fade_white, transition_seconds: 0.3 }, { shot: c, in: 1 }]`,
  );
  const places = film.clips.map(({ startFrame, frames, transition }) => [startFrame, frames, transition?.frames ?? 0]);
  expect(places).toEqual([
    [0, 60, 0],
    [48, 72, 12],
    [120, 72, 6],
    [180, 72, 12],
    [246, 53, 6],
    [287, 72, 12],
    [352, 72, 7],
    [424, 48, 0],
  ]);
  expect(frames.length).toBe(472 * FRAME_BYTES);

  let same = 0;
  const poor: string[] = [];
  for (const [index, each] of film.clips.entries()) {
    if (each.shows !== "take") throw new Error("no card was to be drawn");
    const next = film.clips[index + 1]?.transition?.frames ?? 0;
    const head = each.transition && each.transition.kind !== "hold" ? each.transition.frames : 0;
    const own = sources.get(each.shot);
    const first = each.trim?.first ?? 0;
    for (let at = head; at < each.frames - next; at++) {
      const source = frameOf(own, first + at);
      const dB = likeness(frameOf(frames, each.startFrame + at), (pixel) => source[pixel] ?? 0);
      if (dB === Number.POSITIVE_INFINITY) same++;
      else if (dB < 40) poor.push(`clip ${index} frame ${at}: ${dB.toFixed(1)} dB`);
    }
    const { transition } = each;
    const before = film.clips[index - 1];
    if (!transition || before?.shows !== "take") continue;
    const tail = (before.trim?.first ?? 0) + before.frames - transition.frames;
    const start = each.startFrame - (transition.kind === "hold" ? transition.frames : 0);
    for (let at = 0; at < transition.frames; at++) {
      const a = frameOf(sources.get(before.shot), tail + at);
      const b = frameOf(own, first + (transition.kind === "hold" ? 0 : at));
      const wanted = expectedPixel(transition.kind, at, transition.frames, a, b);
      const dB = likeness(frameOf(frames, start + at), wanted);
      if (dB < 40) poor.push(`${transition.kind} frame ${at}: ${dB.toFixed(1)} dB`);
    }
  }
  expect(poor).toEqual([]);
  // All that lies between key frames: a has 60 to 48, b 24 to 66 and so on.
  expect(same).toBeGreaterThan(200);
});

/** What a transition shows at a pixel of the luma, by its definition. */
function expectedPixel(kind: string, at: number, length: number, a: Uint8Array, b: Uint8Array) {
  const part = at / length;
  const mix = (from: number, to: number, share: number) => from * (1 - share) + to * share;
  const edge = Math.floor(SIZE.width * (1 - part));
  return (pixel: number): number => {
    const [own, other] = [a[pixel] ?? 0, b[pixel] ?? 0];
    const [x, row] = [pixel % SIZE.width, pixel - (pixel % SIZE.width)];
    switch (kind) {
      case "dissolve":
      case "hold":
        return mix(own, other, part);
      case "wipe_left":
        return x > edge ? other : own;
      case "slide_left":
        return x < edge ? (a[row + x + SIZE.width - edge] ?? 0) : (b[row + x - edge] ?? 0);
      default: {
        const colour = kind === "fade_black" ? 16 : 235;
        const first = Math.ceil(length / 2);
        return at < first ? mix(own, colour, at / first) : mix(colour, other, (at - first) / (length - first));
      }
    }
  };
}

test.concurrent("clips with one key frame: a dissolve into another, and one that holds", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const clip = (name: string, number: number) => ({ name, number, frames: 48, options: ["-g", "250"] });
  const { film, path } = await makeFilm(
    studio,
    [clip("a", 1), clip("b", 2), clip("c", 3)],
    "transition_seconds: 0.25, shots: [a, { shot: b, transition: hold }, { shot: c, transition: dissolve }]",
  );
  expect(film.frames).toBe(138);
  const seen = await readFrames(tools.ffmpeg.path, world, studio.folder, path);
  const plain = seen.flatMap(({ clip, frame }, index) => {
    const isMixed = (index >= 42 && index < 48) || (index >= 90 && index < 96);
    return isMixed ? [] : [`${clip}:${frame}`];
  });
  const range = (number: number, from: number, end: number) =>
    Array.from({ length: end - from }, (_, index) => `${number}:${from + index}`);
  expect(plain).toEqual([...range(1, 0, 42), ...range(2, 0, 42), ...range(3, 6, 48)]);
});
