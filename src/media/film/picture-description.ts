import { type AvcConfig, avcConfigBody, type ParameterSet, readAvcConfig } from "../clip/avc-config.ts";
import { box } from "../mp4/box-writer.ts";
import { boxesIn, bytesOf } from "../mp4/boxes.ts";

/** Bytes of a picture's description before its boxes, and its head. @see ISO/IEC 14496-12, 12.1.3 */
const FIELDS = 78;
const HEAD = 8;

/** The name that the encoder gives itself: not the film's. */
const ENCODER_NAME = { start: HEAD + 42, length: 32 };

/** What the film keeps of the first part's boxes: the shape of a pixel and the colours. Rates of bits are a part's own. */
const KEPT = ["pasp", "colr"];

/** Profiles of 8-bit 4:2:0, each decoded by whoever decodes the next. @see ITU-T H.264, annex A */
const PROFILES = [66, 77, 100];

export type Description =
  | { readonly ok: true; readonly description: Uint8Array }
  | { readonly ok: false; readonly why: string };

/**
 * One description for all parts of a film: with the parameter sets of all, as players choke on several descriptions.
 *
 * @param parts - the whole `avc1` entry of each kind of part, the first part's first
 */
export function mergeDescriptions(parts: readonly Uint8Array[]): Description {
  const [first] = parts;
  if (!first) return refuse("the film has no parts");
  const configs: AvcConfig[] = [];
  for (const part of parts) {
    if (Buffer.from(part.subarray(4, 8)).toString("latin1") !== "avc1") return refuse("a part is not H.264 as `avc1`");
    const body = childrenOf(part).find(({ type }) => type === "avcC")?.body;
    const config = body && readAvcConfig(bytesOf(body));
    if (!config) return refuse("a part's decoder settings cannot be read");
    configs.push(config);
  }
  const merged = mergeConfigs(configs);
  if (typeof merged === "string") return refuse(merged);
  const fields = Uint8Array.from(first.subarray(HEAD, HEAD + FIELDS));
  fields.fill(0, ENCODER_NAME.start - HEAD, ENCODER_NAME.start - HEAD + ENCODER_NAME.length);
  const kept = childrenOf(first).filter(({ type }) => KEPT.includes(type));
  return {
    ok: true,
    description: box("avc1", [
      fields,
      box("avcC", avcConfigBody(merged)),
      kept.map(({ type, body }) => box(type, bytesOf(body))),
    ]),
  };
}

function mergeConfigs(configs: readonly AvcConfig[]): AvcConfig | string {
  const [first] = configs;
  if (!first) return "the film has no parts";
  if (configs.some(({ lengthBytes }) => lengthBytes !== first.lengthBytes)) {
    return "parts count the bytes of their units in different ways";
  }
  const profiles = [...new Set(configs.map(({ profile }) => profile))];
  if (profiles.length > 1 && !profiles.every((profile) => PROFILES.includes(profile))) {
    return `parts of profiles ${profiles.join(" and ")} cannot stand in one track`;
  }
  const sequenceSets = mergeSets(configs.map((config) => config.sequenceSets));
  const pictureSets = mergeSets(configs.map((config) => config.pictureSets));
  if (!sequenceSets || !pictureSets) return "two parts call different decoder settings by one number";
  const highest = configs.reduce((best, config) => (config.profile > best.profile ? config : best));
  return {
    profile: highest.profile,
    // A promise holds for the film only if every part makes it.
    constraints: configs.reduce((flags, config) => flags & config.constraints, 0xff),
    level: Math.max(...configs.map(({ level }) => level)),
    lengthBytes: first.lengthBytes,
    ...{ sequenceSets, pictureSets, extension: highest.extension },
  };
}

/** Each set once; undefined where one number stands for two. */
function mergeSets(lists: readonly (readonly ParameterSet[])[]): readonly ParameterSet[] | undefined {
  const sets = new Map<number, ParameterSet>();
  for (const set of lists.flat()) {
    const known = sets.get(set.id);
    if (known && Buffer.compare(known.bytes, set.bytes) !== 0) return undefined;
    sets.set(set.id, set);
  }
  return [...sets.values()];
}

function childrenOf(entry: Uint8Array) {
  return boxesIn(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), HEAD + FIELDS);
}

function refuse(why: string): Description {
  return { ok: false, why };
}
