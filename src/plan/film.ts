import { createHash } from "node:crypto";
import type { CheckedFile, Take } from "../ledger/batch-state.ts";
import type { Sequence, SequenceClip, Shot } from "../manifest/manifest.ts";
import type { Chapter } from "../media/film/join-job.ts";
import type { SlateWords } from "../media/picture/slate-layout.ts";
import { FILM_CODEC_FACTS, type FilmEncoding } from "../shot/film-encoding.ts";
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
import type { NativeSound } from "../shot/sound-file.ts";
import type { PictureFit } from "../shot/transition.ts";
import { ASSUMED_CLIP } from "./assumed-clip.ts";
import { type ColourMatch, colourMatch } from "./colour-match.ts";
import { type FilmCaptions, planCaptions, type SpeakingClip } from "./film-captions.ts";
import { type Placed, placeClips } from "./film-places.ts";
import { type FilmSoundPlan, planSound } from "./film-sound.ts";
import { type HandOff, planHandOff } from "./hand-off.ts";
import { NO_CUT, type SeamCut, seamCut } from "./seam-trim.ts";
import { isOnShelf } from "./shelf.ts";
import { slateWords } from "./slate.ts";
import type { Standing } from "./standing.ts";
import { isPassedOver } from "./verdict.ts";
import type { View } from "./view.ts";

/** How a film is cut: which files in which order, what is shown of each, and what they must be made like. */
export interface FilmPlan {
  readonly sequence: SequenceId;
  /** `films/NAME.mp4`, relative to the batch folder; `.mov` with ProRes */
  readonly file: string;
  /** undefined: its clips are copied */
  readonly encode: FilmEncoding | undefined;
  readonly title: string | undefined;
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
  /** in playing order, at least one */
  readonly clips: readonly FilmClip[];
  /** of all clips together, less what plays over two of them at once */
  readonly frames: number;
  readonly seconds: number;
  /** one a clip, the first at frame 0; empty: none */
  readonly chapters: readonly Chapter[];
  /** when its newest clip was asked for, epoch milliseconds */
  readonly createdAt: number | undefined;
  /** undefined: none */
  readonly captions: FilmCaptions | undefined;
  /** the frame that stands for the film; `near`: one nearby does as well */
  readonly poster: { readonly frame: number; readonly near: boolean };
  readonly sound: FilmSoundPlan;
  /** shots that are shown otherwise than the manifest wants; empty: the film is whole */
  readonly standIns: readonly StandIn[];
  /** of all that decides the film's bytes */
  readonly filmHash: Sha256;
  /** its cut for editing programs; undefined where none was asked for */
  readonly handOff: HandOff | undefined;
}

/** A stretch of a film: a take's clip, or a card that stands for one. */
export type FilmClip = TakeClip | Slate;

export interface TakeClip extends Placed {
  readonly shows: "take";
  readonly shot: ShotId;
  readonly take: number;
  readonly resolution: Resolution;
  readonly file: string;
  readonly sha256: Sha256;
  /** frames of the clip that are shown, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  readonly fit: PictureFit;
  /** undefined: its colours stay as they are */
  readonly matched: ColourMatch | undefined;
  readonly gainDb: NativeSound;
}

/** A card for a clip that is not there, as long as the clip is expected to be. */
export interface Slate extends Placed {
  readonly shows: "slate";
  readonly shot: ShotId;
  readonly words: SlateWords;
}

/** What a film shows of a shot whose clip is not there. */
export interface StandIn {
  readonly shot: ShotId;
  /** a card, nothing at all, or a clip of a smaller size than the film would show */
  readonly by: "slate" | "nothing" | "smaller clip";
}

/** Raised when the way of joining changes what comes out, so that films are joined again. */
const JOIN_VERSION = 5;

/** The film as it can be joined now; undefined while a clip it needs is not there. */
export function planFilm(
  sequence: Sequence,
  view: View,
  standings: ReadonlyMap<ShotId, Standing>,
): FilmPlan | undefined {
  const size = sequence.size ?? mostAskedFor(sequence, standings);
  const chosen: ChosenClip[] = [];
  for (const clip of sequence.clips) {
    const standing = standings.get(clip.shot);
    const found = standing && fileFor(standing, size, view);
    if (!found) return undefined;
    chosen.push({ clip, ...found });
  }
  return cutFilm(sequence, size, chosen, [], view);
}

