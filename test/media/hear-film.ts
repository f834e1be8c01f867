import { join } from "node:path";
import type { World } from "../../src/world/world.ts";
import { run, SINE } from "./marked-clip.ts";
import { findBursts } from "./read-film.ts";

const RATE = 48_000;
const SAMPLE_BYTES = 4;
/** Seconds that are held in memory at once. */
const CHUNK = 20 * RATE;
/** A burst that lies over the edge of a chunk is found in one of the two, and once. */
const LEAD = 1_000;

/** The left channel of a film as a decoder gives it, kept in a file: a film of 300 clips has half a gigabyte of it. */
export interface HeardFilm {
  readonly samples: number;
  /** samples at which bursts begin, counted from the first one decoded */
  readonly bursts: readonly number[];
  /** when a sample is heard by the timestamps of the packets, in seconds after the film's beginning */
  timeOf(sample: number): number;
  read(start: number, samples: number): Promise<Float32Array>;
  /** throws the file away */
  close(): Promise<void>;
}

type Hearing = Pick<World, "files" | "processes">;

export async function hearFilm(
  tools: { readonly ffmpeg: string; readonly ffprobe: string },
  world: Hearing,
  folder: string,
  film: string,
): Promise<HeardFilm> {
  const raw = join(folder, `heard-${crypto.randomUUID()}.f32`);
  const left = ["-af", "pan=mono|c0=c0", "-ar", `${RATE}`, "-c:a", "pcm_f32le", "-f", "f32le"];
  await run(world, tools.ffmpeg, ["-i", film, "-map", "0:a:0", ...left, raw]);
  const samples = ((await world.files.stat(raw))?.bytes ?? 0) / SAMPLE_BYTES;
  const read = async (start: number, length: number) => {
    const from = Math.max(0, start);
    const count = Math.max(0, Math.min(start + length, samples) - from);
    const found = new Float32Array(length);
    if (count === 0) return found;
    const range = { start: from * SAMPLE_BYTES, length: count * SAMPLE_BYTES };
    found.set(new Float32Array(new Uint8Array(await world.files.readBytes(raw, range)).buffer), from - start);
    return found;
  };
  const bursts: number[] = [];
  for (let start = 0; start < samples; start += CHUNK) {
    const chunk = await read(start - LEAD, CHUNK + 2 * LEAD);
    const found = findBursts(chunk).map((seconds) => Math.round(seconds * RATE) + start - LEAD);
    bursts.push(...found.filter((sample) => sample >= start && sample < start + CHUNK));
  }
  const timeOf = await readTimes(tools.ffprobe, world, film);
  return { samples, bursts, timeOf, read, close: () => world.files.remove(raw) };
}

/** Asks ffprobe when each decoded frame of the sound is heard: another program's view than a count of samples. */
async function readTimes(ffprobe: string, world: Hearing, film: string): Promise<(sample: number) => number> {
  const args = ["-v", "error", "-select_streams", "a:0", "-show_entries", "frame=pts_time,nb_samples"];
  const outcome = await world.processes.run(ffprobe, [...args, "-of", "csv=p=0:nk=1", film]);
  if (outcome.exitCode !== 0) throw new Error(`${outcome.shown}\n${outcome.stderr}`);
  const begins: number[] = [];
  const times: number[] = [];
  let samples = 0;
  for (const line of outcome.stdout.split("\n")) {
    const [time, count] = line.split(",").map(Number);
    if (time === undefined || !count) continue;
    begins.push(samples);
    times.push(time);
    samples += count;
  }
  return (sample) => {
    let [low, high] = [0, begins.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((begins[middle] ?? 0) <= sample) low = middle;
      else high = middle - 1;
    }
    return (times[low] ?? 0) + (sample - (begins[low] ?? 0)) / RATE;
  };
}

/** What is heard where two clips meet. */
export interface HeardSeam {
  /** milliseconds within 25 ms of the seam in which the sound is more than 12 dB under the sine */
  readonly gapMs: number;
  /** largest sample of what is above 4 kHz within 12 ms of the seam, in dBFS */
  readonly clickDb: number;
  /** power of the difference to the clips' own sound put end to end, in dB over that sound; undefined without one */
  readonly errorDb: number | undefined;
  /** what it was compared with: 50 ms around the seam */
  readonly wanted: Float32Array | undefined;
}

const REACH = 0.025 * RATE;
/** A step at the seam, and not what a clip begins with by itself. */
const STEP_REACH = 0.012 * RATE;

/** @param wanted - 50 ms of sound around the seam as it should be */
export async function hearSeam(film: HeardFilm, sample: number, wanted?: Float32Array): Promise<HeardSeam> {
  const heard = await film.read(sample - REACH, 2 * REACH);
  return {
    wanted,
    gapMs: quietMs(heard),
    clickDb: decibels(highest(highPass(await film.read(sample - STEP_REACH, 2 * STEP_REACH))) ** 2),
    errorDb: wanted && decibels(powerOf(heard.map((value, index) => value - (wanted[index] ?? 0))) / powerOf(wanted)),
  };
}

/** The samples around a seam that both lists of hearSeam speak of. */
export const SEAM_SAMPLES = 2 * REACH;

function quietMs(heard: Float32Array): number {
  const cycle = RATE / SINE.hertz;
  const limit = (SINE.level ** 2 / 2) * 10 ** (-12 / 10);
  let quiet = 0;
  let power = 0;
  for (let index = 0; index < heard.length; index++) {
    power += (heard[index] ?? 0) ** 2 - (index >= cycle ? (heard[index - cycle] ?? 0) ** 2 : 0);
    if (index >= cycle - 1 && power / cycle < limit) quiet++;
  }
  return (quiet * 1000) / RATE;
}

/** A windowed sinc of 4 kHz, taken off the sound itself; its run-in is cut away. */
function highPass(sound: Float32Array): Float32Array {
  const half = 64;
  const cut = 4_000 / RATE;
  const taps = Array.from({ length: 2 * half + 1 }, (_, index) => {
    const at = index - half;
    const sinc = at === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * at) / (Math.PI * at);
    return -sinc * (0.5 + 0.5 * Math.cos((Math.PI * at) / (half + 1))) + (at === 0 ? 1 : 0);
  });
  return sound.subarray(half, sound.length - half).map((_, middle) => {
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += (taps[tap] ?? 0) * (sound[middle + tap] ?? 0);
    return sum;
  });
}

function highest(sound: Float32Array): number {
  return sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function powerOf(sound: Float32Array): number {
  return sound.reduce((sum, value) => sum + value ** 2, 0) / sound.length;
}

function decibels(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-20));
}
