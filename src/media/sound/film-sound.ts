import { join } from "node:path";
import { type FilmLoudness, LOUDNESS_TOLERANCE, type Loudness } from "../../shot/loudness.ts";
import { checkSound, encodeSound } from "./encode-sound.ts";
import { layersOf } from "./film-layers.ts";
import { decodeParts, levelParts, type PartLevels, type Parts } from "./film-parts.ts";
import { type LevelledFilm, measureRaw, openLeveller } from "./level-film.ts";
import { HIGHEST_PEAK_DB } from "./level-shots.ts";
import { type Layer, mix } from "./mix.ts";
import { bytesOf, type RawSound } from "./raw-sound.ts";
import type { Machine, SoundJob } from "./sound-job.ts";
import { SOUND, type SoundSlot, samplesOf, soundSlots } from "./sound-slots.ts";

/** Share of the work after each step, as it was for 720p clips: decoding sound, mixing, encoding, hearing it again. */
const PROGRESS = { decoded: 0.4, mixed: 0.5, encoded: 0.9 } as const;

export interface MadeSound {
  /** the film's sound as AAC in an MP4 without a picture */
  readonly encoded: string;
  /** what was encoded */
  readonly raw: RawSound;
  readonly slots: readonly SoundSlot[];
  /** what is wrong with it, in words; empty when every clip is heard in its place */
  readonly faults: readonly string[];
  /** undefined where every level was left alone */
  readonly loudness: FilmLoudness | undefined;
}

/**
 * Makes a film's sound: each clip decoded once and by itself into its slot, brought to the film's level, laid over its
 * neighbours and under voices and music, encoded once, and heard again. A graph of 300 inputs would take gigabytes; here
 * only what sounds at a moment is in memory.
 *
 * @throws RenderError, NotASound
 */
export async function makeFilmSound(world: Machine, job: SoundJob): Promise<MadeSound> {
  const { sound, frames, frameRate, folder } = job;
  const samples = samplesOf(frames, frameRate);
  const slots = soundSlots(sound.clips, frameRate);
  const parts = await decodeParts(world, job, slots, samples, (done) => job.onProgress(PROGRESS.decoded * done));
  const levels = levelParts(sound, parts);
  const mixed = join(folder, "mixed.f32");
  await world.files.appendStream(mixed, bytesOfMix(await layersOf(world, job, slots, samples, parts, levels), job), {
    restart: true,
  });
  await Promise.all([...parts.clips, ...parts.voices].map(({ path }) => world.files.remove(path)));
  job.onProgress(PROGRESS.mixed);
  const film = { path: mixed, samples };
  if (sound.loudness === "off") {
    const { encoded, faults } = await encodeAndHear(world, job, film, slots);
    return { encoded, raw: film, slots, faults, loudness: undefined };
  }
  return bringToTarget(world, job, sound.loudness, film, slots, parts, levels);
}

async function* bytesOfMix(
  layers: readonly Layer[],
  { frames, frameRate, signal }: SoundJob,
): AsyncGenerator<Uint8Array> {
  for await (const { samples } of mix(layers, samplesOf(frames, frameRate), signal)) yield bytesOf(samples);
}

/** Further attempts where the encoder made peaks too high or the limiter took too much. */
const MOST_CORRECTIONS = 2;

async function bringToTarget(
  world: Machine,
  job: SoundJob,
  targetLufs: number,
  mixed: RawSound,
  slots: readonly SoundSlot[],
  parts: Parts,
  levels: PartLevels,
): Promise<MadeSound> {
  const ffmpeg = job.tools.ffmpeg.path;
  const before = await measureRaw(world, ffmpeg, mixed, job.signal);
  const raised = [...levels.clips, ...levels.voices];
  const level = openLeveller(world, { ffmpeg, mixed, loudness: before, targetLufs, raised, signal: job.signal });
  let correction = { gainDb: 0, peaksDb: 0 };
  for (let round = 0; ; round++) {
    const levelled = await level(correction, join(job.folder, "film.f32"));
    const { encoded, faults, loudness } = await encodeAndHear(world, job, levelled.sound, slots);
    const after = loudness ?? { integratedLufs: null, truePeakDb: null };
    const next = corrected(correction, targetLufs, levelled, after);
    if (next && round < MOST_CORRECTIONS) {
      correction = next;
      continue;
    }
    const film = { targetLufs, before, after, gainDb: told(levelled.gainDb), limitedDb: told(levelled.limitedDb) };
    const figures = { ...film, heldBy: levelled.heldBy ?? null, shots: shotLevels(parts, levels) };
    return { encoded, raw: levelled.sound, slots, faults, loudness: figures };
  }
}

/** What must be done differently; undefined when the film is as it should be, or as near as its limits allow. */
function corrected(
  last: { readonly gainDb: number; readonly peaksDb: number },
  targetLufs: number,
  { heldBy, limitedDb }: LevelledFilm,
  { integratedLufs, truePeakDb }: Loudness,
) {
  const excess = (truePeakDb ?? HIGHEST_PEAK_DB) - HIGHEST_PEAK_DB;
  const off = heldBy === undefined && limitedDb > 0 && integratedLufs !== null ? targetLufs - integratedLufs : 0;
  if (excess <= 0 && Math.abs(off) <= LOUDNESS_TOLERANCE) return undefined;
  return { gainDb: last.gainDb + off, peaksDb: last.peaksDb + (excess > 0 ? excess + 0.1 : 0) };
}

function shotLevels(parts: Parts, levels: PartLevels): FilmLoudness["shots"] {
  return parts.clips.map(({ loudness }, index) => {
    const { gainDb, heldBy } = levels.clips[index] ?? { gainDb: 0, heldBy: undefined };
    return {
      loudness: loudness ?? { integratedLufs: null, truePeakDb: null },
      gainDb: told(gainDb),
      heldBy: heldBy ?? null,
    };
  });
}

/** Decibels as they are told: a hundredth is finer than anybody hears. */
function told(decibels: number): number {
  return Math.round(decibels * 100) / 100 + 0;
}

async function encodeAndHear(world: Machine, job: SoundJob, sound: RawSound, slots: readonly SoundSlot[]) {
  const { folder, signal } = job;
  const ffmpeg = job.tools.ffmpeg.path;
  const encoded = join(folder, "sound.m4a");
  const seconds = sound.samples / SOUND.sampleRate;
  const onProgress = (done: number) =>
    job.onProgress(PROGRESS.mixed + (PROGRESS.encoded - PROGRESS.mixed) * Math.min(1, done / seconds));
  await encodeSound(world, ffmpeg, sound, encoded, onProgress, signal);
  const measured = job.sound.loudness !== "off";
  const scratch = join(folder, "heard.f32");
  const checked = await checkSound(world, { ffmpeg, encoded, sound, slots, scratch, measured, signal });
  await world.files.remove(scratch);
  job.onProgress(1);
  return { encoded, ...checked };
}
