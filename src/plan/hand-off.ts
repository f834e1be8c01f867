import { createHash } from "node:crypto";
import { posix } from "node:path";
import { type CheckedFile, type FilmRecord, findTake, type Take } from "../ledger/batch-state.ts";
import type { Alternate, ClipEdit, Edit, EditList, EditMedia, Origin } from "../media/handoff/edit-list.ts";
import type { PlacedSound } from "../media/handoff/sound-edits.ts";
import { exportObstacle } from "../media/handoff/write-export.ts";
import type { CaptionTrack } from "../media/words/cue.ts";
import type { ExportFormat } from "../shot/export-format.ts";
import type { FrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, Sha256, ShotId } from "../shot/id.ts";
import { type PixelSize, RESOLUTIONS, type Resolution } from "../shot/resolution.ts";
import type { Music, NativeSound, SoundFile } from "../shot/sound-file.ts";
import type { Placed } from "./film-places.ts";
import type { FilmSoundPlan } from "./film-sound.ts";
import { isOnShelf } from "./shelf.ts";
import type { View } from "./view.ts";

/** What is written of a film for editing programs. It says nothing of the film's own bytes. */
export interface HandOff {
  readonly files: readonly ExportFile[];
  /** formats that cannot hold this film, and why, as the end of a sentence */
  readonly left: readonly { readonly format: ExportFormat; readonly why: string }[];
  /** without its sounds: how long those are, only their files say */
  readonly edits: EditList;
  readonly sounds: readonly HandOffSound[];
  /** every clip's file that is named, relative to the batch folder */
  readonly media: readonly { readonly file: string; readonly sha256: Sha256 }[];
  /** of all that decides what is written */
  readonly key: Sha256;
}

/** Music or a voice, as it is wanted below the film. */
export interface HandOffSound extends Omit<PlacedSound, "file" | "seconds" | "channels"> {
  readonly file: SoundFile;
}

export interface ExportFile {
  readonly format: ExportFormat;
  /** `films/NAME.otio`, relative to the batch folder */
  readonly file: string;
}

/** Raised when the same cut is written otherwise than before. */
const HAND_OFF_VERSION = 3;

/** A film as far as its exports tell of it. */
interface Cut {
  readonly sequence: SequenceId;
  /** the film's own file, beside which the exports lie */
  readonly file: string;
  readonly title: string | undefined;
  readonly size: PixelSize;
  readonly frameRate: FrameRate;
  readonly clips: readonly (CutCard | CutClip)[];
  readonly frames: number;
  readonly captions: { readonly tracks: readonly CaptionTrack[] } | undefined;
  readonly sound: Pick<FilmSoundPlan, "music" | "voices">;
}

interface CutCard extends Placed {
  readonly shows: "slate";
  readonly shot: ShotId;
}

interface CutClip extends Omit<CutCard, "shows"> {
  readonly shows: "take";
  readonly take: number;
  readonly resolution: Resolution;
  readonly file: string;
  readonly trim: { readonly first: number } | undefined;
  readonly gainDb: NativeSound;
}

