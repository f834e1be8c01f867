import { type FrameRate, frameAt, sameFrameRate, secondsOf, showFrameRate } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import type { ClipFacts, VideoFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { matrixOf } from "./colour.ts";
import type { FilmFormat } from "./film-format.ts";
import { encodePicture } from "./film-picture.ts";
import { fitInside, shownSize } from "./fit.ts";

export interface ConformJob {
  readonly clip: string;
  readonly facts: ClipFacts;
  readonly target: FilmFormat;
  /** frames of the source clip, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  readonly output: string;
  readonly onProgress?: (fraction: number) => void;
}

/** Frames that a clip has in a film: its playing time at the film's rate, rounded. */
export function conformedFrames(job: Pick<ConformJob, "facts" | "trim" | "target">): number {
  const { frames, frameRate } = job.facts.video;
  const source = job.trim ? job.trim.end - job.trim.first : frames;
  return Math.max(1, frameAt(secondsOf(source, frameRate), job.target.frameRate));
}

/** Encodes a clip's picture for a film. */
export function conformClip(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: ConformJob,
  signal?: AbortSignal,
): Promise<void> {
  const { clip, target, output, onProgress } = job;
  const frames = conformedFrames(job);
  const inputs = [{ source: `file:${clip}`, options: ["-f", "mov"] }];
  const graph = conformGraph(job, frames);
  return encodePicture(tools, world, { inputs, graph, target, frames, output, onProgress }, signal);
}

/** The filters, in order: trim, tempo, size, colour. Rotation is baked in by ffmpeg's decoder before them. */
function conformGraph({ facts: { video }, trim, target }: ConformJob, frames: number): string {
  const { size, frameRate } = target;
  const rate = showFrameRate(frameRate);
  const fit = fitInside(shownSize(video), size);
  const steps = [
    trim ? `trim=start_frame=${trim.first}:end_frame=${trim.end},setpts=PTS-STARTPTS` : "setpts=PTS-STARTPTS",
    retime(video, frameRate),
    `fps=${rate}`,
    // Rounding may leave one frame too few or too many: the last one stands, the surplus goes.
    "tpad=stop_mode=clone:stop_duration=1",
    `trim=end_frame=${frames}`,
    `scale=${fit.width}:${fit.height}:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=${matrixOf(video)}:out_color_matrix=bt709:out_range=tv`,
    "format=yuv420p",
    `pad=${size.width}:${size.height}:${fit.left}:${fit.top}:black`,
    "setsar=1",
  ];
  return `[0:${video.streamIndex}]${steps.filter((step) => step !== "").join(",")}[v]`;
}

/** At an equal rate the frames are counted and their times, which may have been rounded by some tool, are forgotten. */
function retime(video: VideoFacts, rate: FrameRate): string {
  if (!video.steady || !sameFrameRate(video.frameRate, rate)) return "";
  return `setpts=N*${rate.denominator}/(${rate.numerator}*TB)`;
}
