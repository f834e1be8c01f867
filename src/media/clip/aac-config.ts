import { boxesIn } from "../mp4/boxes.ts";

/** How a track's AAC is decoded, as far as it decides whether two clips' packets can stand in one track. */
export interface AacConfig {
  /** 2 is AAC-LC; 5 and 29 are the two kinds of HE-AAC. @see ISO/IEC 14496-3, table 1.17 */
  readonly objectType: number;
  readonly sampleRate: number;
  /** 0: told in the packets and not here */
  readonly channels: number;
  readonly packetSamples: 1024 | 960;
  /** the decoder makes the upper half of the spectrum up and gives twice as many samples: HE-AAC in disguise */
  readonly isDoubled: boolean;
}

/** AAC-LC, what all players know. */
export const AAC_LC = 2;

/** Boxes inside a sound's description start after 28 bytes of fixed fields. @see ISO/IEC 14496-12, 12.2.3 */
const SOUND_FIELDS = 28;
const BOX_HEADER = 8;

/** @see ISO/IEC 14496-3, table 1.18 */
export const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/**
 * Reads what a sound's entry in `stsd` says of its AAC.
 *
 * @param description - the whole entry, head included
 * @returns undefined where it says nothing that we understand
 */
export function readAacConfig(description: Uint8Array): AacConfig | undefined {
  try {
    const entry = new DataView(description.buffer, description.byteOffset, description.byteLength);
    const esds = boxesIn(entry, BOX_HEADER + SOUND_FIELDS).find(({ type }) => type === "esds");
    const specific = esds && findSpecificConfig(esds.body);
    return specific && readSpecificConfig(specific);
  } catch (error) {
    // A list that ends before what it announces.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Descriptors lie inside each other: the stream's (3), its decoder's (4), and what that decoder wants to know (5). */
function findSpecificConfig(esds: DataView): DataView | undefined {
  let at = 4;
  while (at < esds.byteLength) {
    const tag = esds.getUint8(at++);
    let length = 0;
    let byte: number;
    do {
      byte = esds.getUint8(at++);
      length = (length << 7) | (byte & 0x7f);
    } while (byte & 0x80);
    if (tag === 5) return new DataView(esds.buffer, esds.byteOffset + at, length);
    if (tag === 3)
      at += esds.getUint8(at + 2) === 0 ? 3 : esds.byteLength; // fields that no MP4 has would follow
    else if (tag === 4) at += 13;
    else at += length;
  }
  return undefined;
}

/** @see ISO/IEC 14496-3, 1.6.2.1 `AudioSpecificConfig` and 4.4.1 `GASpecificConfig` */
function readSpecificConfig(bytes: DataView): AacConfig {
  const bits = bitReader(bytes);
  const objectType = bits.read(5);
  const rateIndex = bits.read(4);
  const sampleRate = rateIndex === 15 ? bits.read(24) : (SAMPLE_RATES[rateIndex] ?? 0);
  const channels = bits.read(4);
  const packetSamples = bits.read(1) === 1 ? 960 : 1024;
  bits.read(2);
  // An announcement that old decoders pass over: eleven bits to know it by, the kind, and whether it is used at all.
  const isDoubled = bits.left >= 17 && bits.read(11) === 0x2b7 && bits.read(5) === 5 && bits.read(1) === 1;
  return { objectType, sampleRate, channels, packetSamples, isDoubled };
}

function bitReader(bytes: DataView) {
  let at = 0;
  return {
    get left() {
      return bytes.byteLength * 8 - at;
    },
    read(count: number): number {
      let value = 0;
      for (let index = 0; index < count; index++, at++) {
        value = value * 2 + ((bytes.getUint8(at >> 3) >> (7 - (at & 7))) & 1);
      }
      return value;
    },
  };
}