/** What the film's exports tell: the cut, and from the ledger where each clip came from and what else there is of its shot. */
export function planHandOff(formats: readonly ExportFormat[], film: Cut, view: View): HandOff | undefined {
  if (formats.length === 0) return undefined;
  const folder = posix.dirname(film.file);
  const media = new Map<string, Sha256>();
  const mediaOf = ({ file, sha256, frames, frameRate, size }: CheckedFile): EditMedia => {
    media.set(file, sha256);
    return { file: posix.relative(folder, file), frames, rate: frameRate, size, hasSound: true };
  };
  const edits: EditList = {
    name: film.sequence,
    title: film.title,
    rate: film.frameRate,
    size: film.size,
    frames: film.frames,
    edits: film.clips.map((clip): Edit => {
      const { shot, startFrame, frames, transition } = clip;
      const placed = { shot, startFrame, frames, transition };
      return clip.shows === "slate" ? { shows: "card", ...placed } : { ...placed, ...shownOf(clip, view, mediaOf) };
    }),
    sounds: [],
    captions: film.captions?.tracks ?? [],
  };
  const wanted = [...new Set(formats)].map((format) => ({ format, why: exportObstacle(format, edits) }));
  const files = wanted.flatMap(({ format, why }) =>
    why === undefined ? [{ format, file: film.file.replace(/\.[^.]*$/, `.${format}`) }] : [],
  );
  const left = wanted.flatMap(({ format, why }) => (why === undefined ? [] : [{ format, why }]));
  const sounds = soundsOf(film.sound);
  const named = [...media].map(([file, sha256]) => ({ file, sha256 }));
  const identity = JSON.stringify({ version: HAND_OFF_VERSION, files, edits, sounds });
  const key = createHash("sha256").update(identity).digest("hex") as Sha256;
  return { files, left, edits, sounds, media: named, key };
}

/** Whether a film's exports were written as they would be written now. */
export function isHandedOff(handOff: HandOff | undefined, { beside = [] }: FilmRecord): boolean {
  if (!handOff) return true;
  return handOff.files.every(({ file }) => beside.some((each) => each.file === file && each.key === handOff.key));
}

/** A voice is heard once and as it is. */
const PLAIN_VOICE = {
  ...({ role: "voice", fromSeconds: 0, duckDb: 0, loop: false } as const),
  ...{ fadeInSeconds: 0, fadeOutSeconds: 0 },
};

function soundsOf({ music, voices }: Cut["sound"]): readonly HandOffSound[] {
  const under = music ? [{ ...pickMusic(music), role: "music" as const, startSeconds: 0 }] : [];
  const over = voices.map((voice) => ({ ...voice, ...PLAIN_VOICE }));
  return [...under, ...over];
}

function pickMusic({ file, gainDb, duckDb, loop, fromSeconds, fadeInSeconds, fadeOutSeconds }: Music) {
  return { file, gainDb, duckDb, loop, fromSeconds, fadeInSeconds, fadeOutSeconds };
}

type MediaOf = (file: CheckedFile) => EditMedia;

function shownOf(
  clip: CutClip,
  { state, shelf }: View,
  mediaOf: MediaOf,
): Pick<ClipEdit, "shows" | "media" | "firstFrame" | "origin" | "alternates" | "chain" | "gainDb"> {
  const take = findTake(state, clip.shot, clip.take);
  const file = take?.files.get(clip.resolution);
  if (!take || file?.state !== "checked") throw new Error(`plan: a film shows ${clip.file}, which was never checked`);
  const files = (state.takes.get(clip.shot) ?? []).flatMap((each) =>
    RESOLUTIONS.flatMap((resolution) => {
      const found = each.files.get(resolution);
      return isOnShelf(found, shelf) ? [{ take: each, resolution, file: found }] : [];
    }),
  );
  const alternates = files
    .filter((each) => each.file.file !== file.file)
    .map((each): Alternate => ({ media: mediaOf(each.file), origin: originOf(each.take, each.resolution) }));
  return {
    shows: "clip",
    media: mediaOf(file),
    firstFrame: clip.trim?.first ?? 0,
    origin: originOf(take, clip.resolution),
    alternates,
    chain: chainOf(take),
    gainDb: clip.gainDb,
  };
}

function originOf({ number, request, made, task }: Take, resolution: Resolution): Origin {
  const seed = made?.seed ?? request.seed ?? null;
  return { take: number, resolution, prompt: request.prompt, model: request.model, seed, task: task ?? null };
}

function chainOf({ request }: Take): ClipEdit["chain"] {
  const link = (how: "follows" | "extends", { shot, take }: { shot: ShotId; take: number }) => ({ how, shot, take });
  if (request.kind === "extend") return link("extends", request.parent);
  if (request.stills.use !== "frames" || request.stills.first.from !== "last-frame") return undefined;
  return link("follows", request.stills.first);
}
