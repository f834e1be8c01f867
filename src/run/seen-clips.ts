import PQueue from "p-queue";
import type { ClipFacts } from "../media/clip/clip-facts.ts";
import type { FilmPlan } from "../plan/film.ts";
import { isOnShelf } from "../plan/shelf.ts";
import type { View } from "../plan/view.ts";
import type { Sha256 } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { knownFacts } from "./clip-facts-cache.ts";

/** As many as Node reads at the same time. */
const AT_ONCE = 4;

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
  // Hundreds of files that are open at once are no faster, and may be too many.
  const reading = new PQueue({ concurrency: AT_ONCE });
  const found = [...new Set(shown)].map((sha256) =>
    reading.add(async () => {
      const file = there.get(sha256);
      return [sha256, file && (await knownFacts(`${place.batchFolder}/${file}`, sha256, place))] as const;
    }),
  );
  return new Map((await Promise.all(found)).flatMap(([sha256, facts]) => (facts ? [[sha256, facts] as const] : [])));
}
