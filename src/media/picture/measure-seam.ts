import type { SeamFigures } from "../../shot/seam-figures.ts";
import type { World } from "../../world/world.ts";
import type { ClipFacts } from "../clip/clip-facts.ts";
import type { MediaTools } from "../tools/tools.ts";
import { compareSeam } from "./compare-seam.ts";
import { readSmallFrames } from "./small-frames.ts";

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
    const frames = (name: string, { path, facts: { video } }: SeamClip, first: number) => {
      const steps = [`trim=start_frame=${first}:end_frame=${first + DEPTH}`];
      const job = { path, video, steps, count: DEPTH, output: `${workFolder}/${name}.rgb` };
      return readSmallFrames(tools, world, job, signal);
    };
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
