import { sameFrameRate } from "../../shot/frame-rate.ts";
import { overlapOf, type Transition } from "../../shot/transition.ts";
import type { ClipFacts, VideoFacts } from "../clip/clip-facts.ts";
import type { FrameRange } from "./clip-frames.ts";
import { type FilmFormat, type PictureFormat, pictureFormat } from "./film-format.ts";
import { type Kind, sameKind } from "./same-kind.ts";

/** A clip as it stands in a film, as far as its picture goes. */
export interface CutClip {
  /** undefined: a card that is drawn */
  readonly facts: ClipFacts | undefined;
  /** frames of the clip, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  /** in the film, at the film's rate: those under its transitions too */
  readonly frames: number;
  /** across the seam before it */
  readonly transition: Transition | undefined;
  /** the shot whose colours it is given; undefined: it keeps its own */
  readonly matchedTo?: string | undefined;
  /** frames into which captions are drawn, counted as in `Shown`: in order, apart from each other; left out: none */
  readonly captioned?: readonly FrameRange[];
}

/** A stretch of a film's picture. Stretches follow each other without a gap. */
export type Stretch = CopiedStretch | EncodedStretch;

export interface CopiedStretch {
  readonly how: "copied";
  /** index of the clip */
  readonly clip: number;
  /** packets of the clip's file, which are as many frames: a run that begins with a key frame and is whole in itself */
  readonly first: number;
  readonly end: number;
}

export interface EncodedStretch {
  readonly how: "encoded";
  /** what is seen, in order */
  readonly shows: readonly Shown[];
  readonly frames: number;
  /** in words, each reason once */
  readonly why: readonly string[];
}

/** Frames of a clip count at the film's rate, from the first that the film shows. */
export type Shown =
  | { readonly shows: "clip"; readonly clip: number; readonly from: number; readonly end: number }
  /** `clip` is the later one: the transition plays from the end of the one before it */
  | { readonly shows: "transition"; readonly clip: number; readonly transition: Transition };

/** How a film's picture is put together: pure, so that it can be told before any work is done. */
export interface PictureCut {
  readonly stretches: readonly Stretch[];
  readonly copiedFrames: number;
  readonly encodedFrames: number;
  /** what is encoded, clip by clip in order; stretches have run them together */
  readonly encoded: readonly EncodedShare[];
  /** of all that is encoded: like the clips that are copied, where any are */
  readonly format: PictureFormat;
}

/** Frames that are encoded for one reason; those of a transition count for the clip it leads to. */
export interface EncodedShare {
  readonly clip: number;
  readonly frames: number;
  readonly why: readonly string[];
}

/** A run of packets that is shorter is not worth a stretch of its own, with encoded ones on both sides. */
const LEAST_COPIED = 8;

/** A clip's own frames from this many on are rendered apart from what stands around them, so that work is spread and kept. */
const LONG = 96;

/** H.264 as other stretches can be encoded to go with it. */
const MIXABLE = { pixelFormat: "yuv420p", profiles: ["Constrained Baseline", "Baseline", "Main", "High"] };

/**
 * Decides which packets of the clips are copied and which frames are encoded.
 *
 * The largest group of like clips that fit the film is copied. Of these, only what is under a transition or between a cut
 * and the next place where packets can be cut (`CutPoints`) is encoded, as are frames into which captions are drawn. A clip
 * of another kind is encoded whole.
 *
 * @param mode - `encode all`: where two sorts of parameter sets in one track are not wanted
 */
export function cutPicture(
  clips: readonly CutClip[],
  format: FilmFormat,
  mode: "copy" | "encode all" = "copy",
): PictureCut {
  const judged = judgeClips(clips, format, mode);
  const segments = clips.flatMap((_, index) => segmentsOf(clips, index, judged[index] ?? []));
  const isMixed = segments.some(({ how }) => how === "encoded") && segments.some(({ how }) => how === "copied");
  const usual = judged.findIndex((why) => why.length === 0);
  const { video } = clips[usual]?.facts ?? {};
  if (isMixed && video && !isMixable(video)) return cutPicture(clips, format, "encode all");
  const stretches = mergeEncoded(segments);
  const count = (wanted: Stretch["how"]) =>
    stretches.reduce((sum, stretch) => sum + (stretch.how === wanted ? framesOf(stretch) : 0), 0);
  const copiedFrames = count("copied");
  const encoded = segments.flatMap((each) => {
    const [shown] = each.how === "encoded" ? each.shows : [];
    return each.how === "encoded" && shown ? [{ clip: shown.clip, frames: each.frames, why: each.why }] : [];
  });
  const frames = { copiedFrames, encodedFrames: count("encoded") };
  return { stretches, ...frames, encoded, format: pictureFormat(format, copiedFrames > 0 ? video : undefined) };
}

