import { NotAClip } from "../media/clip/not-a-clip.ts";
import { NotASound } from "../media/sound/not-a-sound.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { BesideFile } from "../shot/film-figures.ts";
import { RenderError } from "../world/render.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";
import { captionFiles } from "./caption-files.ts";
import type { RunContext } from "./context.ts";
import { handOffFiles } from "./hand-off-files.ts";
import { posterFile } from "./poster-file.ts";
import type { Recorder } from "./recorder.ts";

/** What lies beside a film now, and what should and could not be made. */
export interface Beside {
  /** those that failed too, so that they are missed and made again */
  readonly wanted: readonly BesideFile[];
  readonly failures: readonly BesideFailure[];
}

export interface BesideFailure {
  readonly file: string;
  readonly error: RenderError | NotAClip | NotASound;
}

/**
 * What lies beside a film, made again with it: all of it follows from the film's plan.
 *
 * @param before - what lay there until now; what is not wanted any more would tell of another film, and goes
 */
export async function writeBeside(
  wanted: readonly BesideWork[],
  before: readonly BesideFile[],
  { world, batchFolder }: Pick<RunContext, "world" | "batchFolder">,
  recorder: Recorder,
): Promise<Beside> {
  for (const { file } of before) {
    if (wanted.some((each) => each.file === file)) continue;
    await world.files.remove(`${batchFolder}/${file}`);
    recorder.shelve(file, undefined);
  }
  const files: BesideFile[] = [];
  const failures: BesideFailure[] = [];
  for (const { file, key, write } of wanted) {
    try {
      await write(`${batchFolder}/${file}`);
    } catch (error) {
      // The film is whole without it, and the next run makes what lacks.
      if (!isOfMedia(error)) throw error;
      failures.push({ file, error });
      await world.files.remove(`${batchFolder}/${file}`); // of another film
      recorder.shelve(file, undefined);
      files.push({ file, bytes: 0, ...(key && { key }) });
      continue;
    }
    const bytes = (await world.files.stat(`${batchFolder}/${file}`))?.bytes ?? 0;
    recorder.shelve(file, bytes);
    files.push({ file, bytes, ...(key && { key }) });
  }
  return { wanted: files, failures };
}

function isOfMedia(error: unknown): error is BesideFailure["error"] {
  return error instanceof RenderError || error instanceof NotAClip || error instanceof NotASound;
}

/**
 * Everything that this film wants beside it.
 *
 * @param poster - where its poster lies already
 */
export function besideWork(film: FilmPlan, context: BesideContext, poster: string | undefined): readonly BesideWork[] {
  return [...captionFiles(film, context), ...handOffFiles(film, context), posterFile(film, context, poster)];
}
