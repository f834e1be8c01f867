import type { FilmPlan } from "../plan/film.ts";
import type { BesideFile } from "../shot/film-figures.ts";
import type { RunContext } from "./context.ts";
import type { Recorder } from "./recorder.ts";

/** A file that a film wants beside it; `write` puts it there whole or not at all. */
export interface BesideWork {
  /** relative to the batch folder */
  readonly file: string;
  write(path: string): Promise<void>;
}

/** What lies beside a film, made again with it: all of it follows from the film's plan. */
export async function writeBeside(
  wanted: readonly BesideWork[],
  { world, batchFolder }: Pick<RunContext, "world" | "batchFolder">,
  recorder: Recorder,
): Promise<readonly BesideFile[]> {
  const written: BesideFile[] = [];
  for (const { file, write } of wanted) {
    await write(`${batchFolder}/${file}`);
    const bytes = (await world.files.stat(`${batchFolder}/${file}`))?.bytes ?? 0;
    recorder.shelve(file, bytes);
    written.push({ file, bytes });
  }
  return written;
}

/** Everything that this film wants beside it. */
export function besideWork(_film: FilmPlan): readonly BesideWork[] {
  return [];
}
