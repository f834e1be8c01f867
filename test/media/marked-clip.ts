import { join } from "node:path";
import type { FrameRate } from "../../src/shot/frame-rate.ts";
import type { World } from "../../src/world/world.ts";

/** Pictures are this large before any tool touches them; two rows of 16 squares fill their upper edge. */
export const MARKED = { width: 160, height: 90, square: 10 } as const;

/** Frames that are white, each with a burst of sound that begins with it; none near a clip's ends. */
export const FLASHES = [6, 15] as const;
/** The same in clips of the usual 8 s. */
const LONG_FLASHES = [48, 96, 180] as const;
export const BURST = { hertz: 9_000, seconds: 0.002, level: 0.5 } as const;
/** Whole cycles in every frame of 24 a second, and whole samples in every cycle: it goes on over any seam of like clips. */
export const SINE = { hertz: 960, level: 0.1 } as const;

export interface MarkedClip {
  readonly name: string;
  /** 0 to 65535, readable in every frame: its low eight bits behind the frame's number, the others in the row below */
  readonly number: number;
  readonly frames: number;
  readonly rate?: FrameRate;
  /** seconds of sound; 0: a clip without sound; undefined: as long as the picture */
  readonly soundSeconds?: number;
  readonly sampleRate?: number;
  readonly channels?: 1 | 2;
  /** samples that a decoder gives before the picture begins, as the file declares them; default ffmpeg's 1024 */
  readonly priming?: number;
  /** put before the encoder's options */
  readonly filters?: string;
  readonly options?: readonly string[];
  /** done to the finished file: `-c copy` with these options */
  readonly remux?: readonly string[];
}

type Making = Pick<World, "files" | "processes">;

