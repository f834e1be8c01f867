import { NotAClip } from "../media/clip/not-a-clip.ts";
import type { PartPlace } from "../media/film/source-parts.ts";
import type { Media } from "../media/media.ts";
import type { FilmPlan } from "../plan/film.ts";
import { diskFailure } from "../world/disk-failure.ts";
import { RenderError } from "../world/render.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";

/**
 * The picture that stands for a film where it is not played.
 *
 * @param drawn - where it lies already
 */
export function posterFile(
  { file, size, frameRate, poster }: FilmPlan,
  { world, media, batchFolder, leave }: BesideContext,
  drawn: string | undefined,
): BesideWork {
  const film = `${batchFolder}/${file}`;
  return {
    file: file.replace(/\.[^.]*$/, ".jpg"),
    async write(output) {
      if (drawn === undefined) return media.poster({ film, size, frameRate, ...poster, output }, leave);
      // Not renamed: the films may be on another disk.
      await world.files.write(output, await world.files.readBytes(drawn));
    },
  };
}

/**
 * Draws a film's poster while the film is joined, where the very packet that it shows is copied from one of the film's parts:
 * nobody waits for it then, and its memory is not needed when the join's own is largest.
 *
 * @returns where it lies; undefined where it is to be drawn from the film
 */
export async function drawPoster(
  { size, frameRate, poster, encode }: Pick<FilmPlan, "size" | "frameRate" | "poster" | "encode">,
  picture: readonly PartPlace[],
  output: string,
  { media, leave }: { readonly media: Pick<Media, "poster">; readonly leave: AbortSignal },
): Promise<string | undefined> {
  const place = placeOf(poster.frame, picture);
  if (!place || !poster.near || encode) return undefined;
  try {
    await media.poster({ ...place, size, frameRate, near: true, output }, leave);
    return output;
  } catch (error) {
    // Drawn from the film it may work, or what is wrong is told then.
    if (error instanceof RenderError || error instanceof NotAClip || diskFailure(error)) return undefined;
    throw error;
  }
}

/** The file that a frame of the film is copied from, and its number there. */
function placeOf(frame: number, picture: readonly PartPlace[]) {
  let from = 0;
  for (const { path, first, end } of picture) {
    const at = first + frame - from;
    if (at < end) return { film: path, frame: at };
    from += end - first;
  }
  return undefined;
}
