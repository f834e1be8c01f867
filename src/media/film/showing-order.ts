import type { Samples } from "../mp4/samples.ts";

/**
 * The order in which a run of packets is shown.
 *
 * @returns for each packet its place among the run's frames, from 0; or, in words, why the run cannot stand by itself
 */
export function showingOrder(samples: Samples, first: number, end: number): readonly number[] | string {
  if (first < 0 || end > samples.count || first >= end) {
    return `it has ${samples.count} packets, not those from ${first} to ${end}`;
  }
  if (samples.keys[first] !== 1) return `packet ${first} is no key frame`;
  const shown: number[] = [];
  let decoded = 0;
  for (let index = 0; index < end; index++) {
    if (index >= first) shown.push(decoded + (samples.shownAfter[index] ?? 0));
    decoded += samples.durations[index] ?? 0;
  }
  const sorted = shown.map((_, index) => index).sort((a, b) => (shown[a] ?? 0) - (shown[b] ?? 0));
  const places: number[] = new Array(shown.length).fill(0);
  sorted.forEach((packet, place) => {
    places[packet] = place;
  });
  // Were a packet from elsewhere shown among these, they would be further apart there.
  const usual = samples.durations[first] ?? 0;
  const gap = sorted.findIndex((packet, place) => {
    const before = sorted[place - 1];
    return before !== undefined && Math.abs((shown[packet] ?? 0) - (shown[before] ?? 0) - usual) > usual / 4;
  });
  return gap === -1 ? places : `frame ${gap} does not follow the one before it at once`;
}
