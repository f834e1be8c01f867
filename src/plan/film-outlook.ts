import type { CheckedFile } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { ClipFacts } from "../media/clip/clip-facts.ts";
import { type CutClip, cutPicture, type PictureCut } from "../media/picture/cut.ts";
import type { FilmEncoding } from "../shot/film-encoding.ts";
import { secondsOf } from "../shot/frame-rate.ts";
import type { Sha256, ShotId } from "../shot/id.ts";
import { overlapOf } from "../shot/transition.ts";
import type { FilmPlan, TakeClip } from "./film.ts";
import { captionedFrames } from "./film-captions.ts";
import type { View } from "./view.ts";

/** How a film's picture will come to be, as far as can be known before any work is done. */
export interface FilmOutlook {
  /** frames that are encoded; all others are copied. Two figures where clips are not there yet, whose key frames nobody knows */
  readonly encodedFrames: { readonly least: number; readonly most: number };
  /** what is certain to be encoded, by reason, the most frames first */
  readonly encoded: readonly EncodedReason[];
  /** clips that could not be looked into */
  readonly unseen: number;
  /** frames of the clips that play at the same time as those of another */
  readonly overlapFrames: number;
  /** what `hold` would save where transitions are dear; undefined where it would save little */
  readonly hold: HoldOffer | undefined;
}

export interface EncodedReason {
  readonly why: string;
  readonly frames: number;
  /** in playing order, each once */
  readonly shots: readonly ShotId[];
}

export interface HoldOffer {
  /** transitions that would hold instead */
  readonly seams: number;
  /** of the whole film then */
  readonly encodedFrames: number;
  /** the film's, which has all frames of its clips then */
  readonly frames: number;
}

/** What is known of a clip's file: that of one to come is as it was ordered. */
type KnownFile = Pick<CheckedFile, "size" | "frames" | "frameRate">;

export type KnownFiles = ReadonlyMap<Sha256, KnownFile>;

/** Files of clips by their content. @param events - of a plan, for those that are to come */
export function knownFiles({ state }: Pick<View, "state">, events: readonly LedgerEvent[] = []): KnownFiles {
  const there = [...state.takes.values()].flat().flatMap(({ files }) => [...files.values()]);
  const checked = there.flatMap((file) => (file.state === "checked" ? [file] : []));
  const coming = events.flatMap((event) => (event.event === "checked" ? [event] : []));
  return new Map([...checked, ...coming].map((file) => [file.sha256, file]));
}

/** A film's clips as its picture is cut. */
export function cutClipsOf(
  { clips, captions, frameRate }: Pick<FilmPlan, "clips" | "captions" | "frameRate">,
  factsOf: (clip: TakeClip) => ClipFacts | undefined,
): readonly CutClip[] {
  return clips.map((clip) => {
    const { frames, transition } = clip;
    if (clip.shows === "slate") return { facts: undefined, trim: undefined, frames, transition };
    const captioned = captionedFrames(captions, clip, frameRate);
    return { facts: factsOf(clip), trim: clip.trim, frames, transition, matchedTo: clip.matched?.to, captioned };
  });
}

/**
 * @param facts - of clips that were looked into, by their content
 * @param files - what is expected of the others
 */
export function filmOutlook(film: FilmPlan, facts: ReadonlyMap<Sha256, ClipFacts>, files: KnownFiles): FilmOutlook {
  if (film.encode) return wholeOutlook(film, film.encode);
  const takes = film.clips.flatMap((clip) => (clip.shows === "take" ? [clip] : []));
  const unseen = takes.filter(({ sha256 }) => !facts.has(sha256));
  const like = takes.map(({ sha256 }) => facts.get(sha256)).find((each) => each && fits(each, film));
  const clipsWith = (keyFrames: KeyFrames) =>
    cutClipsOf(film, ({ sha256 }) => facts.get(sha256) ?? expectedFacts(files.get(sha256), keyFrames, like));
  const best = cutPicture(clipsWith("every frame"), film);
  const plain = clipsWith("the first alone");
  const worst = unseen.length === 0 ? best : cutPicture(plain, film);
  return {
    encodedFrames: { least: best.encodedFrames, most: Math.max(best.encodedFrames, worst.encodedFrames) },
    encoded: byReason(best, film),
    unseen: unseen.length,
    overlapFrames: overlapsOf(film),
    hold: unseen.length === 0 ? holdOffer(plain, film, best.encodedFrames) : undefined,
  };
}

