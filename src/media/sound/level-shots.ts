import type { HeldBy, Loudness } from "../../shot/loudness.ts";

/** True peak that no film with a loudness exceeds, in dBTP. */
export const HIGHEST_PEAK_DB = -1;

/**
 * What levelling does at most. A generated shot that is very soft is mostly noise: from -40 LUFS down it is raised less and
 * less, and below -50 not at all.
 */
export const LEVELLING = {
  mostGainDb: 18,
  raisedFullyFromLufs: -40,
  leftAloneBelowLufs: -50,
  /** by how much a shot's peaks may be raised over the ceiling, from where the limiter takes them down again */
  mostOverDb: 6,
  /** the same for the film */
  mostFilmOverDb: 9,
} as const;

/** What is done to the level of a shot, a voice or a film. */
export interface Level {
  readonly gainDb: number;
  /** undefined: it reaches the wanted loudness */
  readonly heldBy: HeldBy | undefined;
}

export interface MeasuredStretch {
  readonly loudness: Loudness | undefined;
  readonly seconds: number;
  /** the sound of the stretch before goes on in it: both take one gain, as a step between them would be heard */
  readonly continues: boolean;
}

/** One gain for each stretch, so that all are as loud as the target. */
export function levelShots(stretches: readonly MeasuredStretch[], targetLufs: number): readonly Level[] {
  const runs: MeasuredStretch[][] = [];
  for (const stretch of stretches) {
    const run = runs.at(-1);
    if (run && stretch.continues) run.push(stretch);
    else runs.push([stretch]);
  }
  return runs.flatMap((run) => {
    const level = levelOf(together(run), targetLufs, LEVELLING.mostOverDb, LEVELLING.mostGainDb);
    return run.map(() => level);
  });
}

/**
 * The gain that brings the mixed film to its target.
 *
 * @param raised - gains of its shots and voices: together with the film's none exceeds the most
 */
export function levelFilm(loudness: Loudness, targetLufs: number, raised: readonly Level[]): Level {
  const most = Math.max(0, ...raised.map(({ gainDb }) => gainDb));
  return levelOf(loudness, targetLufs, LEVELLING.mostFilmOverDb, LEVELLING.mostGainDb - most);
}

function levelOf(loudness: Loudness, targetLufs: number, mostOverDb: number, mostGainDb: number): Level {
  const { integratedLufs, truePeakDb } = loudness;
  const { raisedFullyFromLufs: full, leftAloneBelowLufs: alone } = LEVELLING;
  if (integratedLufs === null || truePeakDb === null || integratedLufs < alone) return { gainDb: 0, heldBy: "silence" };
  const wanted = targetLufs - integratedLufs;
  if (wanted <= 0) return { gainDb: wanted, heldBy: undefined };
  const limits: readonly { readonly most: number; readonly heldBy: HeldBy }[] = [
    { most: mostGainDb * Math.min(1, (integratedLufs - alone) / (full - alone)), heldBy: "gain" },
    { most: Math.max(0, HIGHEST_PEAK_DB + mostOverDb - truePeakDb), heldBy: "peaks" },
  ];
  const [limit] = limits.toSorted((a, b) => a.most - b.most);
  return limit && limit.most < wanted
    ? { gainDb: limit.most, heldBy: limit.heldBy }
    : { gainDb: wanted, heldBy: undefined };
}

/** The loudness of stretches as one: the mean of their powers by their lengths. */
function together(run: readonly MeasuredStretch[]): Loudness {
  let [power, seconds] = [0, 0];
  let truePeakDb: number | null = null;
  for (const { loudness, seconds: length } of run) {
    if (loudness?.truePeakDb !== undefined && loudness.truePeakDb !== null)
      truePeakDb = Math.max(truePeakDb ?? loudness.truePeakDb, loudness.truePeakDb);
    if (loudness?.integratedLufs === undefined || loudness.integratedLufs === null) continue;
    power += length * 10 ** (loudness.integratedLufs / 10);
    seconds += length;
  }
  return { integratedLufs: seconds === 0 ? null : 10 * Math.log10(power / seconds), truePeakDb };
}
