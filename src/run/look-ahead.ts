import type { Media } from "../media/media.ts";
import type { Plan } from "../plan/plan-run.ts";
import { filmsToJoin } from "../plan/step.ts";
import type { CutVoice } from "../shot/film-figures.ts";
import type { SequenceId } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { cutVoices } from "./cut-voices.ts";
import { keptOfFilm } from "./kept-pieces.ts";
import { type SeenClips, seenClips } from "./seen-clips.ts";

/** What a plan can tell of the films it joins beside what is in the ledger. */
export interface FilmsAhead {
  /** facts of those of their clips that are there */
  readonly seen: SeenClips;
  /** frames that were rendered by an earlier join and are kept; undefined when nobody could look */
  readonly kept: ReadonlyMap<SequenceId, number> | undefined;
  /** voices that are longer than their films; undefined when nobody could look */
  readonly cutVoices: ReadonlyMap<SequenceId, readonly CutVoice[]> | undefined;
}

interface Place {
  readonly files: Files;
  /** undefined: there is no ffmpeg, or nothing to make */
  readonly media: Media | undefined;
  /** absolute */
  readonly batchFolder: string;
}

/** Looks at all films that a plan joins, without writing anything. */
export async function lookAhead(
  { steps, view }: Pick<Plan, "steps" | "view">,
  { files, media, batchFolder }: Place,
): Promise<FilmsAhead> {
  const films = filmsToJoin(steps.map(({ step }) => step));
  const seen = await seenClips(films, view, { files, batchFolder });
  if (!media) return { seen, kept: undefined, cutVoices: undefined };
  const kept = new Map<SequenceId, number>();
  const voices = new Map<SequenceId, readonly CutVoice[]>();
  for (const film of films) {
    kept.set(film.sequence, await keptOfFilm(film, seen, { files, media, batchFolder }));
    voices.set(film.sequence, await cutVoices(film, { media, batchFolder }));
  }
  return { seen, kept, cutVoices: voices };
}
