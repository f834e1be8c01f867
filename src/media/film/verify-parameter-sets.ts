import {
  type AvcConfig,
  type ParameterSet,
  PICTURE_SET,
  readAvcConfig,
  SEQUENCE_SET,
  setId,
} from "../clip/avc-config.ts";
import type { Mp4Track } from "../mp4/mp4.ts";
import type { SourcePart } from "./source-parts.ts";

/** Whether every part finds the settings it was encoded with in the film, under its own number. */
export function unknownParameterSets(picture: Mp4Track, parts: readonly SourcePart[]): readonly string[] {
  const film = readAvcConfig(picture.decoderConfig);
  if (!film) return ["its decoder settings cannot be read"];
  return parts.flatMap(({ decoderConfig }, index) => {
    const part = readAvcConfig(decoderConfig);
    const isThere =
      part?.lengthBytes === film.lengthBytes &&
      setsOf(part).every((set) => setsOf(film).some(({ bytes }) => Buffer.compare(bytes, set.bytes) === 0));
    return isThere ? [] : [`clip ${index + 1} needs other decoder settings than the film has`];
  });
}

/**
 * Some encoders repeat their settings among the pictures. Where these are others than the film's, a part that comes later and
 * calls its own by the same number would be decoded with them.
 */
export function strayParameterSets(picture: Pick<Mp4Track, "decoderConfig">) {
  const film = readAvcConfig(picture.decoderConfig);
  const strays = new Set<number>();
  return {
    look(packet: Uint8Array): void {
      if (!film) return;
      const { lengthBytes } = film;
      for (let at = 0; at + lengthBytes <= packet.length; ) {
        const start = at + lengthBytes;
        at = start + lengthAt(packet, at, lengthBytes);
        const kind = (packet[start] ?? 0) & 31;
        if (kind !== SEQUENCE_SET && kind !== PICTURE_SET) continue;
        const unit = packet.subarray(start, at);
        const isKnown = setsOf(film).some(({ bytes }) => Buffer.compare(bytes, unit) === 0);
        if (!isKnown) strays.add(setId(unit) ?? -1);
      }
    },
    faults(): readonly string[] {
      return strays.size === 0 ? [] : ["among its pictures stand decoder settings that are not the film's"];
    },
  };
}

/** Bytes of the unit whose length stands there. */
function lengthAt(packet: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let byte = 0; byte < lengthBytes; byte++) length = length * 256 + (packet[at + byte] ?? 0);
  return length;
}

function setsOf({ sequenceSets, pictureSets }: AvcConfig): readonly ParameterSet[] {
  return [...sequenceSets, ...pictureSets];
}
