import type { World } from "../../world/world.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { matrixOf } from "./colour.ts";
import type { SmallFrame } from "./compare-seam.ts";

/** Frames are compared at this size, each pixel the mean of what it stands for: coding noise evens out, motion does not. */
const SIZE = { width: 160, height: 90 } as const;

export interface SmallFramesJob {
  readonly path: string;
  readonly video: VideoFacts;
  /** of the input: where it is opened */
  readonly seek?: readonly string[];
  /** filters before all others: which frames are taken */
  readonly steps?: readonly string[];
  /** at most so many */
  readonly count: number;
  /** the raw frames are put here; whoever asked takes it away */
  readonly output: string;
}

/** Frames of a clip or a film, small and as red, green and blue; fewer than asked for where there are no more. @throws RenderError */
export async function readSmallFrames(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  { path, video, seek = [], steps = [], count, output }: SmallFramesJob,
  signal: AbortSignal | undefined,
): Promise<readonly SmallFrame[]> {
  const { width, height } = SIZE;
  const { numerator, denominator } = video.frameRate;
  const graph = [
    ...steps,
    // From 0 and without gaps: raw video has no times, so ffmpeg would fill what is before them with copies.
    `setpts=N*${denominator}/(${numerator}*TB)`,
    `scale=${width}:${height}:flags=area:in_color_matrix=${matrixOf(video)}:out_range=pc`,
    "format=rgb24",
  ];
  await world.render({
    ffmpeg: tools.ffmpeg.path,
    inputs: [{ source: `file:${path}`, options: ["-f", "mov", ...seek] }],
    graph: `[0:${video.streamIndex}]${graph.join(",")}[v]`,
    outputOptions: ["-map", "[v]", "-r", `${numerator}/${denominator}`, "-frames:v", `${count}`, "-f", "rawvideo"],
    output,
    ...(signal ? { signal } : {}),
  });
  const bytes = await world.files.readBytes(output);
  const each = width * height * 3;
  return Array.from({ length: Math.floor(bytes.length / each) }, (_, index) => {
    return bytes.subarray(index * each, (index + 1) * each);
  });
}
