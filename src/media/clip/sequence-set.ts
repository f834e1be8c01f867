import { BitReader } from "./bit-reader.ts";

/** What an H.264 stream says of itself, as far as ffprobe tells it. */
export interface SequenceSet {
  readonly profile: number;
  /** the flag that makes Baseline a constrained one */
  readonly constrained: boolean;
  readonly width: number;
  readonly height: number;
  /** undefined: not said */
  readonly sampleAspect: { readonly width: number; readonly height: number } | undefined;
  /** undefined: nothing is said of range and colours */
  readonly signal: Signal | undefined;
}

export interface Signal {
  readonly fullRange: boolean;
  /** numbers of ITU-T H.273; 2 stands for "not said" */
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
}

const UNSAID = 2;

/** Profiles that say more of chroma, depth and scaling than the others do. @see ITU-T H.264, 7.3.2.1.1 */
const LONG_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** @see ITU-T H.264, table E-1 */
const ASPECTS: readonly (readonly [number, number])[] = [
  ...([
    [1, 1],
    [12, 11],
    [10, 11],
    [16, 11],
    [40, 33],
    [24, 11],
    [20, 11],
    [32, 11],
  ] as const),
  ...([
    [80, 33],
    [18, 11],
    [15, 11],
    [64, 33],
    [160, 99],
    [4, 3],
    [3, 2],
    [2, 1],
  ] as const),
];
const OTHER_ASPECT = 255;

/**
 * Reads the sequence parameter set of an ordinary stream.
 *
 * @param unit - its head included
 * @returns undefined for what is no frame of 4:2:0 in 8 bits, and for what cannot be read
 * @see ITU-T H.264, 7.3.2.1.1 and E.1.1
 */
export function readSequenceSet(unit: Uint8Array): SequenceSet | undefined {
  const bits = new BitReader(unit.subarray(1));
  const profile = bits.bits(8);
  const flags = bits.bits(8);
  bits.bits(8); // level
  bits.unsigned(); // number of the set
  if (LONG_PROFILES.includes(profile)) {
    const chroma = bits.unsigned();
    const [luma, colour] = [bits.unsigned(), bits.unsigned()];
    if (chroma !== 1 || luma !== 0 || colour !== 0) return undefined;
    bits.bit();
    if (bits.bit() === 1) skipScaling(bits);
  }
  bits.unsigned();
  skipOrder(bits);
  bits.unsigned(); // reference frames
  bits.bit();
  const [across, down] = [bits.unsigned() + 1, bits.unsigned() + 1];
  const isFrames = bits.bit() === 1;
  bits.bit();
  const crop = bits.bit() === 1 ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] : [0, 0, 0, 0];
  const said = bits.bit() === 1 ? readUsability(bits) : { sampleAspect: undefined, signal: undefined };
  if (bits.ended || !isFrames) return undefined;
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  return {
    ...{ profile, constrained: (flags & 0x40) !== 0 },
    width: across * 16 - (left + right) * 2,
    height: down * 16 - (top + bottom) * 2,
    ...said,
  };
}

function skipScaling(bits: BitReader): void {
  for (let list = 0; list < 8; list++) {
    if (bits.bit() === 0) continue;
    let [last, next] = [8, 8];
    for (let index = 0; index < (list < 6 ? 16 : 64); index++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

/** How the order of showing is told. */
function skipOrder(bits: BitReader): void {
  const kind = bits.unsigned();
  if (kind === 0) bits.unsigned();
  if (kind !== 1) return;
  bits.bit();
  bits.signed();
  bits.signed();
  for (let left = bits.unsigned(); left > 0 && !bits.ended; left--) bits.signed();
}

function readUsability(bits: BitReader): Pick<SequenceSet, "sampleAspect" | "signal"> {
  const sampleAspect = bits.bit() === 1 ? readAspect(bits) : undefined;
  if (bits.bit() === 1) bits.bit();
  if (bits.bit() === 0) return { sampleAspect, signal: undefined };
  bits.bits(3);
  const fullRange = bits.bit() === 1;
  const [primaries, transfer, matrix] =
    bits.bit() === 1 ? [bits.bits(8), bits.bits(8), bits.bits(8)] : [UNSAID, UNSAID, UNSAID];
  return { sampleAspect, signal: { fullRange, primaries, transfer, matrix } };
}

function readAspect(bits: BitReader): SequenceSet["sampleAspect"] {
  const kind = bits.bits(8);
  const [width = 0, height = 0] = kind === OTHER_ASPECT ? [bits.bits(16), bits.bits(16)] : (ASPECTS[kind - 1] ?? []);
  return width > 0 && height > 0 ? { width, height } : undefined;
}
