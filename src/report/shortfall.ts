import type { Manifest } from "../manifest/manifest.ts";
import type { FilmStatus } from "../plan/film-status.ts";
import { isComplete, type ShotStatus } from "../plan/shot-status.ts";
import { isSelected, type View } from "../plan/view.ts";
import type { ShotId } from "../shot/id.ts";

/** What of the selection is missing or short of what was asked. */
export interface Shortfall {
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
}

/**
 * Judges the selection: with `--only`, a film that waits for shots nobody selected is no failure of this run.
 *
 * @param shots - of all the manifest's shots, as `shotStatuses` gives them
 */
export function shortfallOf(view: View, shots: readonly ShotStatus[], films: readonly FilmStatus[]): Shortfall {
  return {
    shots: shots.filter((status) => isSelected(view, status.id) && !isComplete(status)),
    films: films.filter((film) => film.state !== "joined" && isDue(film, view)),
  };
}

function isDue({ id, missing }: FilmStatus, view: View): boolean {
  const isOurs = clipsOf(view.manifest, id).some((shot) => isSelected(view, shot));
  return isOurs && (missing.length === 0 || missing.some((shot) => isSelected(view, shot)));
}

function clipsOf(manifest: Manifest, film: FilmStatus["id"]): readonly ShotId[] {
  return manifest.sequences.find(({ id }) => id === film)?.clips.map(({ shot }) => shot) ?? [];
}
