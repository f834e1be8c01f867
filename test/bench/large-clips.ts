import { copyFile, mkdir, open, rename, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PixelSize } from "../../src/shot/resolution.ts";
import { MARKED, makeSound, markMask, run } from "../media/marked-clip.ts";
import { world } from "../media/studio.ts";

/** Clips are made once and kept here: five minutes of encoding for each size. */
export const CLIPS = join(tmpdir(), "callsheet-bench-clips");

export const FRAMES = 192;

/** As large as the vendor's clips are for 8 s: 4.4, 10.7 and 48.6 MB. */
const BITRATE = { "720p": "4200k", "1080p": "10500k", "4k": "48400k" } as const;
export type Size = keyof typeof BITRATE;
/** So many are drawn; the others are copies that differ in a box which nobody reads. */
const DISTINCT = { "720p": 4, "1080p": 3, "4k": 2 } as const;
export const SIZES = Object.keys(BITRATE) as readonly Size[];

export const PIXELS: Readonly<Record<Size, PixelSize>> = {
  "720p": { width: 1280, height: 720 },
  "1080p": { width: 1920, height: 1080 },
  "4k": { width: 3840, height: 2160 },
};

export interface LargeClips {
  readonly size: Size;
  /** frames between key frames; undefined: one for the clip */
  readonly gop?: number;
  readonly mute?: boolean;
}

/** The path of the nth clip of a kind, made if it is not there: each a file of its own with bytes of its own. */
export async function largeClip(ffmpeg: string, kind: LargeClips, index: number): Promise<string> {
  const { size, gop, mute } = kind;
  const folder = join(CLIPS, `${size}-${gop ?? "single"}${mute ? "-mute" : ""}`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${index}.mp4`);
  if (await isThere(path)) return path;
  const number = index % DISTINCT[size];
  const drawn = join(folder, `drawn-${number}.mp4`);
  if (!(await isThere(drawn))) await draw(ffmpeg, kind, number, drawn);
  const part = partOf(path);
  await copyFile(drawn, part);
  await append(part, freeBox(`clip ${index}`));
  await rename(part, path);
  return path;
}

/** A moving fractal with grain; the squares, flashes and bursts of a marked clip are laid over it. */
async function draw(ffmpeg: string, { size, gop, mute }: LargeClips, number: number, path: string): Promise<void> {
  const clip = { name: `${size}-${number}`, number, frames: FRAMES };
  const part = partOf(path);
  const { width, height } = PIXELS[size];
  await world.files.write(`${part}.mask`, markMask(clip));
  if (!mute) await world.files.write(`${part}.f32`, makeSound(clip));
  const fractal = `mandelbrot=size=${width / 2}x${height / 2}:rate=24:start_scale=${3 - number / 2}:end_scale=0.3:end_pts=400`;
  const grain = `scale=${width}:${height}:flags=fast_bilinear,noise=alls=10:allf=t,format=yuv420p`;
  await run(world, ffmpeg, [
    ...["-f", "lavfi", "-i", fractal],
    ...[
      "-f",
      "rawvideo",
      "-pix_fmt",
      "ya8",
      "-s",
      `${MARKED.width}x${MARKED.height}`,
      "-r",
      "24",
      "-i",
      `${part}.mask`,
    ],
    ...(mute ? [] : ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", `${part}.f32`]),
    "-filter_complex",
    `[0:v]${grain}[p];[1:v]format=yuva420p,scale=${width}:${height}:flags=neighbor[m];[p][m]overlay=shortest=1,trim=end_frame=${FRAMES}[v]`,
    ...["-map", "[v]", ...(mute ? [] : ["-map", "2:a"]), "-r", "24"],
    ...["-c:v", "libx264", "-preset", "superfast", "-profile:v", "high", "-pix_fmt", "yuv420p"],
    ...["-b:v", BITRATE[size], "-maxrate", BITRATE[size], "-bufsize", BITRATE[size], "-bf", "2"],
    ...["-g", `${gop ?? 1_000}`, "-sc_threshold", "0", "-x264-params", "nal-hrd=none:stitchable=1"],
    ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"],
    ...(mute ? [] : ["-c:a", "aac", "-b:a", "160k", "-ac", "2"]),
    ...["-f", "mp4", part],
  ]);
  await rename(part, path);
  await world.files.remove(`${part}.mask`);
  await world.files.remove(`${part}.f32`);
}

/** Two runs at once draw the same clip twice, and neither takes the other's away. */
function partOf(path: string): string {
  return `${path}.${crypto.randomUUID()}.part`;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function freeBox(text: string): Buffer {
  const box = Buffer.alloc(64);
  box.writeUInt32BE(box.length);
  box.write("free", 4, "latin1");
  box.write(text, 8, "latin1");
  return box;
}

async function append(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.write(bytes);
  } finally {
    await file.close();
  }
}
