import { secondsOf } from "../../shot/frame-rate.ts";
import type { Mp4, Mp4Track } from "../mp4/mp4.ts";
import { shownTimes } from "../mp4/times.ts";
import type { WhatWentIn, WrittenSound } from "./what-went-in.ts";

/** How far apart picture and sound may end where another wrote the film: a packet of sound, and a little. */
const END_TOLERANCE_SECONDS = 0.025;

/** When the frames are shown, and when both tracks begin and end. */
export function timeFaults(
  movie: Mp4,
  picture: Mp4Track,
  sound: Mp4Track,
  { frames, format: { frameRate: rate } }: Pick<WhatWentIn["job"], "frames" | "format">,
  written: WrittenSound | undefined,
): readonly string[] {
  if (picture.samples.count !== frames) return [`it has ${picture.samples.count} frames, its clips have ${frames}`];

  const faults: string[] = [];
  const shown = shownTimes(picture, movie);
  // Whole ticks a frame leave no room for rounding; where a rate does not fit the ticks, each frame is rounded by itself.
  const ticksPerFrame = (picture.timescale * rate.denominator) / rate.numerator;
  const tolerance = Number.isInteger(ticksPerFrame) ? 0.001 : 1;
  const early = Float64Array.from(shown.ticks).sort();
  const misplaced = early.findIndex((ticks, index) => Math.abs(ticks - index * ticksPerFrame) > tolerance);
  if (misplaced !== -1) {
    const is = ((early[misplaced] ?? 0) / picture.timescale).toFixed(6);
    faults.push(`frame ${misplaced} is shown at ${is} s, not at ${secondsOf(misplaced, rate).toFixed(6)} s`);
  }
  if (shown.hides) faults.push("an edit list hides some of its frames");

  const heard = shownTimes(sound, movie);
  if (heard.first !== 0) faults.push(`its sound begins at ${(heard.first / sound.timescale).toFixed(4)} s`);
  const wantedEnd = secondsOf(frames, rate);
  const mostOff = written ? 1 / movie.timescale + 1e-9 : END_TOLERANCE_SECONDS;
  for (const [name, end] of [
    ["picture", shown.end / picture.timescale],
    ["sound", heard.end / sound.timescale],
  ] as const) {
    if (Math.abs(end - wantedEnd) > mostOff) {
      faults.push(`its ${name} ends at ${end.toFixed(4)} s, not at ${wantedEnd.toFixed(4)} s`);
    }
  }
  return [...faults, ...(written ? soundFaults(sound, written) : [])];
}

/** Sound that is copied is not decoded for the check, so every number of it must be right. */
function soundFaults({ samples, edits }: Mp4Track, written: WrittenSound): readonly string[] {
  const { count, durations } = samples;
  const priming = edits[0]?.from ?? 0;
  return [
    ...(count === written.packets ? [] : [`it has ${count} packets of sound, not ${written.packets}`]),
    ...(durations.every((duration) => duration === written.packetSamples)
      ? []
      : ["the packets of its sound do not last equally long"]),
    ...(priming === written.primingSamples
      ? []
      : [`its sound is cut after ${priming} samples, not after ${written.primingSamples}`]),
  ];
}
