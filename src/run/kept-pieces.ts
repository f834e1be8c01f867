import type { Media } from "../media/media.ts";
import { cutPicture } from "../media/picture/cut.ts";
import { pictureFormat } from "../media/picture/film-format.ts";
import { PictureNotExact } from "../media/picture/film-picture.ts";
import type { FilmClip, FilmPlan } from "../plan/film.ts";
import { cutClipsOf } from "../plan/film-outlook.ts";
import type { Plan } from "../plan/plan-run.ts";
import { leavesFilm } from "../plan/step.ts";
import type { SequenceId } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { drawnCaptions } from "./drawn-captions.ts";
import { keptFrames, type PictureSource } from "./film-pieces.ts";
import type { SeenClips } from "./seen-clips.ts";

/** Frames that an earlier join rendered and that are kept, of films that have any. */
export type KeptFrames = ReadonlyMap<SequenceId, number>;

interface Place {
  readonly files: Files;
  readonly media: Pick<Media, "build" | "drawsWords" | "captionFonts">;
  /** absolute */
  readonly batchFolder: string;
}

/** The same for all films that a plan joins. */
export async function keptByPlan({ steps }: Pick<Plan, "steps">, seen: SeenClips, place: Place): Promise<KeptFrames> {
  const kept = new Map<SequenceId, number>();
  for (const { step } of steps) {
    if (step.kind === "join" && !leavesFilm(step)) kept.set(step.sequence, await keptOfFilm(step.film, seen, place));
  }
  return kept;
}

/** How many frames of a film need not be rendered again; 0 where clips are not there yet, or all of it is encoded once more. */
export async function keptOfFilm(film: FilmPlan, seen: SeenClips, place: Place): Promise<number> {
  const sources = film.clips.flatMap((clip) => sourceOf(clip, seen, place) ?? []);
  if (film.encode || sources.length < film.clips.length) return 0;
  const format = { size: film.size, frameRate: film.frameRate };
  const clips = cutClipsOf(film, ({ sha256 }) => seen.get(sha256));
  const cut = cutPicture(clips, format);
  if (cut.encodedFrames === 0) return 0;
  const usual = cut.usual === undefined ? undefined : clips[cut.usual]?.facts?.video;
  try {
    const { files, media } = place;
    const captions = await drawnCaptions(film, { world: { files }, media });
    return await keptFrames(cut, sources, pictureFormat(format, usual), captions, place);
  } catch (error) {
    // Without its font the film cannot be joined at all.
    if (error instanceof PictureNotExact) return 0;
    throw error;
  }
}

function sourceOf(clip: FilmClip, seen: SeenClips, { batchFolder }: Place): PictureSource | undefined {
  if (clip.shows === "slate") return { shows: "card", words: clip.words, frames: clip.frames };
  const { sha256, trim, frames, fit, matched } = clip;
  const facts = seen.get(sha256);
  const path = `${batchFolder}/${clip.file}`;
  return facts && { shows: "clip", path, facts, sha256, trim, frames, fit, add: matched?.add };
}
