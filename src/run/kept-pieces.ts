import type { Media } from "../media/media.ts";
import { cutPicture } from "../media/picture/cut.ts";
import { PictureNotExact } from "../media/picture/film-picture.ts";
import type { FilmClip, FilmPlan } from "../plan/film.ts";
import { cutClipsOf } from "../plan/film-outlook.ts";
import type { Files } from "../world/files.ts";
import { drawnCaptions } from "./drawn-captions.ts";
import { keptFrames, type PictureSource, slateSource, takeSource } from "./film-pieces.ts";
import type { SeenClips } from "./seen-clips.ts";

interface Place {
  readonly files: Files;
  readonly media: Pick<Media, "build" | "drawsWords" | "captionFonts">;
  /** absolute */
  readonly batchFolder: string;
}

/** How many frames of a film need not be rendered again; 0 where clips are not there yet, or all of it is encoded once more. */
export async function keptOfFilm(film: FilmPlan, seen: SeenClips, place: Place): Promise<number> {
  const sources = film.clips.flatMap((clip) => sourceOf(clip, seen, place) ?? []);
  if (film.encode || sources.length < film.clips.length) return 0;
  const format = { size: film.size, frameRate: film.frameRate };
  const clips = cutClipsOf(film, ({ sha256 }) => seen.get(sha256));
  const cut = cutPicture(clips, format);
  if (cut.encodedFrames === 0) return 0;
  try {
    const { files, media } = place;
    const captions = await drawnCaptions(film, { world: { files }, media });
    return await keptFrames(cut, sources, captions, place);
  } catch (error) {
    // Without its font the film cannot be joined at all.
    if (error instanceof PictureNotExact) return 0;
    throw error;
  }
}

function sourceOf(clip: FilmClip, seen: SeenClips, { batchFolder }: Place): PictureSource | undefined {
  if (clip.shows === "slate") return slateSource(clip);
  const facts = seen.get(clip.sha256);
  return facts && takeSource(clip, facts, batchFolder);
}