/** A clip in which every frame says which clip and which frame it is, and every flash can be heard. */
export async function makeClip(ffmpeg: string, world: Making, folder: string, clip: MarkedClip): Promise<string> {
  const rate = clip.rate ?? { numerator: 24, denominator: 1 };
  const path = join(folder, `${clip.name}.mp4`);
  const picture = join(folder, `${clip.name}.gray`);
  const sound = join(folder, `${clip.name}.f32`);
  await world.files.write(picture, drawPicture(clip));
  const seconds = clip.soundSeconds ?? (clip.frames * rate.denominator) / rate.numerator;
  const sampleRate = clip.sampleRate ?? 48_000;
  if (seconds > 0) await world.files.write(sound, playSound(clip, rate, seconds, sampleRate));
  const { priming, ...unprimed } = clip;
  if (priming !== undefined && priming !== PRIMING) {
    const mute = await makeClip(ffmpeg, world, folder, { ...unprimed, name: `${clip.name}.mute`, soundSeconds: 0 });
    await addPrimedSound(ffmpeg, world, { mute, sound, sampleRate, priming, path });
    return path;
  }
  await run(world, ffmpeg, [
    ...["-f", "rawvideo", "-pix_fmt", "gray", "-s", `${MARKED.width}x${MARKED.height}`],
    ...["-r", `${rate.numerator}/${rate.denominator}`, "-i", picture],
    ...(seconds > 0 ? ["-f", "f32le", "-ar", `${sampleRate}`, "-ac", "1", "-i", sound] : []),
    ...["-vf", clip.filters ?? "null"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p", "-bf", "2"],
    ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"],
    ...(seconds > 0 ? ["-c:a", "aac", "-b:a", "160k", "-ac", `${clip.channels ?? 2}`] : []),
    ...(clip.options ?? []),
    path,
  ]);
  if (clip.remux) {
    const before = join(folder, `${clip.name}.before.mp4`);
    await world.files.publish(path, before);
    await run(world, ffmpeg, ["-i", before, "-map", "0", "-c", "copy", ...clip.remux, path]);
  }
  return path;
}

/** Samples that ffmpeg's encoder gives before the first true one. */
const PRIMING = 1_024;

/** Another encoder's delay: so many samples more are encoded before the sound, or fewer, and hidden by the edit list. */
async function addPrimedSound(
  ffmpeg: string,
  world: Making,
  job: { mute: string; sound: string; sampleRate: number; priming: number; path: string },
): Promise<void> {
  const { mute, sound, sampleRate, priming, path } = job;
  const encoded = `${sound}.m4a`;
  const shift =
    priming < PRIMING
      ? `atrim=start_sample=${PRIMING - priming},asetpts=PTS-STARTPTS`
      : `adelay=${priming - PRIMING}S:all=1`;
  const raw = ["-f", "f32le", "-ar", `${sampleRate}`, "-ac", "1", "-i", sound];
  await run(world, ffmpeg, [...raw, "-af", shift, "-c:a", "aac", "-b:a", "160k", "-ac", "2", encoded]);
  await run(world, ffmpeg, [
    ...["-copyts", "-i", mute, "-itsoffset", `${(PRIMING - priming) / sampleRate}`, "-i", encoded],
    ...["-map", "0:v", "-map", "1:a", "-c", "copy", "-avoid_negative_ts", "disabled", path],
  ]);
}

export function flashesOf({ frames }: Pick<MarkedClip, "frames">): readonly number[] {
  return (frames > Math.max(...LONG_FLASHES) ? LONG_FLASHES : FLASHES).filter((flash) => flash < frames);
}

export async function run(world: Pick<World, "processes">, ffmpeg: string, args: readonly string[]): Promise<string> {
  const outcome = await world.processes.run(ffmpeg, ["-v", "error", "-nostdin", "-y", ...args]);
  if (outcome.exitCode !== 0) throw new Error(`${outcome.shown}\n${outcome.stopped ?? ""}${outcome.stderr}`);
  return outcome.stdout;
}

/** A clip's squares and flashes alone, as grey with alpha: to be laid over another picture. */
export function markMask(clip: Pick<MarkedClip, "frames" | "number">): Uint8Array {
  const grey = drawPicture({ name: "", ...clip });
  const flashes = new Set(flashesOf(clip));
  const size = MARKED.width * MARKED.height;
  const mask = new Uint8Array(grey.length * 2);
  for (const [at, light] of grey.entries()) {
    const isSquare = at % size < 2 * MARKED.square * MARKED.width;
    mask[2 * at] = light;
    mask[2 * at + 1] = isSquare || flashes.has(Math.floor(at / size)) ? 255 : 0;
  }
  return mask;
}

/** A clip's sound at 48 kHz and 24 frames a second, one channel of 32-bit floats. */
export function makeSound(clip: Pick<MarkedClip, "frames" | "number">): Uint8Array {
  return playSound({ name: "", ...clip }, { numerator: 24, denominator: 1 }, clip.frames / 24, 48_000);
}

function drawPicture({ frames, number }: MarkedClip): Uint8Array {
  const { width, height, square } = MARKED;
  const pixels = new Uint8Array(frames * width * height);
  const flashes = new Set(flashesOf({ frames }));
  for (let frame = 0; frame < frames; frame++) {
    const flash = flashes.has(frame);
    const rows = [(frame & 255) + ((number & 255) << 8), number >> 8];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const row = rows[Math.floor(y / square)];
        const grey = 70 + ((x * 3 + y * 2 + frame * 5 + number * 31) % 60);
        const light = row !== undefined ? ((row >> Math.floor(x / square)) & 1) * 255 : flash ? 255 : grey;
        pixels[(frame * height + y) * width + x] = light;
      }
    }
  }
  return pixels;
}

function playSound({ frames }: MarkedClip, rate: FrameRate, seconds: number, sampleRate: number): Uint8Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let index = 0; index < samples.length; index++) {
    samples[index] = SINE.level * Math.sin((2 * Math.PI * SINE.hertz * index) / sampleRate);
  }
  for (const flash of flashesOf({ frames })) {
    const start = Math.round((flash * rate.denominator * sampleRate) / rate.numerator);
    for (let index = 0; index < BURST.seconds * sampleRate; index++) {
      const at = start + index;
      if (at < samples.length) samples[at] = BURST.level * Math.sin((2 * Math.PI * BURST.hertz * index) / sampleRate);
    }
  }
  return new Uint8Array(samples.buffer);
}
