import type { SeamFigures } from "../../shot/seam-figures.ts";
import type { World } from "../../world/world.ts";
import type { ClipFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { matrixOf } from "./colour.ts";
import { compareSeam, type SmallFrame } from "./compare-seam.ts";

/** Frames are compared at this size, each pixel the mean of what it stands for: coding noise evens out, motion does not. */
const SIZE = { width: 160, height: 90 } as const;

/** Frames looked at on each side: half a second, more than any vendor has been seen to repeat. */
const DEPTH = 12;

export interface SeamClip {
  readonly path: string;
  readonly facts: ClipFacts;
}

export interface SeamJob {
  readonly parent: SeamClip;
  readonly clip: SeamClip;
  /** for what is in between; taken away again */
  readonly workFolder: string;
}

/**
 * Holds the beginning of a clip against the end of the one it goes on from.
 *
 * @throws RenderError
 */
export async function measureSeam(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  { parent, clip, workFolder }: SeamJob,
  signal?: AbortSignal,
): Promise<Omit<SeamFigures, "parentTake">> {
  await world.files.makeFolder(workFolder);
  try {
    const frames = async (name: string, of: SeamClip, first: number) =>
      readFrames(tools, world, of, { first, output: `${workFolder}/${name}.rgb` }, signal);
    const parentFrames = parent.facts.video.frames;
    const parentTail = await frames("tail", parent, Math.max(0, parentFrames - DEPTH));
    const head = await frames("head", clip, 0);
    const mayHoldAll = clip.facts.video.frames >= parentFrames + DEPTH;
    const parentHead = mayHoldAll ? { parentHead: await frames("parent-head", parent, 0) } : {};
    return compareSeam({ parentTail, ...parentHead, parentFrames, head });
  } finally {
    await world.files.remove(workFolder);
  }
}

async function readFrames(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  { path, facts: { video } }: SeamClip,
  { first, output }: { readonly first: number; readonly output: string },
  signal: AbortSignal | undefined,
): Promise<readonly SmallFrame[]> {
  const { width, height } = SIZE;
  const { numerator, denominator } = video.frameRate;
  const steps = [
    `trim=start_frame=${first}:end_frame=${first + DEPTH}`,
    // From 0 and without gaps: raw video has no times, so ffmpeg would fill what is before them with copies.
    `setpts=N*${denominator}/(${numerator}*TB)`,
    `scale=${width}:${height}:flags=area:in_color_matrix=${matrixOf(video)}:out_range=pc`,
    "format=rgb24",
  ];
  await world.render({
    ffmpeg: tools.ffmpeg.path,
    inputs: [{ source: `file:${path}`, options: ["-f", "mov"] }],
    graph: `[0:${video.streamIndex}]${steps.join(",")}[v]`,
    outputOptions: ["-map", "[v]", "-r", `${numerator}/${denominator}`, "-frames:v", `${DEPTH}`, "-f", "rawvideo"],
    output,
    ...(signal ? { signal } : {}),
  });
  const bytes = await world.files.readBytes(output);
  const each = width * height * 3;
  return Array.from({ length: Math.floor(bytes.length / each) }, (_, index) => {
    return bytes.subarray(index * each, (index + 1) * each);
  });
}
