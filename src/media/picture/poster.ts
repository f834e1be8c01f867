import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { NotAClip } from "../clip/not-a-clip.ts";
import type { MediaTools } from "../tools/tools.ts";
import { type FilmFrom, filmFrom } from "./film-from.ts";

export interface PosterJob {
  readonly film: string;
  readonly frameRate: FrameRate;
  /** which of the film's frames; `near`: the last key frame up to it does as well, and costs one frame's decoding */
  readonly frame: number;
  readonly near: boolean;
  readonly output: string;
}

/** Opens a film at the key frame before a frame. Without its own times that one counts as too early, and all up to the frame would be decoded. */
function nearTo(frame: number, rate: FrameRate): FilmFrom {
  // Half a frame late, as a time in decimals may fall on either side of the frame's own.
  const seconds = secondsOf(frame + 0.5, rate);
  return { options: ["-noaccurate_seek", "-copyts", "-ss", seconds.toFixed(6)], step: "null" };
}

/** One frame gives several threads nothing to do, and starting them and their memory costs a third of all this. */
const ONE_THREAD = ["-threads", "1"];

/**
 * Writes one frame of a film as JPEG.
 *
 * @throws NotAClip when the film has no such frame
 */
export async function savePoster(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  { film, frameRate, frame, near, output }: PosterJob,
  signal?: AbortSignal,
): Promise<void> {
  const partial = `${output}.part`;
  const { options, step } = near ? nearTo(frame, frameRate) : filmFrom(frame, frameRate);
  await world.files.remove(partial);
  try {
    await world.render({
      ffmpeg: tools.ffmpeg.path,
      inputs: [
        {
          source: `file:${film}`,
          options: [...ONE_THREAD, "-f", "mov", ...options],
        },
      ],
      // JPEG knows no other colours than those of BT.601 in full range.
      graph: `[0:v:0]${step},scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p,setsar=1[v]`,
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
    if (!written?.bytes) throw new NotAClip(`it has no frame number ${frame + 1}`, film);
    await world.files.publish(partial, output);
  } finally {
    await world.files.remove(partial);
  }
}
