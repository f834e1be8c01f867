import type { FilmFigures } from "../shot/film-figures.ts";
import type { SequenceId, ShotId } from "../shot/id.ts";
import { missingShots, planFilm, planWithStandIns, type StandIn } from "./film.ts";
import { isThere } from "./shelf.ts";
import { standingsOf } from "./standing.ts";
import type { View } from "./view.ts";

/** One film as people and `summary.json` see it. */
export interface FilmStatus {
  readonly id: SequenceId;
  /**
   * - `joined`: whole, as the manifest wants it
   * - `slated`, `skipped`: joined without clips that are missing, with cards in their place or without
   * - `held`: it waits for shots, or was not joined yet
   */
  readonly state: "joined" | "slated" | "skipped" | "held";
  readonly file: string | null;
  readonly seconds: number | null;
  readonly frames: number | null;
  /** what lies beside it: captions, hand-off files, relative to the batch folder */
  readonly beside: readonly string[];
  /** null where there is no film, or a ledger older than its figures */
  readonly figures: FilmFigures | null;
  /** shots whose clip is not there yet */
  readonly missing: readonly ShotId[];
  /** what a slated or skipped film shows of them */
  readonly standIns: readonly StandIn[];
}

const NO_FILM = { file: null, seconds: null, frames: null, beside: [], figures: null, standIns: [] } as const;

/** Whether each film on disk is the one that today's manifest and clips make. */
export function filmStatuses(view: View): readonly FilmStatus[] {
  const standings = standingsOf(view);
  return view.manifest.sequences.map((sequence): FilmStatus => {
    const { id } = sequence;
    const record = view.state.films.get(id);
    const whole = planFilm(sequence, view, standings);
    const missing = whole ? [] : missingShots(sequence, view, standings);
    const film = whole ?? (record && planWithStandIns(sequence, view, standings));
    const isCurrent = film && record?.filmHash === film.filmHash && isThere(record, view.shelf);
    if (!isCurrent) return { id, state: "held", ...NO_FILM, missing };
    const { file, seconds, frames, figures = null } = record;
    const beside = (record.beside ?? []).filter((each) => isThere(each, view.shelf)).map((each) => each.file);
    const state = whole ? "joined" : sequence.onMissing === "slate" ? "slated" : "skipped";
    return { id, state, file, seconds, frames, beside, figures, missing, standIns: film.standIns };
  });
}
