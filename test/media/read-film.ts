import { join } from "node:path";
import type { World } from "../../src/world/world.ts";
import { BURST, MARKED, run, SINE } from "./marked-clip.ts";

/** What a frame shows: the clip and frame it was drawn as, and whether it is a flash. */
export interface SeenFrame {
  readonly clip: number;
  readonly frame: number;
  readonly flash: boolean;
}

/** Where the marked picture lies in the film's frame, in pixels of a film 160 wide and 90 high. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const WHOLE: Area = { left: 0, top: 0, width: MARKED.width, height: MARKED.height };

/** Decodes a film and reads every frame's squares, in the order they are shown. */
export async function readFrames(
  ffmpeg: string,
  world: Pick<World, "files" | "processes">,
  folder: string,
  film: string,
  areaOf: (index: number) => Area = () => WHOLE,
): Promise<readonly SeenFrame[]> {
  const raw = join(folder, "seen.gray");
  const fit = `scale=${MARKED.width}:${MARKED.height}:flags=area,format=gray`;
  const passthrough = ["-vsync", "0"]; // every frame once, whatever its time
  await run(world, ffmpeg, ["-i", film, "-map", "0:v:0", ...passthrough, "-vf", fit, "-f", "rawvideo", raw]);
  const size = MARKED.width * MARKED.height;
  const count = ((await world.files.stat(raw))?.bytes ?? 0) / size;
  const frames: SeenFrame[] = [];
  // A film of 300 clips has gigabytes of them.
  while (frames.length < count) {
    const length = Math.min(256, count - frames.length) * size;
    const pixels = await world.files.readBytes(raw, { start: frames.length * size, length });
    for (let at = 0; at < length; at += size) {
      frames.push(readFrame(pixels.subarray(at, at + size), areaOf(frames.length)));
    }
  }
  await world.files.remove(raw);
  return frames;
}

function readFrame(pixels: Uint8Array, area: Area): SeenFrame {
  const at = (x: number, y: number) =>
    pixels[Math.floor(area.top + y * area.height) * MARKED.width + Math.floor(area.left + x * area.width)] ?? 0;
  const square = MARKED.square / MARKED.height;
  const bits = (row: number, from: number, length: number) =>
    Array.from({ length }, (_, bit) =>
      at((from + bit + 0.5) / 16, (row + 0.5) * square) > 128 ? 1 << bit : 0,
    ).reduce<number>((sum, bit) => sum + bit, 0);
  const below = [0.3, 0.5, 0.7, 0.9].map((y) => at(0.5, y));
  return { frame: bits(0, 0, 8), clip: bits(0, 8, 8) + (bits(1, 0, 8) << 8), flash: Math.min(...below) > 200 };
}

/** The left channel of a film's sound, as many samples as a decoder gives: nothing is filled or cut by timestamps. */
export async function readSound(
  ffmpeg: string,
  world: Pick<World, "files" | "processes">,
  folder: string,
  film: string,
): Promise<Float32Array> {
  const raw = join(folder, "heard.f32");
  await run(world, ffmpeg, [
    "-i",
    film,
    "-map",
    "0:a:0",
    "-af",
    "pan=mono|c0=c0",
    "-ar",
    "48000",
    "-c:a",
    "pcm_f32le",
    "-f",
    "f32le",
    raw,
  ]);
  const bytes = await world.files.readBytes(raw);
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** Beginnings of the bursts in seconds, found by a quadrature matched filter as long as a burst. */
export function findBursts(sound: Float32Array, sampleRate = 48_000): readonly number[] {
  const length = Math.round(BURST.seconds * sampleRate);
  const strength = filterEnergy(sound, length, sampleRate);
  const threshold = (BURST.level * length * 0.35) ** 2;
  const found: number[] = [];
  for (let at = 0; at < strength.length; at++) {
    if ((strength[at] ?? 0) < threshold) continue;
    let best = at;
    for (let next = at; next < Math.min(at + length * 3, strength.length); next++) {
      if ((strength[next] ?? 0) > (strength[best] ?? 0)) best = next;
    }
    found.push(best / sampleRate);
    at = best + length * 3;
  }
  return found;
}

function filterEnergy(sound: Float32Array, length: number, sampleRate: number): Float64Array {
  const energy = new Float64Array(Math.max(0, sound.length - length));
  let real = 0;
  let imaginary = 0;
  const turn = (2 * Math.PI * BURST.hertz) / sampleRate;
  for (let index = 0; index < sound.length; index++) {
    const value = sound[index] ?? 0;
    const old = index >= length ? (sound[index - length] ?? 0) : 0;
    real += value * Math.cos(turn * index) - old * Math.cos(turn * (index - length));
    imaginary += value * Math.sin(turn * index) - old * Math.sin(turn * (index - length));
    const start = index - length + 1;
    if (start >= 0 && start < energy.length) energy[start] = real ** 2 + imaginary ** 2;
  }
  return energy;
}

/** The quietest millisecond near a moment, in dB under the sine. */
export function deepestDip(sound: Float32Array, seconds: number, sampleRate = 48_000): number {
  const cycle = sampleRate / SINE.hertz;
  const from = Math.round((seconds - 0.025) * sampleRate);
  let least = Number.POSITIVE_INFINITY;
  for (let start = from; start < from + 0.05 * sampleRate; start++) {
    let power = 0;
    for (let index = start; index < start + cycle; index++) power += (sound[index] ?? 0) ** 2;
    least = Math.min(least, power / cycle);
  }
  return 10 * Math.log10(SINE.level ** 2 / 2 / least);
}
