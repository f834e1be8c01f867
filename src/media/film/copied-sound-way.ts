import { RenderError } from "../../world/render.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { planCopiedSound } from "../sound/plan-copied-sound.ts";
import { checkSeams } from "../sound/seam-check.ts";
import { SeamsNotMade } from "../sound/seams-not-made.ts";
import { isSilent, silentTrack } from "../sound/silent-sound.ts";
import { makeSeams } from "../sound/smart-seam.ts";
import { joinFast } from "./fast-way.ts";
import type { Joining } from "./joining.ts";

/** Share of the work after each step, as it was for 720p clips: seams made, film written and read back. */
const PROGRESS = { made: 0.4, read: 0.8 } as const;

export type CopiedSound =
  | {
      readonly copied: true;
      readonly sound: "copied" | "silent";
      readonly worstSeamDb: number | undefined;
    }
  /** `why` is for a person; the film is not to be used */
  | { readonly copied: false; readonly why: string };

/** Writes the film with its clips' own sound, of which only a few packets are made anew at each seam, or with none. */
export async function joinWithCopiedSound(joining: Joining): Promise<CopiedSound> {
  const { world, ffmpeg, job, movieOf, folder, partial, tell, signal } = joining;
  try {
    if (isSilent(job.sound)) return await joinSilently(joining);
    const planned = await planCopiedSound(movieOf, job.sound, job.format.frameRate);
    if (!planned.fits) return { copied: false, why: planned.why };
    const sound = await makeSeams(world, { ffmpeg, plan: planned.plan, folder, signal });
    tell(PROGRESS.made);
    const onWritten = (part: number) => tell(PROGRESS.made + (PROGRESS.read - PROGRESS.made) * part);
    const faults = await joinFast({ ...joining, tell: onWritten }, sound.track);
    if (faults.length > 0) return { copied: false, why: faults.join("; ") };
    const verdict = await checkSeams(world, { ffmpeg, film: partial, sound, folder, signal });
    if (verdict.faults.length > 0) return { copied: false, why: verdict.faults.join("; ") };
    return { copied: true, sound: "copied", worstSeamDb: verdict.worstErrorDb };
  } catch (error) {
    // What went wrong here need not go wrong when the sound is decoded as a whole.
    const isDoubt = error instanceof SeamsNotMade || error instanceof BrokenMp4;
    if (isDoubt || (error instanceof RenderError && !error.cancelled && !error.lacksRoom)) {
      return { copied: false, why: error.message };
    }
    throw error;
  }
}

async function joinSilently(joining: Joining): Promise<CopiedSound> {
  const { frames, format } = joining.job;
  const faults = await joinFast(joining, silentTrack(frames, format.frameRate));
  if (faults.length > 0) return { copied: false, why: faults.join("; ") };
  return { copied: true, sound: "silent", worstSeamDb: undefined };
}
