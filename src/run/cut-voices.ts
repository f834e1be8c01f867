import { relative } from "node:path";
import type { Media } from "../media/media.ts";
import { NotASound } from "../media/sound/not-a-sound.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { Plan } from "../plan/plan-run.ts";
import { leavesFilm } from "../plan/step.ts";
import type { CutVoice } from "../shot/film-figures.ts";
import type { SequenceId } from "../shot/id.ts";

/** Silence that ends most recordings is longer, and the length of some files is an estimate. */
const WORTH_TELLING_SECONDS = 0.1;

/** What hears of files how long they are. */
interface Place {
  readonly media: Pick<Media, "soundFile">;
  /** absolute */
  readonly batchFolder: string;
}

/** Voices that go on when the film has ended, by what their files say of their length. */
export async function cutVoices(
  { sound, seconds }: Pick<FilmPlan, "sound" | "seconds">,
  { media, batchFolder }: Place,
): Promise<readonly CutVoice[]> {
  const cut: CutVoice[] = [];
  for (const { file, startSeconds } of sound.voices) {
    const length = await media.soundFile(file).then((told) => told.seconds, unheard);
    const lost = Math.min(length, startSeconds + length - seconds);
    if (lost <= WORTH_TELLING_SECONDS) continue;
    const lostSeconds = Math.round(lost * 100) / 100;
    cut.push({ file: relative(batchFolder, file.path), lostSeconds, whole: lost === length });
  }
  return cut;
}

/** The same of all films that a plan joins. */
export async function voicesCutByPlan({ steps }: Pick<Plan, "steps">, place: Place): Promise<CutVoices> {
  const cut = new Map<SequenceId, readonly CutVoice[]>();
  for (const { step } of steps) {
    if (step.kind === "join" && !leavesFilm(step)) cut.set(step.sequence, await cutVoices(step.film, place));
  }
  return cut;
}

export type CutVoices = ReadonlyMap<SequenceId, readonly CutVoice[]>;

/** That it cannot be heard at all, the join says. */
function unheard(error: unknown): number {
  if (error instanceof NotASound) return 0;
  throw error;
}