/** Where a film is encoded once more as a whole, it does not matter what was copied before. */
function wholeOutlook(film: FilmPlan, { codec }: FilmEncoding): FilmOutlook {
  const { frames, clips } = film;
  const shots = [...new Set(clips.map(({ shot }) => shot))];
  const encoded = [{ why: `encoded as ${codec}`, frames, shots }];
  const encodedFrames = { least: frames, most: frames };
  return { encodedFrames, encoded, unseen: 0, overlapFrames: overlapsOf(film), hold: undefined };
}

function overlapsOf({ clips }: FilmPlan): number {
  return clips.reduce((sum, { transition }) => sum + overlapOf(transition), 0);
}

function byReason({ encoded }: PictureCut, { clips }: FilmPlan): readonly EncodedReason[] {
  const reasons = new Map<string, EncodedReason>();
  for (const { clip, frames, why: words } of encoded) {
    const why = words.join(", ");
    const shot = clips[clip]?.shot;
    const known = reasons.get(why) ?? { why, frames: 0, shots: [] };
    const shots = shot === undefined ? known.shots : [...new Set([...known.shots, shot])];
    reasons.set(why, { why, frames: known.frames + frames, shots });
  }
  return [...reasons.values()].toSorted((a, b) => b.frames - a.frames);
}

/** A dissolve encodes all up to the next key frame, which may be the whole clip; a clip that is held before it plays is copied. */
function holdOffer(clips: readonly CutClip[], film: FilmPlan, encodedFrames: number): HoldOffer | undefined {
  const dear = clips.filter(({ transition }) => overlapOf(transition) > 0);
  if (dear.length === 0) return undefined;
  const held = clips.map((clip): CutClip => {
    const { transition } = clip;
    return transition ? { ...clip, transition: { kind: "hold", frames: transition.frames } } : clip;
  });
  const cut = cutPicture(held, film);
  const isWorthIt = secondsOf(encodedFrames - cut.encodedFrames, film.frameRate) >= LEAST_SAVED_SECONDS;
  const frames = cut.copiedFrames + cut.encodedFrames;
  return isWorthIt ? { seams: dear.length, encodedFrames: cut.encodedFrames, frames } : undefined;
}

/** Less is not worth another look for the film. */
const LEAST_SAVED_SECONDS = 1;

type KeyFrames = "every frame" | "the first alone";

/** Facts of a clip that nobody saw: like those of the film that fit it, but for what is known otherwise. */
function expectedFacts(
  file: KnownFile | undefined,
  keyFrames: KeyFrames,
  like: ClipFacts | undefined,
): ClipFacts | undefined {
  if (!file) return undefined;
  const { size, frames, frameRate } = file;
  const all = Array.from({ length: frames }, (_, frame) => frame);
  const starts = keyFrames === "every frame" ? all : [0];
  const usual = like?.video;
  return {
    video: {
      ...{ streamIndex: 0, codec: "h264", profile: "High", pixelFormat: "yuv420p", sampleAspect: "1:1", rotation: 0 },
      ...{ steady: true, editHidesFrames: false, startSeconds: 0, timescale: frameRate.numerator, colour: "unknown" },
      ...{ decoderConfig: "", parameterSets: [0] },
      ...usual,
      ...(usual && usual.width === size.width && usual.height === size.height
        ? {}
        : { decoderConfig: `${size.width}x${size.height}` }),
      ...{ ...size, frames, frameRate, durationSeconds: secondsOf(frames, frameRate) },
      cutPoints: { starts, ends: [...starts.slice(1), frames], closed: true },
    },
    audio: null,
  };
}

function fits({ video }: ClipFacts, { size }: FilmPlan): boolean {
  return video.width === size.width && video.height === size.height;
}