export function framesOf(stretch: Stretch): number {
  return stretch.how === "copied" ? stretch.end - stretch.first : stretch.frames;
}

/** Why nothing of a clip can be copied, in words, clip by clip; empty: it is one of those that are copied. */
function judgeClips(
  clips: readonly CutClip[],
  format: FilmFormat,
  mode: "copy" | "encode all",
): readonly (readonly string[])[] {
  const present = clips.flatMap(({ facts, matchedTo }, index) => {
    return facts && matchedTo === undefined ? [{ facts, index }] : [];
  });
  const { groups } = sameKind(present.map(({ facts }) => facts));
  const found: string[][] = clips.map(({ matchedTo }) => {
    return [matchedTo === undefined ? "a card is drawn" : `its colours are matched to ${matchedTo}`];
  });
  const usual = groups.find(({ members, obstacles }) => {
    const video = present[members[0] ?? 0]?.facts.video;
    return obstacles.length === 0 && video !== undefined && misfits(video, format).length === 0;
  });
  const like = present[usual?.members[0] ?? 0]?.facts.video;
  for (const group of groups) {
    for (const member of group.members) {
      const { facts, index } = present[member] ?? {};
      if (!facts || index === undefined) continue;
      found[index] =
        mode === "encode all" ? ["all is encoded"] : reasonsAgainst(group, facts.video, usual, like, format);
    }
  }
  return found;
}

function reasonsAgainst(
  group: Kind,
  video: VideoFacts,
  usual: Kind | undefined,
  like: VideoFacts | undefined,
  format: FilmFormat,
): string[] {
  if (group === usual) return [];
  const misfit = misfits(video, format);
  if (misfit.length > 0 || group.obstacles.length > 0) return [...misfit, ...group.obstacles];
  return like ? differences(video, like) : [...group.differs];
}

/** `differs` of a group is against the largest one, which need not be the one that is copied. */
function differences(video: VideoFacts, like: VideoFacts): string[] {
  const { groups } = sameKind([
    { video: like, audio: null },
    { video, audio: null },
  ]);
  return [...(groups[1]?.differs ?? [])];
}

function misfits(video: VideoFacts, { size, frameRate }: FilmFormat): readonly string[] {
  const isSize = video.width === size.width && video.height === size.height;
  const rate = video.frameRate;
  return [
    ...(isSize ? [] : [`size ${video.width}x${video.height}, not ${size.width}x${size.height}`]),
    ...(sameFrameRate(rate, frameRate) ? [] : ["another frame rate"]),
    ...(video.sampleAspect === "1:1" ? [] : ["pixels that are not square"]),
  ];
}

function isMixable({ pixelFormat, profile }: VideoFacts): boolean {
  return pixelFormat === MIXABLE.pixelFormat && MIXABLE.profiles.includes(profile);
}

