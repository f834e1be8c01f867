import type { ShotId } from "./id.ts";

/** How loud a stretch of sound is, by EBU R 128. */
export interface Loudness {
  /** over the whole stretch, in LUFS, gated; null where nothing is above -70 LUFS or it is shorter than 0.4 s */
  readonly integratedLufs: number | null;
  /** highest true peak of any channel in dBTP: above 0 where the encoder pushed it over full scale; null: digital silence */
  readonly truePeakDb: number | null;
}

/**
 * Why something is not as loud as was asked for.
 *
 * - `silence`: it is so soft that it is left as it is
 * - `gain`: it would have to be raised by more than is allowed
 * - `peaks`: its peaks leave no room
 */
export type HeldBy = "silence" | "gain" | "peaks";

/** A film may be so far from its target without a reason, in LU. */
export const LOUDNESS_TOLERANCE = 0.5;

/** What was done to a film's levels, and what came of it. */
export interface FilmLoudness {
  readonly targetLufs: number;
  /** of all that is heard, its shots at one level already */
  readonly before: Loudness;
  /** of the film as it is heard: measured in what was encoded */
  readonly after: Loudness;
  /** one gain for the whole film */
  readonly gainDb: number;
  /** by how much its highest peak was taken down, in dB; 0: none was too high */
  readonly limitedDb: number;
  /** why it is not at its target; null: it is */
  readonly heldBy: HeldBy | null;
  /** one a clip, in playing order */
  readonly shots: readonly ShotLoudness[];
}

export interface ShotLoudness {
  /** named where the film is told of */
  readonly shot?: ShotId;
  /** of the stretch that the film plays, before any gain */
  readonly loudness: Loudness;
  /** that brings it to the others' level */
  readonly gainDb: number;
  /** why it is not at the others' level; null: it is */
  readonly heldBy: HeldBy | null;
}
