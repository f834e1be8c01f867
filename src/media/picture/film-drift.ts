import { secondsOf } from "../../shot/frame-rate.ts";
import type { ColourLevels } from "../../shot/seam-figures.ts";
import type { World } from "../../world/world.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { matrixOf } from "./colour.ts";
import { levelsBetween, meanOf } from "./compare-seam.ts";

/** Both frames are made so small: only their mean colour is wanted. */
const SIZE = { width: 160, height: 90 } as const;

export interface FilmDriftJob {
  readonly film: string;
  readonly video: VideoFacts;
  /** number of the frame behind the seam, at least 1 */
  readonly frame: number;
  /** replaced, and taken away again */
  readonly scratch: string;
}

/**
 * How much redder, greener and bluer a frame of a film is than the one before it, as the film was encoded. What moves between
 * the two is part of it.
 *
 * @throws RenderError
 */
export async function measureFilmDrift(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  { film, video, frame, scratch }: FilmDriftJob,
  signal?: AbortSignal,
): Promise<ColourLevels | undefined> {
  const { width, height } = SIZE;
  const { frameRate } = video;
  // Half a frame early, as times are rounded; all but what lies behind the key frame before it is skipped.
  const seconds = secondsOf(frame - 1.5, frameRate);
  const seek = seconds > 0 ? ["-ss", seconds.toFixed(6)] : [];
  const { numerator, denominator } = frameRate;
  // From 0 and without gaps: raw video has no times, so ffmpeg would fill what is before them with copies.
  const times = `setpts=N*${denominator}/(${numerator}*TB)`;
  const scale = `scale=${width}:${height}:flags=area:in_color_matrix=${matrixOf(video)}:out_range=pc`;
  try {
    await world.render({
      ffmpeg: tools.ffmpeg.path,
      inputs: [{ source: `file:${film}`, options: ["-f", "mov", ...seek] }],
      graph: `[0:${video.streamIndex}]${times},${scale},format=rgb24[v]`,
      outputOptions: ["-map", "[v]", "-r", `${numerator}/${denominator}`, "-frames:v", "2", "-f", "rawvideo"],
      output: scratch,
      ...(signal ? { signal } : {}),
    });
    const bytes = await world.files.readBytes(scratch);
    const each = width * height * 3;
    if (bytes.length < 2 * each) return undefined;
    return levelsBetween(meanOf(bytes.subarray(0, each)), meanOf(bytes.subarray(each, 2 * each)));
  } finally {
    await world.files.remove(scratch);
  }
}
