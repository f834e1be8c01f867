import type { FrameRate } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import type { World } from "../../world/world.ts";
import { NotAClip } from "../clip/not-a-clip.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import type { MediaTools } from "../tools/tools.ts";
import { type FilmFrom, filmFrom } from "./film-from.ts";
import { fitInside } from "./fit.ts";
import { type FrameOfFilm, saveLoneFrame } from "./lone-frame.ts";

export interface PosterJob extends FrameOfFilm {
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
  /** the last key frame up to the one named does as well, and costs one frame's decoding */
  readonly near: boolean;
  readonly output: string;
}

/**
 * No page or list shows a poster larger than this. A JPEG of 4K has four times the bytes, and ffmpeg takes 70 MB more of
 * memory to make it.
 */
const LONGEST_SIDE = 1920;

/** One frame gives several threads nothing to do, and starting them and their memory costs a third of all this. */
const ONE_THREAD = ["-threads", "1"];

/**
 * Writes one frame of a film as JPEG, at most 1920 pixels long.
 *
 * @throws NotAClip when the film has no such frame
 */
export async function savePoster(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: PosterJob,
  signal?: AbortSignal,
): Promise<void> {
  const { output } = job;
  const partial = `${output}.part`;
  const lone = `${output}.frame.part`;
  await world.files.remove(partial);
  try {
    const { source, options, step } = job.near ? await loneFrame(world.files, job, lone) : filmAt(job);
    const { width, height } = posterSize(job.size);
    await world.render({
      ffmpeg: tools.ffmpeg.path,
      inputs: [{ source: `file:${source}`, options: [...ONE_THREAD, "-f", "mov", ...options] }],
      // JPEG knows no other colours than those of BT.601 in full range.
      graph: `[0:v:0]${step},scale=${width}:${height}:in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p,setsar=1[v]`,
      outputOptions: [
        ...["-map", "[v]", "-frames:v", "1"],
        ...["-filter_complex_threads", "1", ...ONE_THREAD],
        ...["-c:v", "mjpeg", "-q:v", "2"], // what the eye takes for the frame itself
        ...["-f", "image2", "-update", "1"], // one picture, so its name is no pattern to be numbered
        ...["-fflags", "+bitexact", "-flags:v", "+bitexact"],
      ],
      output: partial,
      ...(signal ? { signal } : {}),
    });
    const written = await world.files.stat(partial);
    if (!written?.bytes) throw noSuchFrame(job);
    await world.files.publish(partial, output);
  } finally {
    await world.files.remove(partial);
    await world.files.remove(lone);
  }
}

interface PosterSource extends FilmFrom {
  readonly source: string;
}

function filmAt({ film, frame, frameRate }: PosterJob): PosterSource {
  return { source: film, ...filmFrom(frame, frameRate) };
}

async function loneFrame(files: World["files"], job: PosterJob, lone: string): Promise<PosterSource> {
  try {
    if (!(await saveLoneFrame(files, job, lone))) throw noSuchFrame(job);
  } catch (error) {
    if (error instanceof BrokenMp4) throw new NotAClip(error.message, job.film, { cause: error });
    throw error;
  }
  return { source: lone, options: [], step: "null" };
}

function posterSize(size: PixelSize): PixelSize {
  const isLarger = Math.max(size.width, size.height) > LONGEST_SIDE;
  return isLarger ? fitInside(size, { width: LONGEST_SIDE, height: LONGEST_SIDE }) : size;
}

function noSuchFrame({ film, frame }: PosterJob): NotAClip {
  return new NotAClip(`it has no frame number ${frame + 1}`, film);
}
