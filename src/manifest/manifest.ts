import type { Checks } from "../shot/clip-check.ts";
import type { ExportFormat } from "../shot/export-format.ts";
import type { FilmEncoding } from "../shot/film-encoding.ts";
import type { FrameRate } from "../shot/frame-rate.ts";
import type { BatchName, SequenceId, Sha256, ShotId } from "../shot/id.ts";
import type { AspectRatio, Model } from "../shot/model.ts";
import type { Place } from "../shot/place.ts";
import type { PriceOverrides } from "../shot/price.ts";
import type { Resolution } from "../shot/resolution.ts";
import type { SeamTrim } from "../shot/seam-figures.ts";
import type { ImageType } from "../shot/take.ts";
import type { PictureFit, Transition } from "../shot/transition.ts";
import type { SequenceSound, ShotSound } from "./film-sound.ts";
import type { ManifestProblem } from "./manifest-problem.ts";

/** What is wanted: a manifest that was read, checked and filled in with its defaults. Nothing in it is doubtful. */
export interface Manifest {
  /** absolute */
  readonly path: string;
  /** `path` as the person would type it, for messages */
  readonly shown: string;
  /** flags that say which of its batches is meant, for commands that are shown: `--simulate`, `--output` */
  readonly calledWith: readonly string[];
  readonly name: BatchName;
  readonly title: string | undefined;
  /** undefined where no cap was set */
  readonly budget: { readonly run?: Cap; readonly day?: Cap };
  readonly limits: Limits;
  /** figures that replace some of the built-in table, already read */
  readonly prices: PriceOverrides | undefined;
  /** `output` of `callsheet.yaml`, absolute */
  readonly output: string | undefined;
  /** in the order of the file */
  readonly shots: readonly Shot[];
  readonly sequences: readonly Sequence[];
  /** what happens when a run ended and all is made */
  readonly onDone: Hook | undefined;
  /** what happens when a run ended and something is missing */
  readonly onFailed: Hook | undefined;
}

/** A limit on spending. */
export interface Cap {
  readonly credits: number;
  /** where it was written; null: by a flag, and so for all manifests of the command together */
  readonly place: Place | null;
}

/** Something outside that learns of a run's end. */
export type Hook = {
  readonly when: "done" | "failed";
  readonly place: Place;
} & (
  | {
      readonly does: "command";
      /** looked up on PATH; with a slash in it, relative to the manifest's folder */
      readonly program: string;
      /** passed as written: no shell and no variables */
      readonly args: readonly string[];
    }
  | { readonly does: "webhook"; readonly url: string }
);

/** How much is asked of the vendor at a time. Undefined fields take the account's defaults. */
export interface Limits {
  /** at most this many buying calls ... */
  readonly starts?: number;
  /** ... in any window of this many seconds */
  readonly seconds?: number;
  /** tasks that generate at the same time */
  readonly running?: number;
}

export interface Shot {
  readonly id: ShotId;
  /** where the shot's `id` stands */
  readonly place: Place;
  /** where its `prompt` stands */
  readonly promptPlace: Place;
  /** variables filled in and style appended: what the vendor is sent */
  readonly prompt: string;
  readonly model: Model;
  readonly aspectRatio: AspectRatio;
  readonly resolution: Resolution;
  readonly translate: boolean;
  readonly seed: number | undefined;
  readonly start: ShotStart;
  /** paid attempts wanted, at least 1 */
  readonly takes: number;
  /** the take that the film uses, when the author has chosen */
  readonly pick: number | undefined;
  /** what is said, in the order of time; empty: nothing */
  readonly dialogue: readonly SpokenLine[];
  readonly sound: ShotSound;
  /** undefined: never bought again by itself */
  readonly retry: RetryPolicy | undefined;
  /** how frames that its parent has shown already are cut */
  readonly seamTrim: SeamTrim;
  /** whether its colours are brought back to those its parent ends with */
  readonly colourMatch: boolean;
  /** how serious each finding in its clips is */
  readonly checks: Checks;
}

