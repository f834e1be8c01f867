import { type FrameRate, frameAt, sameFrameRate, secondsOf, showFrameRate } from "../shot/frame-rate.ts";
import type { World } from "../world/world.ts";
import type { VideoFacts } from "./clip-facts.ts";
import { matrixOf } from "./colour.ts";
import { fitInside, shownSize } from "./fit.ts";
import type { ConformJob } from "./media.ts";
import { readMp4 } from "./mp4.ts";
import { shownTimes } from "./mp4-times.ts";
import type { MediaTools } from "./tools.ts";

/** ffmpeg said that all went well, and the clip is not what was asked for. Nothing was written under the final name. */
export class ConformFailed extends Error {
  override readonly name = "ConformFailed";
  constructor(
    message: string,
    readonly clip: string,
  ) {
    super(message);
  }
}

/** Frames that a clip has in a film: its playing time at the film's rate, rounded. */
export function conformedFrames(job: Pick<ConformJob, "facts" | "trim" | "target">): number {
  const { frames, frameRate } = job.facts.video;
  const source = job.trim ? job.trim.end - job.trim.first : frames;
  return Math.max(1, frameAt(secondsOf(source, frameRate), job.target.frameRate));
}

/** Ticks a second of a conformed clip: whole ticks a frame, and fine enough to be ffmpeg's own choice for that rate. */
export function trackTimescale({ numerator }: FrameRate): number {
  let timescale = numerator;
  while (timescale < 10_000) timescale *= 2;
  return timescale;
}

/**
 * Encodes a clip's picture for a film. Fixed settings give all clips of one target the same parameter sets, whatever they
 * were before, so that `join` can copy them into one track.
 */
export async function conformClip(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: ConformJob,
  signal?: AbortSignal,
): Promise<void> {
  const frames = conformedFrames(job);
  const seconds = secondsOf(frames, job.target.frameRate);
  const partial = `${job.output}.part`;
  try {
    await world.files.remove(partial); // the ffmpeg of a run that was killed may still write to it
    await world.render({
      ffmpeg: tools.ffmpeg.path,
      inputs: [{ source: `file:${job.clip}`, options: ["-f", "mov"] }],
      graph: conformGraph(job, frames),
      outputOptions: conformOptions(job.target.frameRate),
      output: `file:${partial}`,
      onProgress: (done) => job.onProgress?.(Math.min(1, done / seconds)),
      ...(signal ? { signal } : {}),
    });
    await verify(world, job, partial, frames);
    await world.files.publish(partial, job.output);
  } finally {
    await world.files.remove(partial);
  }
  job.onProgress?.(1);
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

function conformOptions(rate: FrameRate): readonly string[] {
  return [
    ...["-map", "[v]"],
    ...["-c:v", "libx264", "-preset", "medium", "-crf", "16"], // one generation that nobody sees
    ...["-profile:v", "high", "-pix_fmt", "yuv420p", "-bf", "2", "-refs", "3"],
    ...["-g", "48"], // an exact seek in the film decodes 2 s at most
    ...["-x264-params", "stitchable=1:open-gop=0"], // parameter sets that do not depend on what is in the picture
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    ...["-video_track_timescale", `${trackTimescale(rate)}`], // equal in all clips of the film
    ...["-map_metadata", "-1", "-map_chapters", "-1"],
    ...["-fflags", "+bitexact", "-flags:v", "+bitexact"], // no versions and dates: same clip, same bytes
    ...["-f", "mp4"], // not to be told from the temporary name
  ];
}

async function verify(world: Pick<World, "files">, job: ConformJob, path: string, frames: number): Promise<void> {
  const movie = await readMp4(world.files, path);
  const track = movie.tracks.find(({ kind }) => kind === "picture");
  if (!track) throw new ConformFailed("the conformed clip has no picture", job.clip);
  const { first, end } = shownTimes(track, movie);
  const wantedEnd = Math.round(secondsOf(frames, job.target.frameRate) * track.timescale);
  if (track.samples.count !== frames) {
    throw new ConformFailed(`the conformed clip has ${track.samples.count} frames, not ${frames}`, job.clip);
  }
  if (first !== 0 || Math.abs(end - wantedEnd) > 1) {
    const scale = track.timescale;
    throw new ConformFailed(
      `the conformed clip plays from ${first / scale} s to ${end / scale} s, not from 0 to ${wantedEnd / scale} s`,
      job.clip,
    );
  }
}
