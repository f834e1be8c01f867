import type { FrameRate } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import type { Transition } from "../../shot/transition.ts";
import type { CaptionTrack } from "../words/cue.ts";

/**
 * A film as an editing program is told of it: the one value that every export is written from.
 *
 * Positions are frames at the film's rate. Files are named relative to the folder in which the exports lie, with `/`
 * between folders and nothing escaped.
 */
export interface EditList {
  /** the sequence's id */
  readonly name: string;
  readonly title: string | undefined;
  readonly rate: FrameRate;
  readonly size: PixelSize;
  readonly frames: number;
  /** in playing order, at least one */
  readonly edits: readonly Edit[];
  /** music and voices, which play below the film */
  readonly sounds: readonly SoundEdit[];
  readonly captions: readonly CaptionTrack[];
}

/** A stretch of the film: a take's clip, or a card that stands for one. */
export type Edit = ClipEdit | CardEdit;

interface Placed {
  readonly shot: string;
  readonly startFrame: number;
  /** where a transition plays, these reach into the stretch of the neighbour */
  readonly frames: number;
  /** across the seam before it; undefined: a cut, or the first of the film */
  readonly transition: Transition | undefined;
}

export interface ClipEdit extends Placed {
  readonly shows: "clip";
  readonly media: EditMedia;
  /** frame of the media, at its own rate, that is shown first */
  readonly firstFrame: number;
  readonly origin: Origin;
  /** other files of the same shot that were checked: takes that were not picked, and other sizes of this one */
  readonly alternates: readonly Alternate[];
  /** the take that this one goes on from */
  readonly chain: { readonly how: "follows" | "extends"; readonly shot: string; readonly take: number } | undefined;
  /** change of its sound in dB; 0 leaves it alone */
  readonly gainDb: number | "mute";
}

export interface CardEdit extends Placed {
  readonly shows: "card";
}

/** A clip's file. */
export interface EditMedia {
  readonly file: string;
  readonly frames: number;
  readonly rate: FrameRate;
  readonly size: PixelSize;
  readonly hasSound: boolean;
}

/** Where a take came from. */
export interface Origin {
  readonly take: number;
  readonly resolution: string;
  readonly prompt: string;
  readonly model: string;
  readonly seed: number | null;
  readonly task: string | null;
}

export interface Alternate {
  readonly media: EditMedia;
  readonly origin: Origin;
}

/** A sound file that plays below the film. */
export interface SoundEdit {
  readonly role: "music" | "voice";
  readonly file: string;
  readonly startFrame: number;
  readonly frames: number;
  /** frame of the file, at the film's rate, that is heard first */
  readonly firstFrame: number;
  /** of the whole file, at the film's rate */
  readonly mediaFrames: number;
  readonly channels: number;
  readonly gainDb: number;
  /** dB by which it steps back while something else is heard; 0: never */
  readonly duckDb: number;
  /** over how many of its first and last frames it comes up and goes down, together at most all of them */
  readonly fadeInFrames: number;
  readonly fadeOutFrames: number;
}
