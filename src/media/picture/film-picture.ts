import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import type { RenderJob } from "../../world/render.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { readMp4 } from "../mp4/mp4.ts";
import { shownTimes } from "../mp4/times.ts";
import type { MediaTools } from "../tools/tools.ts";
import type { PictureFormat } from "./film-format.ts";

/** ffmpeg said that all went well, and the picture is not what was asked for. Nothing was written under the final name. */
export class PictureNotExact extends Error {
  override readonly name = "PictureNotExact";
  constructor(
    message: string,
    readonly file: string,
  ) {
    super(message);
  }
}

export interface PictureJob {
  readonly inputs: RenderJob["inputs"];
  /** a filter graph that ends in `[v]`: the film's size, rate and number of frames */
  readonly graph: string;
  readonly target: PictureFormat;
  readonly frames: number;
  readonly output: string;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Raised when the same piece is encoded otherwise, so that what was kept is made again. */
export const ENCODING_VERSION = 2;

/** Ticks a second of a film's picture: whole ticks a frame, and fine enough to be ffmpeg's own choice for that rate. */
export function trackTimescale({ numerator }: FrameRate): number {
  let timescale = numerator;
  while (timescale < 10_000) timescale *= 2;
  return timescale;
}

/**
 * Encodes a picture for a film. Fixed settings give all pictures of one target the same parameter sets, whatever is in
 * them, so that `join` can copy them into one track.
 *
 * @throws RenderError, PictureNotExact
 */
export async function encodePicture(
  { ffmpeg }: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: PictureJob,
  signal?: AbortSignal,
): Promise<void> {
  const { frames, target, output, onProgress } = job;
  const seconds = secondsOf(frames, target.frameRate);
  const partial = `${output}.part`;
  try {
    await world.files.remove(partial); // the ffmpeg of a run that was killed may still write to it
    await world.render({
      ffmpeg: ffmpeg.path,
      inputs: job.inputs,
      graph: job.graph,
      outputOptions: pictureOptions(target),
      output: `file:${partial}`,
      onProgress: (done) => onProgress?.(Math.min(1, done / seconds)),
      ...(signal ? { signal } : {}),
    });
    await verify(world, job, partial);
    await world.files.publish(partial, output);
  } finally {
    await world.files.remove(partial);
  }
  onProgress?.(1);
}

function pictureOptions({ frameRate, colour, profile, parameterSet }: PictureFormat): readonly string[] {
  const frames = profile === "baseline" ? ["-bf", "0"] : ["-bf", "2"]; // baseline has no frames that look ahead
  return [
    ...["-map", "[v]"],
    ...["-c:v", "libx264", "-preset", "medium", "-crf", "16"], // one generation that nobody sees
    ...["-profile:v", profile, "-pix_fmt", "yuv420p", ...frames, "-refs", "3"],
    ...["-g", "48"], // an exact seek in the film decodes 2 s at most
    // Parameter sets that do not depend on what is in the picture, under a number that no clip beside it uses.
    ...["-x264-params", `stitchable=1:open-gop=0:sps-id=${parameterSet}`],
    ...colourOptions(colour),
    ...["-video_track_timescale", `${trackTimescale(frameRate)}`], // equal in all clips of the film
    ...["-map_metadata", "-1", "-map_chapters", "-1"],
    ...["-fflags", "+bitexact", "-flags:v", "+bitexact"], // no versions and dates: same clip, same bytes
    ...["-f", "mp4"], // not to be told from the temporary name
  ];
}

/** What the clips do not say of themselves is not said here either. */
function colourOptions(colour: string): readonly string[] {
  const [matrix, primaries, transfer, range] = colour.split("/");
  const said = { colorspace: matrix, color_primaries: primaries, color_trc: transfer, color_range: range };
  return Object.entries(said).flatMap(([option, value]) =>
    value === undefined || value === "unknown" ? [] : [`-${option}`, value],
  );
}

async function verify(world: Pick<World, "files">, job: PictureJob, path: string): Promise<void> {
  const { frames, target, output } = job;
  const movie = await readMp4(world.files, path).catch((error: unknown) => {
    if (!(error instanceof BrokenMp4)) throw error;
    throw new PictureNotExact(`what was encoded for the film cannot be read: ${error.message}`, output);
  });
  const track = movie.tracks.find(({ kind }) => kind === "picture");
  if (!track) throw new PictureNotExact("what was encoded for the film has no picture", output);
  const { first, end } = shownTimes(track, movie);
  const wantedEnd = Math.round(secondsOf(frames, target.frameRate) * track.timescale);
  if (track.samples.count !== frames) {
    throw new PictureNotExact(`what was encoded for the film has ${track.samples.count} frames, not ${frames}`, output);
  }
  if (first !== 0 || Math.abs(end - wantedEnd) > 1) {
    const scale = track.timescale;
    throw new PictureNotExact(
      `what was encoded for the film plays from ${first / scale} s to ${end / scale} s, not from 0 to ${wantedEnd / scale} s`,
      output,
    );
  }
}
