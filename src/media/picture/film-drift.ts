import type { ColourLevels } from "../../shot/seam-figures.ts";
import type { World } from "../../world/world.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { levelsBetween, meanOf } from "./compare-seam.ts";
import { filmFrom } from "./film-from.ts";
import { readSmallFrames } from "./small-frames.ts";

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
  const { options, step } = filmFrom(frame - 1, video.frameRate);
  try {
    const job = { path: film, video, seek: options, steps: [step], count: 2, output: scratch };
    const [before, after] = await readSmallFrames(tools, world, job, signal);
    return before && after && levelsBetween(meanOf(before), meanOf(after));
  } finally {
    await world.files.remove(scratch);
  }
}
