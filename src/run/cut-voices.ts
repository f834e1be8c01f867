import { relative } from "node:path";
import type { Media } from "../media/media.ts";
import { NotASound } from "../media/sound/not-a-sound.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { CutVoice } from "../shot/film-figures.ts";

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

/** That it cannot be heard at all, the join says. */
function unheard(error: unknown): number {
  if (error instanceof NotASound) return 0;
  throw error;
}
