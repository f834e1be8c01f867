import { NotAClip } from "../media/clip/not-a-clip.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { MatchedColours } from "../shot/film-figures.ts";
import type { ColourLevels } from "../shot/seam-figures.ts";
import { RenderError } from "../world/render.ts";
import type { RunContext } from "./context.ts";

/** What was done to the colours of a film's clips, and what is left of their drift in the film as it lies there. */
export async function matchedColours(
  film: FilmPlan,
  context: Pick<RunContext, "media" | "batchFolder" | "leave">,
): Promise<readonly MatchedColours[]> {
  const matched: MatchedColours[] = [];
  for (const [index, clip] of film.clips.entries()) {
    if (clip.shows !== "take" || !clip.matched) continue;
    const { to, drift, add } = clip.matched;
    const isBehindParent = film.clips[index - 1]?.shot === to && !clip.transition;
    const after = isBehindParent ? await leftAt(clip.startFrame, film, context) : undefined;
    matched.push({ shot: clip.shot, to, drift, added: add, ...(after && { after }) });
  }
  return matched;
}

/** The film is whole without this figure. */
async function leftAt(
  frame: number,
  { file, sequence }: FilmPlan,
  { media, batchFolder, leave }: Pick<RunContext, "media" | "batchFolder" | "leave">,
): Promise<ColourLevels | undefined> {
  const path = `${batchFolder}/${file}`;
  try {
    const { video } = await media.facts(path, leave);
    const scratch = `${batchFolder}/work/drift-${sequence}.rgb`;
    return await media.filmDrift({ film: path, video, frame, scratch }, leave);
  } catch (error) {
    if (error instanceof RenderError || error instanceof NotAClip) return undefined;
    throw error;
  }
}
