import PQueue from "p-queue";
import type { Files } from "../../world/files.ts";
import { type Mp4, readMp4 } from "./mp4.ts";

/** Gives a file's tables. @throws BrokenMp4 */
export type ReadMovie = (path: string) => Promise<Mp4>;

/** As many as Node reads at the same time. */
const AT_ONCE = 4;

/**
 * Reads the tables of each file once, whoever asks: for files that do not change meanwhile.
 *
 * @param ahead - files that will be asked for in this order: they are read from now on, so that nobody waits for one after another
 */
export function readOnce(files: Pick<Files, "open" | "stat">, ahead: readonly string[] = []): ReadMovie {
  const reading = new PQueue({ concurrency: AT_ONCE });
  const read = new Map<string, Promise<Mp4>>();
  const movieOf = (path: string) => {
    const movie = read.get(path) ?? reading.add(() => readMp4(files, path));
    read.set(path, movie);
    return movie;
  };
  for (const path of ahead) movieOf(path).catch(() => undefined); // heard of by whoever asks for it
  return movieOf;
}
