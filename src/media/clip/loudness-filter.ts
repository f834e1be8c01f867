import type { Loudness } from "../../shot/loudness.ts";

/**
 * Lets sound through unchanged, as 48 kHz, and tells its loudness when it ends: on stderr, at ffmpeg's usual verbosity.
 * Mono counts 3 dB less than the two loudspeakers it is played on, so it must be made stereo before.
 * `dualmono=true` behind it does the same, where the sound goes nowhere else.
 */
export const LOUDNESS_FILTER = [
  "ebur128=peak=true", // true peaks as well, at twice the cost
  "framelog=verbose", // not a line every 100 ms; `quiet` is newer than some builds
].join(":");

/**
 * Finds what `LOUDNESS_FILTER` told.
 *
 * @param said - stderr of one ffmpeg that has the filter once
 * @returns undefined where the filter did not come to its end
 */
export function readLoudness(said: string): Loudness | undefined {
  const summary = said.split(/ Summary:\s/).at(-1) ?? "";
  const integrated = /^ +I: +(-?[\d.]+|-?inf|nan) LUFS/m.exec(summary)?.[1];
  const peak = /^ +Peak: +(-?[\d.]+|-?inf|nan) dBFS/m.exec(summary)?.[1];
  if (integrated === undefined || peak === undefined) return undefined;
  const lufs = Number(integrated);
  const truePeakDb = Number(peak);
  return {
    // The gate's own floor is what the filter says of silence.
    integratedLufs: Number.isFinite(lufs) && lufs > -70 ? lufs : null,
    truePeakDb: Number.isFinite(truePeakDb) ? truePeakDb : null,
  };
}
