import { basename, join } from "node:path";
import type { FilmFigures } from "../../shot/film-figures.ts";
import { secondsOf } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { readOnce } from "../mp4/read-once.ts";
import { makeFilmSound } from "../sound/film-sound.ts";
import { readSoundTrack } from "../sound/sound-track.ts";
import type { MediaTools } from "../tools/tools.ts";
import { joinWithCopiedSound } from "./copied-sound-way.ts";
import { joinFast } from "./fast-way.ts";
import { FilmNotExact } from "./film-not-exact.ts";
import type { JoinedFilm, JoinJob } from "./join-job.ts";
import type { Joining } from "./joining.ts";
import { joinSurely, unlistable } from "./sure-way.ts";

/** Share of the work that making the sound is, as it was for 720p clips. */
const HEARD = 0.85;

type JoinTools = Pick<MediaTools, "ffmpeg" | "ffprobe">;
type JoinWorld = Pick<World, "files" | "processes" | "render">;

/**
 * Joins a film: with its clips' own sound where that can be, else with sound that is mixed and encoded once; written by us,
 * and by ffmpeg where our result is doubtful. It appears under its name only after it was read back and found exact.
 *
 * @throws FilmNotExact when no way gave the film
 * @throws RenderError, NotASound
 */
export async function joinClips(
  tools: JoinTools,
  world: JoinWorld,
  job: JoinJob,
  signal?: AbortSignal,
): Promise<JoinedFilm> {
  const { frames, format } = job;
  const tell = forwards((fraction) => job.onProgress?.(fraction));
  const folder = join(job.workFolder, `${basename(job.output)}.join`);
  const partial = `${job.output}.part`;
  try {
    // A run that was killed may have left them, and its ffmpeg may still write: what it has open must lose its name.
    await world.files.remove(folder);
    await world.files.remove(partial);
    await world.files.makeFolder(folder);
    const parts = job.picture.map(({ path }) => path);
    const movieOf = readOnce(world.files, parts);
    const joining: Joining = { world, ffmpeg: tools.ffmpeg.path, job, movieOf, folder, partial, tell, signal };
    const figures = await joinAnyWay(tools, world, joining);
    const bytes = (await world.files.stat(partial))?.bytes ?? 0;
    signal?.throwIfAborted();
    await world.files.publish(partial, job.output);
    tell(1);
    return { frames, seconds: secondsOf(frames, format.frameRate), bytes, figures };
  } finally {
    await world.files.remove(partial);
    await world.files.remove(folder);
  }
}

/** The film is whole then, and not yet under its name. */
async function joinAnyWay(tools: JoinTools, world: JoinWorld, joining: Joining): Promise<FilmFigures> {
  const { job, folder, tell, signal } = joining;
  const copiedFrames = job.frames;
  const attempt = await joinWithCopiedSound(joining);
  if (attempt.copied) {
    const { sound, worstSeamDb } = attempt;
    const seams = worstSeamDb === undefined ? {} : { worstSeamDb };
    return { way: "fast", doubts: [], copiedFrames, sound, ...seams };
  }
  const sound = await makeFilmSound(world, {
    ...{ tools, sound: job.sound, frames: job.frames, frameRate: job.format.frameRate, folder, signal },
    onProgress: (done) => tell(HEARD * done),
  });
  if (sound.faults.length > 0) throw new FilmNotExact(sound.faults, job.output);
  const rest = { ...joining, tell: (part: number) => tell(HEARD + (1 - HEARD) * part) };
  const { way, doubts } = await joinEitherWay(rest, sound.encoded);
  const { loudness } = sound;
  const made = { way, doubts, copiedFrames, sound: "encoded", whyEncoded: attempt.why } as const;
  return { ...made, ...(loudness && { loudness }) };
}

/** @param sound - all that is heard, encoded and heard before: an MP4 without a picture */
async function joinEitherWay(joining: Joining, sound: string): Promise<Pick<FilmFigures, "way" | "doubts">> {
  const { job, world, partial } = joining;
  const track = await readSoundTrack(world.files, sound);
  const doubts = await joinFast(joining, track).catch((error: unknown): readonly string[] => {
    if (error instanceof BrokenMp4) return [error.message];
    throw error;
  });
  if (doubts.length === 0) return { way: "fast", doubts };
  const obstacles = unlistable(job);
  if (obstacles.length > 0) throw new FilmNotExact([...doubts, ...obstacles], job.output);
  await world.files.remove(partial);
  const faults = await joinSurely(joining, sound);
  if (faults.length > 0) throw new FilmNotExact([...new Set([...faults, ...doubts])], job.output);
  return { way: "sure", doubts };
}

/** Progress that never falls, though the second way begins where the first one did. */
function forwards(tell: (fraction: number) => void): (fraction: number) => void {
  let told = 0;
  return (fraction) => {
    told = Math.max(told, Math.min(1, fraction));
    tell(told);
  };
}