/** Something said in a shot. */
export interface SpokenLine {
  /** the same in each language, at least one; language: BCP 47, undefined for that of the film */
  readonly texts: readonly { readonly language: string | undefined; readonly text: string }[];
  /** seconds of the clip; undefined: from where the line before ends, to where the next begins */
  readonly in: number | undefined;
  readonly out: number | undefined;
}

/** How often a shot is bought again by itself after a bad end that is known to be one, and as what. */
export interface RetryPolicy {
  /** further takes of the shot because of ones that failed; one of the three is above 0 */
  readonly failed: number;
  /** further takes of the shot because of ones that were refused */
  readonly refused: number;
  /** further takes of the shot because of ones that a check passed over: these are paid for */
  readonly checks: number;
  /** what the vendor is sent then: variables filled in and style appended */
  readonly prompt: string;
  /** where its words stand: its own, or the shot's */
  readonly promptPlace: Place;
  readonly model: Model;
}

/** What a shot's picture begins from. */
export type ShotStart =
  | { readonly from: "prompt" }
  | { readonly from: "image"; readonly first: StillFile | StillUrl; readonly last?: StillFile | StillUrl }
  | { readonly from: "references"; readonly images: readonly (StillFile | StillUrl)[] }
  | { readonly from: "follows"; readonly parent: ShotId; readonly last?: StillFile | StillUrl }
  | { readonly from: "extends"; readonly parent: ShotId };

export interface StillFile {
  readonly from: "file";
  /** absolute */
  readonly path: string;
  readonly sha256: Sha256;
  /** by its bytes, not its name */
  readonly mediaType: ImageType;
  readonly bytes: number;
}

export interface StillUrl {
  readonly from: "url";
  readonly url: string;
}

export interface Sequence {
  readonly id: SequenceId;
  readonly place: Place;
  readonly clips: readonly SequenceClip[];
  /** undefined: what most of its shots asked for */
  readonly size: Resolution | undefined;
  /** undefined: the rate of most of its clips */
  readonly frameRate: FrameRate | undefined;
  readonly onMissing: OnMissing;
  /** undefined: none */
  readonly captions: Captions | undefined;
  /** whether each shot is a chapter of the film */
  readonly chapters: boolean;
  /** second of the film that its poster shows; undefined: one that is chosen */
  readonly poster: number | undefined;
  /** undefined: its clips are copied */
  readonly encode: FilmEncoding | undefined;
  /** files for editing programs, none twice */
  readonly exports: readonly ExportFormat[];
  readonly sound: SequenceSound;
}

/** How what is said in a film is shown. Files beside the film are written in any case. */
export interface Captions {
  readonly as: "soft" | "burned" | "sidecar";
  /** BCP 47, `und` for one that the manifest does not name; at least one. What is said in no language is in the first. */
  readonly languages: readonly string[];
  /** the one that is drawn into the picture */
  readonly burned: string | undefined;
}

/** What becomes of a film while clips are missing: no film, one with cards in their place, one without them. */
export type OnMissing = "hold" | "slate" | "skip";

/** One shot in a film, in playing order. A shot may stand in several films and more than once in one. */
export interface SequenceClip {
  readonly shot: ShotId;
  readonly place: Place;
  /** seconds of the clip; undefined: from its start, to its end */
  readonly in: number | undefined;
  readonly out: number | undefined;
  /** across the seam before it; undefined: a cut. Of no account where it plays first */
  readonly transition: SeamTransition | undefined;
  readonly fit: PictureFit;
}

/** A transition before the film's rate is known. */
export interface SeamTransition {
  readonly kind: Transition["kind"];
  readonly seconds: number;
}

/** The parent a shot needs before it can be bought. */
export function parentOf(shot: Shot): ShotId | undefined {
  return shot.start.from === "follows" || shot.start.from === "extends" ? shot.start.parent : undefined;
}

/**
 * A value, or all that is wrong with its text.
 *
 * `sources` holds the text of every file that was read, by the name under which places show it, so that a problem can
 * be shown with its line.
 */
export type Parsed<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly warnings: readonly ManifestProblem[];
      readonly sources: ReadonlyMap<string, string>;
    }
  | {
      readonly ok: false;
      readonly problems: readonly ManifestProblem[];
      readonly sources: ReadonlyMap<string, string>;
    };
