import { join } from "node:path";
import type { FrameRate } from "../../src/shot/frame-rate.ts";
import type { World } from "../../src/world/world.ts";

/** Pictures are this large before any tool touches them; 16 squares fill their upper edge. */
export const MARKED = { width: 160, height: 90, square: 10 } as const;

/** Frames that are white, each with a burst of sound that begins with it; none near a clip's ends. */
export const FLASHES = [6, 15] as const;
export const BURST = { hertz: 9_000, seconds: 0.002, level: 0.5 } as const;
export const SINE = { hertz: 1_000, level: 0.1 } as const;

export interface MarkedClip {
  readonly name: string;
  /** 0 to 255, readable in every frame */
  readonly number: number;
  readonly frames: number;
  readonly rate?: FrameRate;
  /** seconds of sound; 0: a clip without sound; undefined: as long as the picture */
  readonly soundSeconds?: number;
  readonly sampleRate?: number;
  readonly channels?: 1 | 2;
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

export async function run(world: Pick<World, "processes">, ffmpeg: string, args: readonly string[]): Promise<string> {
  const outcome = await world.processes.run(ffmpeg, ["-v", "error", "-nostdin", "-y", ...args]);
  if (outcome.exitCode !== 0) throw new Error(`${outcome.shown}\n${outcome.stopped ?? ""}${outcome.stderr}`);
  return outcome.stdout;
}

function drawPicture({ frames, number }: MarkedClip): Uint8Array {
  const { width, height, square } = MARKED;
  const pixels = new Uint8Array(frames * width * height);
  for (let frame = 0; frame < frames; frame++) {
    const flash = (FLASHES as readonly number[]).includes(frame);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const bit = Math.floor(x / square);
        const code = bit < 8 ? (frame >> bit) & 1 : (number >> (bit - 8)) & 1;
        const grey = 70 + ((x * 3 + y * 2 + frame * 5 + number * 31) % 60);
        pixels[(frame * height + y) * width + x] = y < square ? code * 255 : flash ? 255 : grey;
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
  for (const flash of FLASHES.filter((frame) => frame < frames)) {
    const start = Math.round((flash * rate.denominator * sampleRate) / rate.numerator);
    for (let index = 0; index < BURST.seconds * sampleRate; index++) {
      const at = start + index;
      if (at < samples.length) samples[at] = BURST.level * Math.sin((2 * Math.PI * BURST.hertz * index) / sampleRate);
    }
  }
  return new Uint8Array(samples.buffer);
}
