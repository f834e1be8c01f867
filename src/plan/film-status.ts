import type { SequenceId, ShotId } from "../shot/id.ts";
import { missingShots, planFilm } from "./film.ts";
import { standingsOf } from "./standing.ts";
import type { View } from "./view.ts";

/** One film as people and `summary.json` see it. */
export interface FilmStatus {
  readonly id: SequenceId;
  /** `held`: it waits for shots, or was not joined yet */
  readonly state: "joined" | "held";
  readonly file: string | null;
  readonly seconds: number | null;
  readonly frames: number | null;
  /** shots whose clip is not there yet */
  readonly missing: readonly ShotId[];
}

/** Whether each film on disk is the one that today's manifest and clips make. */
export function filmStatuses(view: View): readonly FilmStatus[] {
  const standings = standingsOf(view);
  return view.manifest.sequences.map((sequence) => {
    const film = planFilm(sequence, view, standings);
    const record = view.state.films.get(sequence.id);
    const missing = film ? [] : missingShots(sequence, view, standings);
    const isCurrent = film && record?.filmHash === film.filmHash && view.shelf.get(record.file) === record.bytes;
    if (!isCurrent) return { id: sequence.id, state: "held", file: null, seconds: null, frames: null, missing };
    const { file, seconds, frames } = record;
    return { id: sequence.id, state: "joined", file, seconds, frames, missing };
  });
}
