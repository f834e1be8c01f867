import { basename, join } from "node:path";
import type { FilmFigures } from "../../shot/film-figures.ts";
import { secondsOf } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { makeFilmSound } from "../sound/film-sound.ts";
import type { MediaTools } from "../tools/tools.ts";
import { joinFast } from "./fast-way.ts";
import { FilmNotExact } from "./film-not-exact.ts";
import type { JoinedFilm, JoinJob } from "./join-job.ts";
import type { Joining } from "./joining.ts";
import { joinSurely, unlistable } from "./sure-way.ts";

/** Share of the work that making the sound is, as it was for 720p clips. */
const HEARD = 0.85;

/**
 * Joins a film the fast way, and the sure way where the fast one's result is doubtful. It appears under its name only after
 * it was read back and found exact.
 *
 * @throws FilmNotExact when neither way gave the film
 * @throws RenderError, NotASound
 */
export async function joinClips(
  tools: Pick<MediaTools, "ffmpeg" | "ffprobe">,
  world: Pick<World, "files" | "processes" | "render">,
  job: JoinJob,
  signal?: AbortSignal,
): Promise<JoinedFilm> {
  const ffmpeg = tools.ffmpeg.path;
  const { frames, format } = job;
  const tell = forwards((fraction) => job.onProgress?.(fraction));

  const folder = join(job.workFolder, `${basename(job.output)}.join`);
  const partial = `${job.output}.part`;
  try {
    // A run that was killed may have left them, and its ffmpeg may still write: what it has open must lose its name.
    await world.files.remove(folder);
    await world.files.remove(partial);
    await world.files.makeFolder(folder);
    const sound = await makeFilmSound(world, {
      ...{ tools, sound: job.sound, frames, frameRate: format.frameRate, folder, signal },
      onProgress: (done) => tell(HEARD * done),
    });
    if (sound.faults.length > 0) throw new FilmNotExact(sound.faults, job.output);
    const joining: Joining = {
      ...{ world, ffmpeg, job, sound: sound.encoded, folder, partial, signal },
      tell: (part) => tell(HEARD + (1 - HEARD) * part),
    };
    const { way, doubts } = await joinEitherWay(joining);
    const bytes = (await world.files.stat(partial))?.bytes ?? 0;
    signal?.throwIfAborted();
    await world.files.publish(partial, job.output);
    tell(1);
    const { loudness } = sound;
    const figures: FilmFigures = { way, doubts, copiedFrames: frames, sound: "encoded", ...(loudness && { loudness }) };
    return { frames, seconds: secondsOf(frames, format.frameRate), bytes, figures };
  } finally {
    await world.files.remove(partial);
    await world.files.remove(folder);
  }
}

async function joinEitherWay(joining: Joining): Promise<Pick<FilmFigures, "way" | "doubts">> {
  const { job, world, partial } = joining;
  const doubts = await joinFast(joining).catch((error: unknown) => {
    if (error instanceof BrokenMp4) return [error.message];
    throw error;
  });
  if (doubts.length === 0) return { way: "fast", doubts };
  const obstacles = unlistable(job);
  if (obstacles.length > 0) throw new FilmNotExact([...doubts, ...obstacles], job.output);
  await world.files.remove(partial);
  const faults = await joinSurely(joining);
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