/**
 * The film as its `on_missing` wants it while clips are missing. Where a smaller clip of the shot is there, it is shown:
 * it says more than a card.
 *
 * @returns undefined where the film is held: that is asked for, or not one clip is there
 */
export function planWithStandIns(
  sequence: Sequence,
  view: View,
  standings: ReadonlyMap<ShotId, Standing>,
): FilmPlan | undefined {
  if (sequence.onMissing === "hold") return undefined;
  const size = sequence.size ?? mostAskedFor(sequence, standings);
  const standIns = new Map<ShotId, StandIn["by"]>();
  const chosen = sequence.clips.flatMap((clip): readonly Chosen[] => {
    const standing = standings.get(clip.shot);
    const found = standing && fileFor(standing, size, view);
    if (found) return [{ clip, ...found }];
    const smaller = standing && fileNow(standing, size, view);
    const isSlated = sequence.onMissing === "slate" && standing !== undefined;
    standIns.set(clip.shot, smaller ? "smaller clip" : isSlated ? "slate" : "nothing");
    if (smaller) return [{ clip, ...smaller }];
    return isSlated ? [{ clip, words: slateWords(standing, view) }] : [];
  });
  if (!chosen.some(isClip)) return undefined;
  const told = [...standIns].map(([shot, by]) => ({ shot, by }));
  return cutFilm(sequence, size, chosen, told, view);
}

/** A clip that was found for a place in the film, or the words of the card that stands there. */
type Chosen = ChosenClip | { readonly clip: SequenceClip; readonly words: SlateWords };
type ChosenClip = { readonly clip: SequenceClip } & FoundFile;

interface FoundFile {
  readonly shot: Shot;
  readonly take: Take;
  readonly resolution: Resolution;
  readonly file: CheckedFile;
}

function isClip(chosen: Chosen): chosen is ChosenClip {
  return "file" in chosen;
}

