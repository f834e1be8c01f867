import type { HeldBy, Loudness } from "../../shot/loudness.ts";
import type { World } from "../../world/world.ts";
import { LOUDNESS_FILTER, readLoudness } from "../clip/loudness-filter.ts";
import { applyCurve, type GainCurve } from "./gain-curve.ts";
import { HIGHEST_PEAK_DB, LEVELLING, type Level, levelFilm } from "./level-shots.ts";
import { limiterCurve, limiterLossDb, mapPeaks, openPeakMap, type PeakMap } from "./limiter.ts";
import { bytesOf, factorOf, piecesOf, RAW_INPUT, type RawSound, readRaw } from "./raw-sound.ts";
import { PEAK_MARGIN } from "./true-peak.ts";

/** Peaks stay so far below their highest before the sound is encoded, as the encoder makes them higher. */
const ENCODER_MARGIN_DB = 1;

/** A film as it was mixed, and what is known of it. */
export interface MixedFilm {
  readonly ffmpeg: string;
  readonly mixed: RawSound;
  readonly loudness: Loudness;
  readonly targetLufs: number;
  readonly raised: readonly Level[];
  readonly signal: AbortSignal | undefined;
}

/** What is to be done differently after the encoded film was measured. */
export interface Correction {
  readonly gainDb: number;
  /** by how much lower its peaks must be */
  readonly peaksDb: number;
}

export interface LevelledFilm {
  readonly sound: RawSound;
  /** of the whole film, its limiter apart */
  readonly gainDb: number;
  readonly heldBy: HeldBy | undefined;
  /** by how much the highest peak was taken down, in dB */
  readonly limitedDb: number;
}

/** Levels a film again and again, as what an encoder makes of it is known only afterwards. */
export type FilmLeveller = (correction: Correction, output: string) => Promise<LevelledFilm>;

/**
 * Brings a film to its target by one gain; what then peaks too high is limited, and nothing else is touched.
 */
export function openLeveller(world: Pick<World, "files">, film: MixedFilm): FilmLeveller {
  const { mixed, loudness, targetLufs, raised, signal } = film;
  const peakDb = loudness.truePeakDb ?? Number.NEGATIVE_INFINITY;
  const level = levelFilm(loudness, targetLufs, raised);
  let known: Promise<PeakMap> | undefined;
  return async (correction, output) => {
    const ceilingDb = HIGHEST_PEAK_DB - ENCODER_MARGIN_DB - correction.peaksDb;
    let gainDb = level.gainDb + correction.gainDb;
    // ffmpeg tells peaks to a tenth of a dB.
    if (peakDb + gainDb + 0.1 <= ceilingDb) {
      const curve = { blockSamples: mixed.samples, gains: new Float32Array([1]) };
      const sound = gainDb === 0 ? mixed : await rewrite(world, mixed, curve, gainDb, output, signal);
      return { sound, gainDb, heldBy: level.heldBy, limitedDb: 0 };
    }
    const loud = factorOf(ceilingDb - gainDb - LEVELLING.mostFilmOverDb) / 2;
    known ??= peakMapOf(world, mixed, loud, signal);
    const map = await known;
    const limited = () => limiterCurve(map, factorOf(gainDb), factorOf(ceilingDb));
    let curve = limited();
    if (level.heldBy === undefined) {
      // What the limiter takes from the whole is given back, as far as the peaks allow.
      const room = Math.max(gainDb, ceilingDb + LEVELLING.mostFilmOverDb - peakDb);
      for (let round = 0; round < 3; round++) {
        gainDb = Math.min(room, level.gainDb + correction.gainDb - limiterLossDb(map, curve));
        curve = limited();
      }
    }
    const lowest = curve.gains.reduce((least, gain) => Math.min(least, gain), 1);
    const sound = await rewrite(world, mixed, curve, gainDb, output, signal);
    return { sound, gainDb, heldBy: level.heldBy, limitedDb: -20 * Math.log10(lowest) };
  };
}

/** Measures decoded sound. */
export async function measureRaw(
  world: Pick<World, "render">,
  ffmpeg: string,
  sound: RawSound,
  signal: AbortSignal | undefined,
): Promise<Loudness> {
  const words: string[] = [];
  await world.render({
    ffmpeg,
    inputs: [{ source: `file:${sound.path}`, options: RAW_INPUT }],
    graph: `[0:a:0]${LOUDNESS_FILTER}[a]`,
    outputOptions: ["-map", "[a]", "-f", "null"],
    output: "-",
    onLine: (line) => words.push(line),
    ...(signal ? { signal } : {}),
  });
  return readLoudness(words.join("\n")) ?? { integratedLufs: null, truePeakDb: null };
}

/** @param loud - samples from which on the peaks between them are looked for */
async function peakMapOf(
  world: Pick<World, "files">,
  sound: RawSound,
  loud: number,
  signal: AbortSignal | undefined,
): Promise<PeakMap> {
  const map = openPeakMap(sound.samples);
  for (const { from, to } of piecesOf({ from: 0, to: sound.samples })) {
    signal?.throwIfAborted();
    const piece = await readRaw(world.files, sound, { from: from - PEAK_MARGIN, to: to + PEAK_MARGIN });
    mapPeaks(map, piece, PEAK_MARGIN, from, loud);
  }
  return map;
}

async function rewrite(
  world: Pick<World, "files">,
  sound: RawSound,
  curve: GainCurve,
  gainDb: number,
  output: string,
  signal: AbortSignal | undefined,
): Promise<RawSound> {
  async function* pieces() {
    for (const stretch of piecesOf({ from: 0, to: sound.samples })) {
      signal?.throwIfAborted();
      const piece = await readRaw(world.files, sound, stretch);
      applyCurve(piece, stretch.from, curve, factorOf(gainDb));
      yield bytesOf(piece);
    }
  }
  await world.files.appendStream(output, pieces(), { restart: true });
  return { path: output, samples: sound.samples };
}
