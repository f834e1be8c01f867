import type { FilmPlan } from "../plan/film.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";

/** The picture that stands for a film where it is not played. */
export function posterFile(
  { file, size, frameRate, poster }: FilmPlan,
  { media, batchFolder, leave }: Pick<BesideContext, "media" | "batchFolder" | "leave">,
): BesideWork {
  const film = `${batchFolder}/${file}`;
  return {
    file: file.replace(/\.[^.]*$/, ".jpg"),
    write: (output) => media.poster({ film, size, frameRate, ...poster, output }, leave),
  };
}
