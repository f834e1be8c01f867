import { overlapOf, type Transition } from "../../shot/transition.ts";
import type { Edit, EditList } from "./edit-list.ts";

/** What a track of an editing program plays between two cuts. */
export interface Stretch {
  readonly edit: Edit;
  /** `held`: the first frame of the edit stands still */
  readonly plays: "on" | "held";
  readonly startFrame: number;
  readonly frames: number;
  /** frames of the film's rate between the edit's first frame and the first one of the stretch */
  readonly skipped: number;
  /** what plays across the cut before it */
  readonly crossing: Crossing | undefined;
}

/** A transition as editing programs place it: around a cut, fed by frames of both clips beyond it. */
export interface Crossing extends Transition {
  /** frames of it before the cut, at most as many as after it; the rest lie behind */
  readonly lead: number;
}

/**
 * The film's picture as stretches that lie end to end.
 *
 * Our transitions lay the end of one clip over the beginning of the next, so that the film gets shorter. Editing programs cut
 * in the middle of a transition and take what is missing on either side from beyond the cut. Cutting each overlap in
 * its middle turns the one into the other: the same frames meet, and the film is as long. A `hold` overlaps nothing: the
 * first frame of what follows stands still below the end of what goes before.
 */
export function pictureStretches(list: Pick<EditList, "edits">): readonly Stretch[] {
  return stretchesOf(list.edits, true);
}

/** The same of the clips' sound, which a `hold` leaves alone: it goes on to the end of its clip. */
export function soundStretches(list: Pick<EditList, "edits">): readonly Stretch[] {
  return stretchesOf(list.edits, false);
}

function stretchesOf(edits: readonly Edit[], holds: boolean): readonly Stretch[] {
  return edits.flatMap((edit, index): readonly Stretch[] => {
    const from = cutBefore(edits, index, holds);
    const next = edits[index + 1];
    const to = next ? cutBefore(edits, index + 1, holds).at : edit.startFrame + edit.frames;
    // Of a held dissolve the cut lies before the clip begins to move.
    const start = Math.max(from.at, edit.startFrame);
    const on = { edit, plays: "on", startFrame: start, frames: to - start, skipped: start - edit.startFrame } as const;
    if (start === from.at) return [{ ...on, crossing: from.crossing }];
    const held = { edit, plays: "held", startFrame: from.at, frames: start - from.at, skipped: 0 } as const;
    return [
      { ...held, crossing: from.crossing },
      { ...on, crossing: undefined },
    ];
  });
}

/** Where the cut before an edit lies, and what plays across it. */
function cutBefore(edits: readonly Edit[], index: number, holds: boolean) {
  const [before, edit] = [edits[index - 1], edits[index]];
  if (!edit) throw new RangeError(`hand-off: there is no edit ${index}`);
  const { transition, startFrame } = edit;
  if (!before || !transition) return { at: startFrame, crossing: undefined };
  const overlap = overlapOf(transition);
  if (overlap === 0 && !holds) return { at: startFrame, crossing: undefined };
  const lead = Math.floor(transition.frames / 2);
  const begins = overlap === 0 ? startFrame - transition.frames : startFrame;
  return { at: begins + lead, crossing: { ...transition, lead } };
}
