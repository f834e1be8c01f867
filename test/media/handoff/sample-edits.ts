import type { ClipEdit, Edit, EditList, EditMedia } from "../../../src/media/handoff/edit-list.ts";
import { soundEdits } from "../../../src/media/handoff/sound-edits.ts";
import type { FrameRate } from "../../../src/shot/frame-rate.ts";

export const FILM_24: FrameRate = { numerator: 24, denominator: 1 };
export const NTSC_FILM: FrameRate = { numerator: 24_000, denominator: 1001 };
export const NTSC: FrameRate = { numerator: 30_000, denominator: 1001 };

export function mediaOf(file: string, rate: FrameRate, frames = 192): EditMedia {
  return { file: `../clips/${file}`, frames, rate, size: { width: 1280, height: 720 }, hasSound: true };
}

/** A clip of 192 frames in full, unless told otherwise. */
export function clipEdit(shot: string, rate: FrameRate, changes: Partial<ClipEdit> = {}): ClipEdit {
  return {
    shows: "clip",
    shot,
    startFrame: 0,
    frames: 192,
    transition: undefined,
    media: mediaOf(`${shot}/take-1.720p.mp4`, rate),
    firstFrame: 0,
    origin: {
      take: 1,
      resolution: "720p",
      prompt: `Shot ${shot}`,
      model: "veo3_fast",
      seed: 12_345,
      task: `task-${shot}`,
    },
    alternates: [],
    chain: undefined,
    gainDb: 0,
    ...changes,
  };
}

/** Puts edits one after another, each laid over the one before by its transition unless that holds. */
export function editList(edits: readonly Edit[], rate: FrameRate, changes: Partial<EditList> = {}): EditList {
  let at = 0;
  const placed = edits.map((edit, index) => {
    const overlap = index === 0 || edit.transition?.kind === "hold" ? 0 : (edit.transition?.frames ?? 0);
    const startFrame = at - overlap;
    at = startFrame + edit.frames;
    return { ...edit, startFrame };
  });
  const size = { width: 1280, height: 720 };
  return {
    name: "film",
    title: "The Keeper",
    rate,
    size,
    frames: at,
    edits: placed,
    sounds: [],
    captions: [],
    ...changes,
  };
}

/** One of everything: a trim, a dissolve, a wipe, a fade, a hold, a card, another rate, other takes, gains, music, captions. */
export function everything(rate: FrameRate): EditList {
  const odd = clipEdit("odd", rate, {
    media: mediaOf("odd/take-1.720p.mp4", { numerator: 30, denominator: 1 }, 240),
    firstFrame: 30,
    frames: 96,
    transition: { kind: "fade_black", frames: 13 },
    gainDb: -3.5,
  });
  const harbour = clipEdit("harbour", rate, {
    media: mediaOf("harbour/take-2 <&>#1.mp4", rate),
    origin: {
      take: 2,
      resolution: "4k",
      prompt: 'A "quiet" harbour\n& a <boat>',
      model: "veo3",
      seed: null,
      task: null,
    },
    alternates: [
      {
        media: mediaOf("harbour/take-1.720p.mp4", rate),
        origin: { take: 1, resolution: "720p", prompt: "A harbour", model: "veo3", seed: 7, task: "t1" },
      },
    ],
  });
  const edits: Edit[] = [
    harbour,
    clipEdit("keeper", rate, {
      firstFrame: 12,
      frames: 168,
      transition: { kind: "dissolve", frames: 12 },
      chain: { how: "follows", shot: "harbour", take: 2 },
      gainDb: "mute",
    }),
    clipEdit("door", rate, { transition: { kind: "wipe_left", frames: 9 }, firstFrame: 1, frames: 191 }),
    odd,
    { shows: "card", shot: "lost", startFrame: 0, frames: 48, transition: undefined },
    clipEdit("lamp", rate),
    clipEdit("storm", rate, { transition: { kind: "hold", frames: 8 } }),
    clipEdit("calm", rate),
  ];
  const score = {
    ...{ file: "../../music/a score.wav", startSeconds: 0, seconds: 31, channels: 2 },
    ...{ fadeInSeconds: 1, fadeOutSeconds: 2 },
  };
  const voice = {
    ...{ role: "voice" as const, file: "../../voice.wav", seconds: 4, channels: 1 },
    ...{ gainDb: 0, duckDb: 0, loop: false, fromSeconds: 0, fadeInSeconds: 0, fadeOutSeconds: 0 },
  };
  return editList(edits, rate, {
    sounds: [
      ...soundEdits({ ...score, role: "music", gainDb: -18, duckDb: 8, loop: true, fromSeconds: 1 }, rate, 1100),
      ...soundEdits({ ...voice, startSeconds: 2 }, rate, 1100),
      ...soundEdits({ ...voice, startSeconds: 3, gainDb: 2 }, rate, 1100),
    ],
    captions: [
      { language: "en", cues: [{ startSeconds: 1, endSeconds: 3, lines: ["Nobody came", "& nobody <went>."] }] },
    ],
  });
}
