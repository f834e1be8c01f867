import type { Files } from "../../world/files.ts";
import { type Mp4, readMp4 } from "./mp4.ts";

/** Gives a file's tables. @throws BrokenMp4 */
export type ReadMovie = (path: string) => Promise<Mp4>;

/** Reads the tables of each file once, whoever asks: for files that do not change meanwhile. */
export function readOnce(files: Pick<Files, "open" | "stat">): ReadMovie {
  const read = new Map<string, Promise<Mp4>>();
  return (path) => {
    const movie = read.get(path) ?? readMp4(files, path);
    read.set(path, movie);
    return movie;
  };
}
