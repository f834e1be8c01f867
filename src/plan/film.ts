import { createHash } from "node:crypto";
import type { CheckedFile, Take } from "../ledger/batch-state.ts";
import type { Sequence, SequenceClip } from "../manifest/manifest.ts";
import { type FrameRate, frameAt, secondsOf, showFrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, Sha256, ShotId } from "../shot/id.ts";
import {
  compareResolutions,
  orientationOf,
  type PixelSize,
  pixelSize,
  RESOLUTIONS,
  type Resolution,
} from "../shot/resolution.ts";
import { isOnShelf } from "./shelf.ts";
import type { Standing } from "./standing.ts";
import type { View } from "./view.ts";

/** How a film is cut: which files in which order, what is shown of each, and what they must be made like. */
export interface FilmPlan {
  readonly sequence: SequenceId;
  /** `films/NAME.mp4`, relative to the batch folder */
  readonly file: string;
  readonly title: string | undefined;
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
  /** in playing order */
  readonly clips: readonly FilmClip[];
  readonly frames: number;
  readonly seconds: number;
  /** of all that decides the film's bytes */
  readonly filmHash: Sha256;
}

export interface FilmClip {
  readonly shot: ShotId;
  readonly take: number;
  readonly resolution: Resolution;
  readonly file: string;
  readonly sha256: Sha256;
  /** frames of the clip that are shown, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  /** frames in the film, at the film's rate */
  readonly frames: number;
}

/** Raised when the way of joining changes what comes out, so that films are joined again. */
const JOIN_VERSION = 1;

/** The film as it can be joined now; undefined while a clip it needs is not there. */
export function planFilm(
  sequence: Sequence,
  view: View,
  standings: ReadonlyMap<ShotId, Standing>,
): FilmPlan | undefined {
  const size = sequence.size ?? mostAskedFor(sequence, standings);
  const chosen: { clip: SequenceClip; take: Take; resolution: Resolution; file: CheckedFile }[] = [];
  for (const clip of sequence.clips) {
    const standing = standings.get(clip.shot);
    const found = standing && fileFor(standing, size, view);
    if (!found) return undefined;
    chosen.push({ clip, ...found });
  }
  const frameRate = sequence.frameRate ?? mostCommonRate(chosen.map(({ file }) => file.frameRate));
  const clips = chosen.map(({ clip, take, resolution, file }): FilmClip => {
    const trim = trimOf(clip, file);
    const sourceFrames = trim ? trim.end - trim.first : file.frames;
    const frames = frameAt(secondsOf(sourceFrames, file.frameRate), frameRate);
    return { shot: clip.shot, take: take.number, resolution, file: file.file, sha256: file.sha256, trim, frames };
  });
  const orientation = mostCommon(chosen.map(({ file }) => orientationOf(file.size)));
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0);
  const plan = {
    sequence: sequence.id,
    file: `films/${sequence.id}.mp4`,
    title: view.manifest.title,
    size: pixelSize(size, orientation),
    frameRate,
    clips,
    frames,
    seconds: secondsOf(frames, frameRate),
  };
  return { ...plan, filmHash: hashFilm(plan) };
}

/** Shots of a film whose clip is not there yet. */
export function missingShots(
  sequence: Sequence,
  view: View,
  standings: ReadonlyMap<ShotId, Standing>,
): readonly ShotId[] {
  const size = sequence.size ?? mostAskedFor(sequence, standings);
  const missing = sequence.clips.filter(({ shot }) => {
    const standing = standings.get(shot);
    return !standing || !fileFor(standing, size, view);
  });
  return [...new Set(missing.map(({ shot }) => shot))];
}

/**
 * The file of a shot that a film of this size shows: its own size, else the next larger one, else the largest there is.
 * A file that is still to come is waited for if it would be the one.
 */
function fileFor(
  { shot, picked }: Standing,
  size: Resolution,
  view: View,
): { take: Take; resolution: Resolution; file: CheckedFile } | undefined {
  if (!picked) return undefined;
  const expected = RESOLUTIONS.filter((resolution) => resolution === "720p" || resolution === shot.resolution);
  const present = RESOLUTIONS.filter((resolution) => isOnShelf(picked.files.get(resolution), view.shelf));
  const final = [...new Set([...present, ...expected])].sort(compareResolutions).filter((resolution) => {
    return present.includes(resolution) || resolution === "720p" || !isOver(picked, resolution);
  });
  const wanted = final.find((resolution) => compareResolutions(resolution, size) >= 0) ?? final.at(-1);
  const file = wanted && picked.files.get(wanted);
  if (!wanted || file?.state !== "checked" || !present.includes(wanted)) return undefined;
  return { take: picked, resolution: wanted, file };
}

/** Whether an upgrade will not come any more, so that films do not wait for it. */
function isOver(take: Take, resolution: Exclude<Resolution, "720p">): boolean {
  if (take.made && !take.made.upgradable) return true;
  if (take.files.get(resolution)?.state === "rejected") return true;
  return take.upgrades.get(resolution)?.state === "refused";
}

/** What most shots of the film asked for; of two that are equally often asked for, the smaller: nothing is enlarged needlessly. */
function mostAskedFor(sequence: Sequence, standings: ReadonlyMap<ShotId, Standing>): Resolution {
  const asked = sequence.clips.map(({ shot }) => standings.get(shot)?.shot.resolution ?? "720p");
  return mostCommon(asked.toSorted(compareResolutions));
}

function mostCommonRate(rates: readonly FrameRate[]): FrameRate {
  const wanted = mostCommon(rates.map(showFrameRate));
  const found = rates.find((rate) => showFrameRate(rate) === wanted);
  return found ?? { numerator: 24, denominator: 1 };
}

/** The value met most often; of several, the one met first. */
function mostCommon<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  if (!first) throw new Error("plan: a film without clips");
  return first[0];
}

function trimOf(clip: SequenceClip, file: CheckedFile): FilmClip["trim"] {
  if (clip.in === undefined && clip.out === undefined) return undefined;
  const first = Math.min(frameAt(clip.in ?? 0, file.frameRate), file.frames - 1);
  const end = clip.out === undefined ? file.frames : Math.min(frameAt(clip.out, file.frameRate), file.frames);
  return first === 0 && end === file.frames ? undefined : { first, end: Math.max(end, first + 1) };
}

function hashFilm(plan: Omit<FilmPlan, "filmHash">): Sha256 {
  const clips = plan.clips.map(({ sha256, trim, frames }) => ({ sha256, trim: trim ?? null, frames }));
  const identity = {
    version: JOIN_VERSION,
    title: plan.title ?? null,
    size: plan.size,
    frameRate: plan.frameRate,
    clips,
  };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex") as Sha256;
}
