import type { FilmPlan } from "../plan/film.ts";
import type { BesideFile } from "../shot/film-figures.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";
import { captionFiles } from "./caption-files.ts";
import type { RunContext } from "./context.ts";
import { handOffFiles } from "./hand-off-files.ts";
import { posterFile } from "./poster-file.ts";
import type { Recorder } from "./recorder.ts";

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
): Promise<readonly BesideFile[]> {
  for (const { file } of before) {
    if (wanted.some((each) => each.file === file)) continue;
    await world.files.remove(`${batchFolder}/${file}`);
    recorder.shelve(file, undefined);
  }
  const written: BesideFile[] = [];
  for (const { file, key, write } of wanted) {
    await write(`${batchFolder}/${file}`);
    const bytes = (await world.files.stat(`${batchFolder}/${file}`))?.bytes ?? 0;
    recorder.shelve(file, bytes);
    written.push({ file, bytes, ...(key && { key }) });
  }
  return written;
}

/** Everything that this film wants beside it. */
export function besideWork(film: FilmPlan, context: BesideContext): readonly BesideWork[] {
  return [...captionFiles(film, context), ...handOffFiles(film, context), posterFile(film, context)];
}
