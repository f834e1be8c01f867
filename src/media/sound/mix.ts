import type { World } from "../../world/world.ts";
import { goesOnAtItsEnd } from "./loop-point.ts";
import { piecesOf, type RawSound, readRaw, type Stretch } from "./raw-sound.ts";
import { crossFade, edgeGain, FADE_SAMPLES, fadeEdges, SOUND, type SoundSlot } from "./sound-slots.ts";

/** Something that is heard in a stretch of the film. Positions are samples of one channel. */
export interface Layer {
  readonly start: number;
  readonly samples: number;
  /** interleaved samples of a stretch of the layer, as they are to be added */
  readonly read: (stretch: Stretch) => Promise<Float32Array>;
}

export interface MixedPiece {
  /** sample of the film at which it begins */
  readonly from: number;
  /** interleaved */
  readonly samples: Float32Array;
}

/** The sum of all layers, piece by piece: of each only what sounds in the piece is in memory. */
export async function* mix(
  layers: readonly Layer[],
  samples: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<MixedPiece> {
  for (const { from, to } of piecesOf({ from: 0, to: samples })) {
    signal?.throwIfAborted();
    const sum = new Float32Array((to - from) * SOUND.channels);
    for (const layer of layers) {
      const [first, end] = [Math.max(from, layer.start), Math.min(to, layer.start + layer.samples)];
      if (first >= end) continue;
      const part = await layer.read({ from: first - layer.start, to: end - layer.start });
      const at = (first - from) * SOUND.channels;
      for (let index = 0; index < part.length; index++) sum[at + index] = (sum[at + index] ?? 0) + (part[index] ?? 0);
    }
    yield { from, samples: sum };
  }
}

/** A clip in its slot, padded with silence where it is shorter. */
export function clipLayer(files: World["files"], sound: RawSound, slot: SoundSlot, gain: number): Layer {
  return {
    start: slot.start,
    samples: slot.samples,
    read: async (stretch) => {
      const piece = await readRaw(files, sound, stretch);
      fadeEdges(piece, stretch.from, slot);
      crossFade(piece, stretch.from, slot);
      amplify(piece, gain);
      return piece;
    },
  };
}

/** A voice from its place on. Where the film ends before it, it is faded in the last 5 ms. */
export function voiceLayer(
  files: World["files"],
  sound: RawSound,
  start: number,
  filmSamples: number,
  gain: number,
): Layer {
  const samples = Math.max(0, Math.min(sound.samples, filmSamples - start));
  const isCut = samples < sound.samples;
  return {
    start,
    samples,
    read: async (stretch) => {
      const piece = await readRaw(files, sound, stretch);
      if (isCut) fadeEdges(piece, stretch.from, { samples, fadeIn: false, fadeOut: true });
      amplify(piece, gain);
      return piece;
    },
  };
}

export interface MusicShape {
  readonly loop: boolean;
  /** samples of one channel */
  readonly fadeIn: number;
  readonly fadeOut: number;
  readonly gain: number;
}

/** A round that is no longer is kept in memory: of one sample, a film of an hour would read its file two hundred million times. */
const SHORT_ROUND_SAMPLES = SOUND.sampleRate;

/** Music from the film's first sample to its last, or to its own last where it does not play again. */
export function musicLayer(
  files: Pick<World["files"], "readBytes">,
  sound: RawSound,
  filmSamples: number,
  shape: MusicShape,
): Layer {
  const samples = shape.loop ? filmSamples : Math.min(filmSamples, sound.samples);
  const fade = Math.min(FADE_SAMPLES, Math.floor(sound.samples / 2));
  const isRepeated = samples > sound.samples;
  let goesOn: Promise<boolean> | undefined;
  const readRound = async (stretch: Stretch, round: number) => {
    const piece = await readRaw(files, sound, stretch);
    if (fade === 0 || !isRepeated) return piece;
    goesOn ??= goesOnAtItsEnd(files, sound);
    // Where its end and its beginning were not made for one another; the length of a round, and so the rhythm, stays.
    if (!(await goesOn)) fadeEdges(piece, stretch.from, { samples: sound.samples, fadeIn: round > 0, fadeOut: true });
    return piece;
  };
  const kept = new Map<boolean, Promise<Float32Array>>();
  const readOnce = async (stretch: Stretch, round: number) => {
    if (sound.samples > SHORT_ROUND_SAMPLES) return readRound(stretch, round);
    const isFirst = round === 0;
    const whole = kept.get(isFirst) ?? readRound({ from: 0, to: sound.samples }, round);
    kept.set(isFirst, whole);
    return (await whole).subarray(stretch.from * SOUND.channels, stretch.to * SOUND.channels);
  };
  const read = async ({ from, to }: Stretch) => {
    const piece = new Float32Array((to - from) * SOUND.channels);
    for (let at = from; at < to; ) {
      const round = Math.floor(at / sound.samples);
      const begin = at - round * sound.samples;
      const length = Math.min(to - at, sound.samples - begin);
      piece.set(await readOnce({ from: begin, to: begin + length }, round), (at - from) * SOUND.channels);
      at += length;
    }
    for (let sample = 0; sample < to - from; sample++) {
      const at = from + sample;
      const factor = shape.gain * edgeGain(at, shape.fadeIn) * edgeGain(samples - 1 - at, shape.fadeOut);
      for (let channel = 0; channel < SOUND.channels; channel++) {
        const index = sample * SOUND.channels + channel;
        piece[index] = (piece[index] ?? 0) * factor;
      }
    }
    return piece;
  };
  return { start: 0, samples: sound.samples === 0 ? 0 : samples, read };
}

function amplify(piece: Float32Array, gain: number): void {
  if (gain === 1) return;
  for (let index = 0; index < piece.length; index++) piece[index] = (piece[index] ?? 0) * gain;
}
