import type { Mp4, Mp4Track } from "./mp4.ts";

/** When a track's packets are shown. */
export interface ShownTimes {
  /** ticks of the track after the film's beginning, one for each packet in decoding order */
  readonly ticks: Float64Array;
  /** ticks: the earliest shown packet's beginning, cut off at the edit list's */
  readonly first: number;
  /** ticks: where the last packet ends, or where the edit list ends the track */
  readonly end: number;
  /** whether the edit list hides a packet altogether, or shows parts out of order */
  readonly hides: boolean;
}

/** Applies a track's edit list to its packets. A list of more than a pause and one stretch counts as hiding. */
export function shownTimes(track: Mp4Track, movie: Pick<Mp4, "timescale">): ShownTimes {
  const { samples, timescale, edits } = track;
  const pauses = edits.filter(({ from }) => from < 0);
  const stretches = edits.filter(({ from }) => from >= 0);
  const pauseTicks = pauses.reduce((sum, { length }) => sum + (length * timescale) / movie.timescale, 0);
  const [stretch] = stretches;
  const from = stretch?.from ?? 0;
  // A length of 0 means "to the end": fragmented files are begun before it is known.
  const lengthTicks =
    stretch && stretch.length > 0 ? (stretch.length * timescale) / movie.timescale : Number.POSITIVE_INFINITY;
  // The edit list counts in the film's coarser ticks, so its ends are known only to one of those.
  const slack = timescale / movie.timescale + 1;

  const ticks = new Float64Array(samples.count);
  let decoded = 0;
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  let hides = stretches.length > 1;
  for (let index = 0; index < samples.count; index++) {
    const duration = samples.durations[index] ?? 0;
    const shown = decoded + (samples.shownAfter[index] ?? 0) - from;
    ticks[index] = shown + pauseTicks;
    if (shown + duration <= 0 || shown >= lengthTicks + slack) hides = true;
    first = Math.min(first, shown);
    end = Math.max(end, shown + duration);
    decoded += duration;
  }
  if (lengthTicks < end - slack) end = lengthTicks;
  return { ticks, first: Math.max(first, 0) + pauseTicks, end: end + pauseTicks, hides };
}

/** Whether all packets last equally long. The last one may differ: some writers cannot know it. */
export function isSteady(track: Mp4Track): boolean {
  const { durations, count } = track.samples;
  const usual = durations[0];
  for (let index = 1; index < count - 1; index++) if (durations[index] !== usual) return false;
  return true;
}