function cutFilm(
  sequence: Sequence,
  size: Resolution,
  chosen: readonly Chosen[],
  standIns: readonly StandIn[],
  view: View,
): FilmPlan {
  const { encode } = sequence;
  const found = chosen.filter(isClip);
  const frameRate = sequence.frameRate ?? mostCommonRate(found.map(({ file }) => file.frameRate));
  const seams = chosen.map((each, index) => {
    const before = chosen[index - 1];
    return isClip(each) ? seamCut(before && isClip(before) ? before : undefined, each) : NO_CUT;
  });
  const cuts = chosen.map((each, index) => {
    const source = isClip(each) ? each.file : ASSUMED_CLIP;
    const trim = trimOf(each.clip, source, {
      fromStart: seams[index]?.fromStart ?? 0,
      fromEnd: seams[index + 1]?.fromEnd ?? 0,
    });
    const sourceFrames = trim ? trim.end - trim.first : source.frames;
    const frames = Math.max(1, frameAt(secondsOf(sourceFrames, source.frameRate), frameRate));
    const fromSeconds = secondsOf(trim?.first ?? 0, source.frameRate);
    return { each, trim, frames, fromSeconds, wanted: each.clip.transition };
  });
  const shotOf = new Map(view.manifest.shots.map((shot) => [shot.id, shot]));
  const clips = placeClips(cuts, frameRate).map((placed, index): FilmClip => {
    const { each, trim } = cuts[index] ?? {};
    if (!each) throw new Error("plan: a place without a clip");
    const { shot, fit } = each.clip;
    if (!isClip(each)) return { shows: "slate", shot, words: each.words, ...placed };
    const { take, resolution, file } = each;
    const shown = { take: take.number, resolution, file: file.file, sha256: file.sha256, trim, fit };
    const gainDb = shotOf.get(shot)?.sound.native ?? 0;
    const matched = colourMatch(each.shot, take, view);
    return { shows: "take", shot, ...shown, matched, gainDb, ...placed };
  });
  const last = clips.at(-1);
  const frames = last ? last.startFrame + last.frames : 0;
  const orientation = mostCommon(found.map(({ file }) => orientationOf(file.size)));
  const filmSize = pixelSize(size, orientation);
  const speaking = clips.map(({ shot, shows, startFrame, frames }, index): SpeakingClip => {
    return { shot, isSlate: shows === "slate", startFrame, frames, fromSeconds: cuts[index]?.fromSeconds ?? 0 };
  });
  const plan = {
    sequence: sequence.id,
    file: `films/${sequence.id}.${encode ? FILM_CODEC_FACTS[encode.codec].container : "mp4"}`,
    encode,
    title: view.manifest.title,
    size: filmSize,
    frameRate,
    clips,
    frames,
    seconds: secondsOf(frames, frameRate),
    chapters: sequence.chapters ? clips.map(({ shot, startFrame }) => ({ startFrame, title: shot })) : [],
    createdAt: newestOf(found.map(({ take }) => take)),
    poster: posterOf(sequence, clips, frames, frameRate),
    captions: sequence.captions && planCaptions(sequence.captions, speaking, view.manifest.shots, frameRate, filmSize),
    sound: planSound(sequence.sound, clips, shotOf, frameRate),
    standIns,
  };
  return { ...plan, filmHash: hashFilm(plan), handOff: planHandOff(sequence.exports, plan, view) };
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
function fileFor({ shot, picked }: Standing, size: Resolution, view: View): FoundFile | undefined {
  if (!picked) return undefined;
  const expected = RESOLUTIONS.filter((resolution) => resolution === "720p" || resolution === shot.resolution);
  const present = usableFiles(picked, shot, view);
  const final = [...new Set([...present, ...expected])].sort(compareResolutions).filter((resolution) => {
    return present.includes(resolution) || resolution === "720p" || !isOver(picked, shot, resolution);
  });
  const wanted = final.find((resolution) => compareResolutions(resolution, size) >= 0) ?? final.at(-1);
  const file = wanted && picked.files.get(wanted);
  if (!wanted || file?.state !== "checked" || !present.includes(wanted)) return undefined;
  return { shot, take: picked, resolution: wanted, file };
}

/** The file that comes nearest to this size among those that are there, whatever may still come. */
function fileNow({ shot, picked }: Standing, size: Resolution, view: View): FoundFile | undefined {
  if (!picked) return undefined;
  const present = usableFiles(picked, shot, view);
  const resolution = present.find((each) => compareResolutions(each, size) >= 0) ?? present.at(-1);
  const file = resolution && picked.files.get(resolution);
  return resolution && file?.state === "checked" ? { shot, take: picked, resolution, file } : undefined;
}

/** What is there of a take and not passed over: a larger file may be black although the one it was made from is not. */
function usableFiles(take: Take, shot: Shot, { shelf }: View): readonly Resolution[] {
  return RESOLUTIONS.filter((resolution) => {
    return isOnShelf(take.files.get(resolution), shelf) && !isPassedOver(take, shot, resolution);
  });
}

/** Whether an upgrade will not come any more, so that films do not wait for it. */
function isOver(take: Take, shot: Shot, resolution: Exclude<Resolution, "720p">): boolean {
  if (isPassedOver(take, shot, resolution)) return true;
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

/** The frame that was asked for, else one in the midst of the first clip: no card, and no transition. */
function posterOf(
  { poster }: Sequence,
  clips: readonly FilmClip[],
  frames: number,
  rate: FrameRate,
): FilmPlan["poster"] {
  if (poster !== undefined) return { frame: Math.min(frameAt(poster, rate), frames - 1), near: false };
  const clip = clips.find(({ shows }) => shows === "take");
  return { frame: clip ? clip.startFrame + Math.floor(clip.frames / 2) : 0, near: true };
}

/** When the newest of these takes was asked for. How long it took is counted in the vendor's time, which may be scaled. */
function newestOf(takes: readonly Take[]): number | undefined {
  return takes.length === 0 ? undefined : Math.max(...takes.map(({ intendedAt }) => intendedAt));
}

/** @param seam - frames that another clip shows as well; none where the author said where to cut */
function trimOf(clip: SequenceClip, file: Pick<CheckedFile, "frames" | "frameRate">, seam: SeamCut): TakeClip["trim"] {
  const from = clip.in === undefined ? seam.fromStart : frameAt(clip.in, file.frameRate);
  const to = clip.out === undefined ? file.frames - seam.fromEnd : frameAt(clip.out, file.frameRate);
  const first = Math.min(from, file.frames - 1);
  const end = Math.min(to, file.frames);
  return first === 0 && end === file.frames ? undefined : { first, end: Math.max(end, first + 1) };
}

/** All of the plan decides what comes out: the picture and the sound, and what is written beside them. */
function hashFilm(plan: Omit<FilmPlan, "filmHash" | "handOff">): Sha256 {
  // A sound that was moved is the same sound: its bytes are in the plan.
  const identity = JSON.stringify({ version: JOIN_VERSION, ...plan }, (key, value) =>
    key === "path" ? undefined : value,
  );
  return createHash("sha256").update(identity).digest("hex") as Sha256;
}
