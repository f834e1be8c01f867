import type { ClipFacts } from "../media/clip/clip-facts.ts";
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
  const leftAt = drifts(film, context);
  const matched: MatchedColours[] = [];
  for (const [index, clip] of film.clips.entries()) {
    if (clip.shows !== "take" || !clip.matched) continue;
    const { to, drift, add } = clip.matched;
    const isBehindParent = film.clips[index - 1]?.shot === to && !clip.transition;
    const after = isBehindParent ? await leftAt(clip.startFrame) : undefined;
    matched.push({ shot: clip.shot, to, drift, added: add, ...(after && { after }) });
  }
  return matched;
}

/** What drifts at frames of a film as it lies there; undefined where it cannot be told: the film is whole without it. */
function drifts(
  { file, sequence }: FilmPlan,
  { media, batchFolder, leave }: Pick<RunContext, "media" | "batchFolder" | "leave">,
): (frame: number) => Promise<ColourLevels | undefined> {
  const path = `${batchFolder}/${file}`;
  const scratch = `${batchFolder}/work/drift-${sequence}.rgb`;
  let known: Promise<ClipFacts> | undefined;
  return async (frame) => {
    known ??= media.facts(path, leave);
    try {
      const { video } = await known;
      return await media.filmDrift({ film: path, video, frame, scratch }, leave);
    } catch (error) {
      if (error instanceof RenderError || error instanceof NotAClip) return undefined;
      throw error;
    }
  };
}
