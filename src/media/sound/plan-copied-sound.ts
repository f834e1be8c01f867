import type { FrameRate } from "../../shot/frame-rate.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import { type GridAnswer, type GridClip, planAac } from "./aac-grid.ts";
import { findAac } from "./aac-track.ts";
import type { FilmSound } from "./film-sound-plan.ts";
import { SOUND, soundSlots } from "./sound-slots.ts";

/**
 * Finds out whether a film's sound can be its clips' own packets, and which. Only the clips' tables are read.
 *
 * @throws BrokenMp4
 */
export async function planCopiedSound(movieOf: ReadMovie, sound: FilmSound, rate: FrameRate): Promise<GridAnswer> {
  const refuse = (why: string): GridAnswer => ({ fits: false, why });
  const asked = changesAsked(sound);
  if (asked !== undefined) return refuse(asked);
  const { clips } = sound;
  const slots = soundSlots(clips, rate);
  const grid: GridClip[] = [];
  for (const [index, { source }] of clips.entries()) {
    const slot = slots[index];
    if (!source?.facts.audio || !slot) return refuse(`clip ${index + 1} has no sound`);
    if (slot.overlapBefore > 0) return refuse(`the sounds of clips ${index} and ${index + 1} are mixed at their seam`);
    const found = await findAac(movieOf, source.path);
    if (!found.copies) return refuse(`the sound of clip ${index + 1} ${found.why}`);
    // From where the picture begins, as a player shows it, and from there to where the film takes it up.
    const fromSample = samplesIn(source.facts.video.startSeconds) + samplesIn(source.fromSeconds);
    grid.push({ track: found.track, fromSample, slot });
  }
  return planAac(grid);
}

/** What was asked of the sound that packets cannot be copied for. */
function changesAsked({ clips, voices, music, loudness }: FilmSound): string | undefined {
  if (loudness !== "off") return `the film is brought to ${loudness} LUFS`;
  if (music) return "music plays below it";
  if (voices.length > 0) return "a voice speaks over it";
  const changed = clips.findIndex(({ gainDb }) => gainDb !== 0);
  return changed === -1 ? undefined : `the sound of clip ${changed + 1} is made louder, softer or silent`;
}

function samplesIn(seconds: number): number {
  return Math.round(seconds * SOUND.sampleRate);
}
