import type { JudgedSeam, Judgement, Marker } from "./judge-film.ts";

/** One line of what is promised of films, with what was measured. */
export interface Demand {
  readonly what: string;
  readonly demand: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** A film whose sound goes on over a seam is judged there against the sine; the fades of a cut are meant to be heard. */
export function demandsOf(film: Judgement): readonly Demand[] {
  const { markers, seams } = film;
  const continued = seams.filter(({ continues }) => continues);
  const compared = seams.flatMap(({ errorDb }) => (errorDb === undefined ? [] : [errorDb]));
  const inserted = seams.flatMap(({ insertedSamples }) => (insertedSamples === undefined ? [] : [insertedSamples]));
  return [
    atMost("frames", 0, Math.abs(film.frames - film.wantedFrames), `${film.frames}`, `${film.wantedFrames}`),
    none("every frame of every clip once, in order", film.pictureFaults),
    atMost("copied packets that changed", 0, film.changedPackets, `${film.changedPackets} of ${film.copiedPackets}`),
    atMost("ways of decoding that the picture lists", 1, film.descriptions),
    atMost("packets that last longer or shorter than others", 0, film.unevenPackets),
    atMost("first frame is shown at 0, s", 0, Math.abs(film.firstShownSeconds)),
    atMost("film's length, ticks off", 1, film.lengthErrorTicks),
    atMost("sound's length against the picture's, ticks off", 1, film.soundErrorTicks),
    none("bursts that are not heard", film.missingBursts),
    atMost("bursts that should not be heard", 0, film.surplusBursts),
    atMost("flash to burst by timestamps, ms", 1, farthest(markers.map(({ byTimeMs }) => byTimeMs))),
    atMost("flash to burst by counting samples, ms", 1, farthest(markers.map(({ byCountMs }) => byCountMs))),
    atMost("growth of that over 100 clips, ms", 0.01, Math.abs(growthPer100(markers))),
    // The finder is true to a sample on either side.
    atMost("samples inserted or lost at a seam", 2, farthest(inserted)),
    atMost("gap where sound goes on over a seam, ms", 0, farthest(continued.map(({ gapMs }) => gapMs))),
    atMost(
      "seam against the clips' own sound, dB",
      -24,
      compared.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...compared),
    ),
    atMost("step at a cut, above 4 kHz, dBFS", -55, loudestClick(seams)),
    // 16 bits cannot hold less.
    atMost("sound in a silent clip, of full scale", 1 / 32_768, film.loudestSilence),
    none(
      "a strict decoder complains of",
      film.complaints.split("\n").filter((line) => line !== ""),
    ),
  ];
}

/** Those that are not met, a line each. */
export function unmet(demands: readonly Demand[]): readonly string[] {
  return demands
    .filter(({ isMet }) => !isMet)
    .map(({ what, demand, measured }) => `${what}: ${measured}, not ${demand}`);
}

function atMost(what: string, limit: number, value: number, measured = shown(value), demand?: string): Demand {
  return { what, demand: demand ?? (limit === 0 ? "0" : `at most ${limit}`), measured, isMet: value <= limit };
}

function none(what: string, faults: readonly string[]): Demand {
  const [first, ...others] = faults;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return {
    what,
    demand: "none",
    measured: first === undefined ? "none" : `${first}${more}`,
    isMet: faults.length === 0,
  };
}

function shown(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(3))}` : "-";
}

function farthest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The slope of a straight line through all markers. A few clips have none to speak of: a marker is found to a sample. */
function growthPer100(markers: readonly Marker[]): number {
  const clips = new Set(markers.map(({ clip }) => clip)).size;
  if (clips < 100) return 0;
  const mean = (of: (marker: Marker) => number) =>
    markers.reduce((sum, marker) => sum + of(marker), 0) / markers.length;
  const [clip, late] = [mean((marker) => marker.clip), mean((marker) => marker.byCountMs)];
  const rise = mean((marker) => (marker.clip - clip) * (marker.byCountMs - late));
  return (100 * rise) / mean((marker) => (marker.clip - clip) ** 2);
}

function loudestClick(seams: readonly JudgedSeam[]): number {
  return seams.reduce((most, { clickDb }) => Math.max(most, clickDb), Number.NEGATIVE_INFINITY);
}
