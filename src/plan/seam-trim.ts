import type { CheckedFile, Take } from "../ledger/batch-state.ts";
import type { SequenceClip, Shot } from "../manifest/manifest.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";

/** A clip in a film, with the take it is of. */
export interface SeamSide {
  readonly clip: SequenceClip;
  readonly shot: Shot;
  readonly take: Take;
  readonly file: Pick<CheckedFile, "frames">;
}

/** Frames to leave out where two clips meet: the last ones of the first clip, or the first ones of the second. */
export interface SeamCut {
  readonly fromEnd: number;
  readonly fromStart: number;
}

export const NO_CUT: SeamCut = { fromEnd: 0, fromStart: 0 };

/** What the take's 720p file showed where it goes on from its parent; its larger files have the same frames. */
export function seamOf(take: Take): SeamFigures | undefined {
  const file = take.files.get("720p");
  return file?.state === "checked" ? file.seam : undefined;
}

/**
 * What is cut where a clip is shown right behind the one it goes on from, so that no frame is seen twice. Of two that show
 * the same the parent's last are left out, as the clip then keeps its key frame and need not be encoded; only where they
 * are not the same ones (a held frame, a whole parent) the clip's first.
 *
 * Where the author cut either side at the seam, or a transition plays across it, nothing is touched.
 */
export function seamCut(before: SeamSide | undefined, after: SeamSide): SeamCut {
  const { shot, take, clip } = after;
  if (!before || shot.seamTrim === "off" || parentTask(take) !== before.take.task) return NO_CUT;
  if (before.clip.out !== undefined || clip.in !== undefined || clip.transition !== undefined) return NO_CUT;
  const cut = shot.seamTrim === "auto" ? measuredCut(take) : { fromEnd: shot.seamTrim, fromStart: 0 };
  // At least one frame is left of each.
  return {
    fromEnd: Math.min(cut.fromEnd, before.file.frames - 1),
    fromStart: Math.min(cut.fromStart, after.file.frames - 1),
  };
}

function measuredCut(take: Take): SeamCut {
  const seam = seamOf(take);
  if (!seam) return NO_CUT;
  const { repeats, repeatedFrames } = seam;
  if (repeats === "overlap") return { fromEnd: repeatedFrames, fromStart: 0 };
  return { fromEnd: 0, fromStart: repeatedFrames };
}

/** The task of the take that another one was made from. */
function parentTask({ request }: Take): string | undefined {
  if (request.kind === "extend") return request.parent.task;
  const first = request.stills.use === "frames" ? request.stills.first : undefined;
  return first?.from === "last-frame" ? first.task : undefined;
}
