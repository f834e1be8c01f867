import { BitReader } from "./bit-reader.ts";

/** How an H.264 track is decoded: the body of `avcC`. @see ISO/IEC 14496-15, 5.3.3 */
export interface AvcConfig {
  readonly profile: number;
  /** `constraint_set` flags, the first in the highest bit */
  readonly constraints: number;
  /** ten times the level: 31 is 3.1 */
  readonly level: number;
  /** bytes of the number before each unit of a packet: 1, 2 or 4 */
  readonly lengthBytes: number;
  readonly sequenceSets: readonly ParameterSet[];
  readonly pictureSets: readonly ParameterSet[];
  /** what higher profiles add: chroma and depth; empty where it is left out */
  readonly extension: Uint8Array;
}

/** A parameter set, its unit's head included. */
export interface ParameterSet {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Kinds of units. @see ITU-T H.264, table 7-1 */
export const SEQUENCE_SET = 7;
export const PICTURE_SET = 8;

/** @returns undefined when it is no such body */
export function readAvcConfig(body: Uint8Array): AvcConfig | undefined {
  if (body.length < 7 || body[0] !== 1) return undefined;
  let at = 5;
  const readSets = (count: number): ParameterSet[] | undefined => {
    const sets: ParameterSet[] = [];
    for (let index = 0; index < count; index++) {
      const length = (body[at] ?? 0) * 256 + (body[at + 1] ?? 0);
      const bytes = body.slice(at + 2, at + 2 + length);
      at += 2 + length;
      const id = bytes.length === length ? setId(bytes) : undefined;
      if (id === undefined) return undefined;
      sets.push({ id, bytes });
    }
    return sets;
  };
  const sequenceSets = readSets((body[at++] ?? 0) & 31);
  const pictureSets = sequenceSets && readSets(body[at++] ?? 0);
  if (!sequenceSets || !pictureSets) return undefined;
  const [, profile = 0, constraints = 0, level = 0, lengths = 0] = body;
  const lengthBytes = (lengths & 3) + 1;
  return { profile, constraints, level, lengthBytes, sequenceSets, pictureSets, extension: body.slice(at) };
}

/** The number by which pictures refer to a parameter set; undefined for other units. */
export function setId(unit: Uint8Array): number | undefined {
  const kind = (unit[0] ?? 0) & 31;
  // A sequence set says its profile and level first.
  if (kind === SEQUENCE_SET && unit.length > 4) return new BitReader(unit.subarray(4)).unsigned();
  return kind === PICTURE_SET && unit.length > 1 ? new BitReader(unit.subarray(1)).unsigned() : undefined;
}

export function avcConfigBody(config: AvcConfig): Uint8Array {
  const lengthOf = ({ bytes }: ParameterSet) => Uint8Array.of(bytes.length >> 8, bytes.length & 255);
  const written = (sets: readonly ParameterSet[]) => sets.flatMap((set) => [lengthOf(set), set.bytes]);
  const { profile, constraints, level, lengthBytes, sequenceSets, pictureSets, extension } = config;
  return Buffer.concat([
    Uint8Array.of(1, profile, constraints, level, 0xfc | (lengthBytes - 1), 0xe0 | sequenceSets.length),
    ...written(sequenceSets),
    Uint8Array.of(pictureSets.length),
    ...written(pictureSets),
    extension,
  ]);
}
