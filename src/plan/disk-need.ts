import type { Intent } from "../ledger/event.ts";
import { CLIP_SECONDS } from "../shot/model.ts";
import type { Resolution } from "../shot/resolution.ts";
import type { FilmPlan } from "./film.ts";
import type { PlannedStep } from "./plan-run.ts";
import { absentFiles } from "./shelf.ts";
import { leavesFilm } from "./step.ts";
import type { View } from "./view.ts";

const MIB = 1024 ** 2;

/**
 * What a clip of 8 s is taken to need, half as much again as was measured: 4.4 MB at 720p, 10.7 at 1080p, 48.6 at 4k.
 *
 * @see docs/decisions.md, "Disk"
 */
const CLIP_BYTES: Readonly<Record<Resolution, number>> = { "720p": 7 * MIB, "1080p": 16 * MIB, "4k": 75 * MIB };

/** Sound of a film while it is joined: 48,000 samples a second, two channels, four bytes each. */
const SOUND_BYTES_PER_SECOND = 48_000 * 2 * 4;

/** How often a film's sound lies there at once: as it was mixed, and as it is heard again; brought to its level between these. */
const SOUND_COPIES = { plain: 2, levelled: 3 } as const;

/** Left free whatever else is needed: ledger, log, summary, and whoever else writes to this disk. */
const RESERVE_BYTES = 64 * MIB;

/**
 * Bytes that a plan's steps will write to the output folder, the reserve included: clips that are to be fetched, and
 * films with what joining needs beside them.
 */
export function bytesOfPlan(steps: readonly PlannedStep[]): number {
  return steps.reduce((sum, { step }) => {
    if (step.kind === "fetch") return sum + CLIP_BYTES[step.resolution];
    return step.kind === "join" && !leavesFilm(step) ? sum + filmBytes(step.film) : sum;
  }, RESERVE_BYTES);
}

/** Bytes that must be free before an intent may go out: its clip, all that is paid and not here yet, and the reserve. */
export function bytesBefore(intent: Intent, view: View): number {
  const takes = [...view.state.takes.values()].flat();
  const absent = takes.flatMap((take) => absentFiles(take, view.shelf));
  const toCome = absent.reduce((sum, { resolution }) => sum + CLIP_BYTES[resolution], 0);
  return RESERVE_BYTES + toCome + CLIP_BYTES[intent.event === "upgrading" ? intent.resolution : "720p"];
}

/**
 * The film beside the one it replaces, and what it is encoded from where all of it is; its sound while it is joined, and
 * conformed clips, which are kept.
 */
function filmBytes({ clips, size, seconds, sound, encode }: FilmPlan): number {
  const short = Math.min(size.width, size.height);
  const resolution: Resolution = short <= 720 ? "720p" : short <= 1080 ? "1080p" : "4k";
  const picture = CLIP_BYTES[resolution] * (seconds / CLIP_SECONDS);
  // Clips of one kind and of the film's size are copied; whether they are, only their files will tell.
  const isCopied = clips.every((clip) => clip.shows === "take" && clip.resolution === resolution && !clip.trim);
  const pictures = 1 + (isCopied ? 0 : 1) + (encode ? 1 : 0);
  const sounds = sound.loudness === "off" ? SOUND_COPIES.plain : SOUND_COPIES.levelled;
  return pictures * picture + sounds * SOUND_BYTES_PER_SECOND * seconds;
}
