import { basename } from "node:path";
import type { JoinedFilm, JoinJob } from "../media/film/join-job.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { RunContext } from "./context.ts";

/** Share of the work that joining is where the whole film is encoded afterwards. */
const JOINED = 0.2;

/** Joins a film, and encodes it as a whole where that is asked for. What was joined on the way goes. */
export async function joinAs(
  { encode, frames }: Pick<FilmPlan, "encode" | "frames">,
  job: JoinJob,
  { world, media, leave }: Pick<RunContext, "world" | "media" | "leave">,
): Promise<JoinedFilm> {
  if (!encode) return media.join(job, leave);
  const { output, format, workFolder, onProgress } = job;
  const film = `${workFolder}/${basename(output)}.whole.mp4`;
  try {
    await world.files.makeFolder(workFolder);
    const joined = await media.join({ ...job, output: film, onProgress: (part) => onProgress?.(part * JOINED) }, leave);
    const languages = job.captions.map(({ language }) => language);
    const encoding = { film, encoding: encode, format, frames, languages, output };
    const tell = (part: number) => onProgress?.(JOINED + (1 - JOINED) * part);
    const { bytes } = await media.encode({ ...encoding, onProgress: tell }, leave);
    return { ...joined, bytes, figures: { ...joined.figures, copiedFrames: 0 } };
  } finally {
    await world.files.remove(film);
  }
}
