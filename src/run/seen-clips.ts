import type { ClipFacts } from "../media/clip/clip-facts.ts";
import type { FilmPlan } from "../plan/film.ts";
import { isOnShelf } from "../plan/shelf.ts";
import type { View } from "../plan/view.ts";
import type { Sha256 } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { knownFacts } from "./clip-facts-cache.ts";

/** Facts of clips by their content. */
export type SeenClips = ReadonlyMap<Sha256, ClipFacts>;

interface Place {
  readonly files: Files;
  /** absolute */
  readonly batchFolder: string;
}

/**
 * Facts of those clips of films that are there, by their content: what a plan can tell of films without a program and
 * without writing anything.
 */
export async function seenClips(
  films: readonly FilmPlan[],
  { state, shelf }: Pick<View, "state" | "shelf">,
  place: Place,
): Promise<SeenClips> {
  const files = [...state.takes.values()].flat().flatMap((take) => [...take.files.values()]);
  const there = new Map(files.flatMap((file) => (isOnShelf(file, shelf) ? [[file.sha256, file.file] as const] : [])));
  const shown = films.flatMap(({ clips }) => clips.flatMap((clip) => (clip.shows === "take" ? [clip.sha256] : [])));
  const seen = new Map<Sha256, ClipFacts>();
  // One after another: hundreds of files that are open at once are no faster, and may be too many.
  for (const sha256 of new Set(shown)) {
    const file = there.get(sha256);
    const facts = file && (await knownFacts(`${place.batchFolder}/${file}`, sha256, place));
    if (facts) seen.set(sha256, facts);
  }
  return seen;
}