/** The transition before a clip, and then its own frames up to the next transition. */
function segmentsOf(clips: readonly CutClip[], index: number, odd: readonly string[]): readonly Stretch[] {
  const clip = clips[index];
  if (!clip) return [];
  const { transition } = clip;
  const next = clips[index + 1]?.transition;
  const segments: Stretch[] = [];
  if (transition) {
    const shows = [{ shows: "transition" as const, clip: index, transition }];
    segments.push({ how: "encoded", shows, frames: transition.frames, why: [transitionName(transition)] });
  }
  const from = overlapOf(transition);
  const end = clip.frames - (next?.frames ?? 0);
  const encode = (first: number, last: number, why: readonly string[]) => {
    if (last <= first) return;
    const shows = [{ shows: "clip" as const, clip: index, from: first, end: last }];
    segments.push({ how: "encoded", shows, frames: last - first, why });
  };
  if (odd.length > 0) {
    encode(from, end, odd);
    return segments;
  }
  const shift = clip.trim?.first ?? 0;
  for (const stretch of plainAndCaptioned(clip, from, end)) {
    if (stretch.isCaptioned) {
      encode(stretch.from, stretch.end, [CAPTIONED]);
      continue;
    }
    const run = copiedRun(clip, stretch.from, stretch.end, stretch.from > from || stretch.end < end);
    if (!run) {
      encode(stretch.from, stretch.end, [stretch.from > from || stretch.end < end ? BETWEEN_CAPTIONS : NO_KEY_FRAME]);
      continue;
    }
    const startsAt = from > 0 && transition ? `the ${transitionName(transition)}` : undefined;
    const headWhy =
      stretch.from > from ? AFTER_CAPTIONS : startsAt ? `up to the key frame after ${startsAt}` : AFTER_CUT;
    const tailWhy = stretch.end < end ? BEFORE_CAPTIONS : next ? `up to the ${transitionName(next)}` : BEFORE_CUT;
    encode(stretch.from, run.first - shift, [headWhy]);
    segments.push({ how: "copied", clip: index, ...run });
    encode(run.end - shift, stretch.end, [tailWhy]);
  }
  return segments;
}

const NO_KEY_FRAME = "no key frame where it is cut";
const AFTER_CUT = "from a cut to the next key frame";
const BEFORE_CUT = "up to a cut between frames that need each other";
const CAPTIONED = "captions are drawn";
const AFTER_CAPTIONS = "from captions to the next key frame";
const BEFORE_CAPTIONS = "up to captions between frames that need each other";
const BETWEEN_CAPTIONS = "no key frame beside its captions";

interface PlainOrCaptioned extends FrameRange {
  readonly isCaptioned: boolean;
}

/** A stretch of a clip's frames, taken apart by whether captions are drawn into them. */
function plainAndCaptioned({ captioned = [] }: CutClip, from: number, end: number): readonly PlainOrCaptioned[] {
  const found: PlainOrCaptioned[] = [];
  let at = from;
  for (const range of captioned) {
    const [first, last] = [Math.max(at, range.from), Math.min(range.end, end)];
    if (last <= first) continue;
    if (first > at) found.push({ from: at, end: first, isCaptioned: false });
    found.push({ from: first, end: last, isCaptioned: true });
    at = last;
  }
  if (at < end) found.push({ from: at, end, isCaptioned: false });
  return found;
}

/**
 * The longest run of packets inside a stretch of the clip's frames; undefined where none is worth it.
 *
 * @param isPart - something encoded stands beside it in any case
 */
function copiedRun(
  { facts, trim }: CutClip,
  from: number,
  end: number,
  isPart: boolean,
): { first: number; end: number } | undefined {
  const shift = trim?.first ?? 0;
  const { starts, ends } = facts?.video.cutPoints ?? { starts: [], ends: [] };
  const first = starts.find((frame) => frame >= from + shift);
  const last = ends.findLast((frame) => frame <= end + shift);
  if (first === undefined || last === undefined) return undefined;
  const isWhole = !isPart && first === from + shift && last === end + shift;
  return last - first >= (isWhole ? 1 : LEAST_COPIED) ? { first, end: last } : undefined;
}

/** As the manifest calls it, in words: `wipe left`. */
function transitionName({ kind }: Transition): string {
  return kind.replace("_", " ");
}

/** Encoded stretches that follow each other are one piece of work, but for long runs of one clip. */
function mergeEncoded(stretches: readonly Stretch[]): readonly Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const before = merged.at(-1);
    const canMerge = before?.how === "encoded" && stretch.how === "encoded" && !isLong(before) && !isLong(stretch);
    if (!canMerge) merged.push(stretch);
    else {
      const why = [...new Set([...before.why, ...stretch.why])];
      const frames = before.frames + stretch.frames;
      merged[merged.length - 1] = { how: "encoded", shows: [...before.shows, ...stretch.shows], frames, why };
    }
  }
  return merged;
}

/** Cards are long too: they cost nothing, and stay as they are when what is beside them changes. */
function isLong({ frames }: EncodedStretch): boolean {
  return frames >= LONG;
}
