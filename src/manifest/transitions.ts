import { type FrameRate, frameAt, secondsOf } from "../shot/frame-rate.ts";
import { CLIP_SECONDS } from "../shot/model.ts";
import { overlapOf, type Transition, type TransitionKind } from "../shot/transition.ts";
import type { Path } from "./located.ts";
import type { SeamTransition } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";

/** Length of a transition of which only the kind is written. */
const USUAL_SECONDS = 0.5;

/** What a block says about a seam: a clip's, or a sequence's for all of its clips. */
interface SeamKeys {
  readonly transition?: TransitionKind | undefined;
  readonly transition_seconds?: number | undefined;
}

/** A clip as far as its transitions care. */
export interface SeamClip {
  readonly at: Path;
  readonly keys: SeamKeys;
  readonly in: number | undefined;
  readonly out: number | undefined;
}

/** The film as far as its transitions care. */
export interface SeamSequence {
  readonly at: Path;
  /** for messages: `sequence "film"` */
  readonly subject: string;
  readonly keys: SeamKeys;
  readonly rate: FrameRate;
}

/**
 * What plays before each clip, and what is wrong with it: lengths without a transition, a transition without a clip before it,
 * and one that is longer than its clips.
 *
 * How long clips will be is not known here: they are taken to be as the vendor makes them. The plan knows better and lets a
 * transition play as long as it can.
 */
export function readTransitions(
  clips: readonly SeamClip[],
  sequence: SeamSequence,
  sheet: Sheet<ManifestText>,
): readonly (SeamTransition | undefined)[] {
  for (const [index, clip] of clips.entries()) checkKeys(clip, index, sequence, sheet);
  const found = clips.map(({ keys }, index): SeamTransition | undefined => {
    const kind = keys.transition ?? sequence.keys.transition ?? "cut";
    if (kind === "cut" || index === 0) return undefined;
    return { kind, seconds: keys.transition_seconds ?? sequence.keys.transition_seconds ?? USUAL_SECONDS };
  });
  checkLengths(clips, found, sequence, sheet);
  return found;
}

/** Frames of a transition in a film of this rate. */
export function transitionFrames({ seconds }: SeamTransition, rate: FrameRate): number {
  return Math.max(1, frameAt(seconds, rate));
}

function checkKeys({ at, keys }: SeamClip, index: number, sequence: SeamSequence, sheet: Sheet<ManifestText>): void {
  if (sheet.judged([...at, "transition"]) || sheet.judged([...sequence.at, "transition"])) return;
  const who = `clip ${index + 1} of ${sequence.subject}`;
  const kind = keys.transition ?? sequence.keys.transition ?? "cut";
  if (index === 0 && keys.transition !== undefined && keys.transition !== "cut") {
    const message = `${who} asks for a transition (${keys.transition}) and has no clip before it`;
    sheet.problem({ rule: "transition-first", at: [...at, "transition"], message, fix: "Take transition out." });
  } else if (keys.transition_seconds !== undefined && (kind === "cut" || index === 0)) {
    const message = `${who} has transition_seconds and no transition`;
    const fix = index === 0 ? "Take it out." : "Write a transition, or take it out: a cut takes no time.";
    sheet.problem({ rule: "transition-seconds", at: [...at, "transition_seconds"], message, fix });
  }
}

/** Every clip must last as long as the transitions at both of its ends together. */
function checkLengths(
  clips: readonly SeamClip[],
  found: readonly (SeamTransition | undefined)[],
  sequence: SeamSequence,
  sheet: Sheet<ManifestText>,
): void {
  const { rate } = sequence;
  const lengths = clips.map(({ at, in: first = 0, out = CLIP_SECONDS }) => {
    const isWrong = sheet.judged([...at, "in"]) || sheet.judged([...at, "out"]) || out <= first;
    return isWrong ? undefined : frameAt(out, rate) - frameAt(first, rate);
  });
  const seams = found.map((seam): Transition | undefined => {
    return seam && { kind: seam.kind, frames: transitionFrames(seam, rate) };
  });
  for (const [index, seam] of seams.entries()) {
    const [before, own] = [lengths[index - 1], lengths[index]];
    if (!seam || before === undefined || own === undefined) continue;
    const taken = overlapOf(seams[index - 1]);
    const longest = Math.min(before - taken, seam.kind === "hold" ? Number.POSITIVE_INFINITY : own);
    if (seam.frames <= longest) continue;
    const isOwn = longest === own;
    const short = `clip ${isOwn ? index + 1 : index}`;
    const rest = !isOwn && taken > 0 ? `${before}, ${taken} of them in the transition before it` : `${longest}`;
    const message = `the transition before clip ${index + 1} of ${sequence.subject} lasts ${seam.frames} frames, and ${short} has ${rest}`;
    const fix =
      longest < 1
        ? `Make the transition before clip ${index} shorter, or write cut here.`
        : `Write at most ${Math.floor(secondsOf(longest, rate) * 1000) / 1000} s.`;
    sheet.problem({ rule: "transition-too-long", at: writtenAt(clips[index], sequence, sheet), message, fix });
  }
}

/** Where the length stands, or else the kind: in the clip, or else in the sequence. */
function writtenAt(clip: SeamClip | undefined, sequence: SeamSequence, sheet: Sheet<ManifestText>): Path {
  const places = [clip?.at ?? [], sequence.at].flatMap((at) => [
    [...at, "transition_seconds"],
    [...at, "transition"],
  ]);
  return places.find((at) => sheet.stands(at)) ?? sequence.at;
}
