import { type FrameRate, sameFrameRate, secondsOf, showFrameRate } from "../../shot/frame-rate.ts";
import type { ColourLevels } from "../../shot/seam-figures.ts";
import type { PictureFit } from "../../shot/transition.ts";
import type { ClipFacts, VideoFacts } from "../clip/clip-facts.ts";
import { addColour } from "./add-colour.ts";
import { matrixOf } from "./colour.ts";
import type { PictureFormat } from "./film-format.ts";
import { fillFrame, fitInside, shownSize } from "./fit.ts";

/** A clip from which frames are taken for a film. */
export interface ClipSource {
  readonly shows: "clip";
  readonly path: string;
  readonly facts: ClipFacts;
  /** frames of the clip, first and one past the last; undefined: all of it */
  readonly trim: { readonly first: number; readonly end: number } | undefined;
  /** that the clip has in the film, at the film's rate: its playing time, rounded */
  readonly frames: number;
  readonly fit: PictureFit;
  /** to all of its pixels */
  readonly add?: ColourLevels | undefined;
}

/** Frames at the film's rate, counted from the first that the film shows of the clip. */
export interface FrameRange {
  readonly from: number;
  readonly end: number;
}

/** Opens a clip for some of its frames: from the key frame before them, where the frames can be counted. */
export function clipInput(clip: ClipSource, range: FrameRange, rate: FrameRate) {
  const { path, facts } = clip;
  const opened = openedAt(clip, range, rate);
  if (opened === 0) return { source: `file:${path}`, options: ["-f", "mov"] };
  // Half a frame early, as times are rounded: all before it is decoded where needed and left out.
  const seconds = facts.video.startSeconds + secondsOf(opened - 0.5, rate);
  return {
    source: `file:${path}`,
    options: [
      ...["-f", "mov"],
      ...["-seek_timestamp", "1"], // by the file's own times: its sound may begin before its picture
      ...["-ss", seconds.toFixed(6)],
    ],
  };
}

/**
 * The frame of the clip at which it is opened. A seek goes to what the file calls a key frame; where that is not one, a
 * decoder keeps silent about frames it cannot show and the next ones would be taken for them: then it is opened at a frame
 * from which all can be decoded, and the others are counted.
 */
function openedAt({ facts: { video }, trim }: ClipSource, { from }: FrameRange, rate: FrameRate): number {
  const first = (trim?.first ?? 0) + from;
  if (!isCounted(video, rate)) return 0;
  const { closed, starts } = video.cutPoints;
  return closed ? first : (starts.findLast((frame) => frame <= first) ?? 0);
}

/** The filters for what `clipInput` opened, in order: tempo, trim, size, colour. Rotation is baked in by ffmpeg's decoder before them. */
export function clipFilters(source: ClipSource, range: FrameRange, format: PictureFormat): readonly string[] {
  return [...timing(source, range, format.frameRate), ...shaping(source, format), "setsar=1"];
}

function timing(clip: ClipSource, range: FrameRange, rate: FrameRate) {
  const { facts, trim, frames } = clip;
  const { from, end } = range;
  const shown = showFrameRate(rate);
  // At an equal rate the frames are counted and their times, which may have been rounded by some tool, are forgotten.
  if (isCounted(facts.video, rate)) {
    const skipped = (trim?.first ?? 0) + from - openedAt(clip, range, rate);
    const begin = skipped > 0 ? `start_frame=${skipped}:` : "";
    // Not `fps`: it holds back the last frame to the end, where xfade has left the clip already.
    return [
      `trim=${begin}end_frame=${skipped + end - from}`,
      `settb=${rate.denominator}/${rate.numerator}`,
      "setpts=N",
    ];
  }
  const cut = trim ? [`trim=start_frame=${trim.first}:end_frame=${trim.end}`] : [];
  return [
    ...cut,
    "setpts=PTS-STARTPTS",
    `fps=${shown}`,
    // Rounding may leave one frame too few or too many: the last one stands, the surplus goes.
    "tpad=stop_mode=clone:stop_duration=1",
    `trim=end_frame=${frames}`,
    `trim=start_frame=${from}:end_frame=${end}`,
    "setpts=PTS-STARTPTS",
  ];
}

/** Whether a frame of the clip is a frame of the film, so that it is found by its number. */
function isCounted(video: VideoFacts, rate: FrameRate): boolean {
  return video.steady && !video.editHidesFrames && sameFrameRate(video.frameRate, rate);
}

/** Gives each frame its time by its number. */
export function countedTimes({ numerator, denominator }: FrameRate): string {
  return `setpts=N*${denominator}/(${numerator}*TB)`;
}

/** Size and colour. A picture that is as the film wants it is not touched. */
function shaping({ facts: { video }, fit, add }: ClipSource, format: PictureFormat): readonly string[] {
  const { size, colour } = format;
  const matrix = matrixOf({ ...video, ...size, colour });
  const range = rangeOf(colour);
  const picture = shownSize(video);
  const isSquare = video.sampleAspect === "1:1";
  const isSize = isSquare && picture.width === size.width && picture.height === size.height;
  const isColour = video.pixelFormat === "yuv420p" && matrixOf(video) === matrix && rangeOf(video.colour) === range;
  const colours = add ? addColour(add, matrix, range) : [];
  if (isSize && isColour) return ["format=yuv420p", ...colours];
  const place = fit === "crop" ? fillFrame(picture, size) : fitInside(picture, size);
  const area = `${size.width}:${size.height}:${place.left}:${place.top}`;
  return [
    `scale=${place.width}:${place.height}:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=${matrixOf(video)}:out_color_matrix=${matrix}:out_range=${range}`,
    "format=yuv420p",
    ...colours, // before any border, which stays black
    fit === "crop" ? `crop=${area}` : `pad=${area}:black`,
  ];
}

function rangeOf(colour: string): "tv" | "pc" {
  return colour.split("/")[3] === "pc" ? "pc" : "tv";
}
