import type { ClipFacts } from "../clip/clip-facts.ts";

/** Where a picture's sound comes from. It is cut or padded with silence to the length of the picture. */
export interface SoundSource {
  readonly path: string;
  readonly facts: ClipFacts;
  /** where the picture's first frame stands in that clip, from the clip's own first frame: the trim's beginning, or 0 */
  readonly fromSeconds: number;
}
