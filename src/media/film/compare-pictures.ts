import type { Files } from "../../world/files.ts";
import type { Mp4Track } from "../mp4/mp4.ts";
import { packetsOf } from "../mp4/packet-bytes.ts";
import { readPairs } from "../mp4/packet-pairs.ts";
import { partsOfPackets, type SourcePart } from "./source-parts.ts";
import { strayParameterSets } from "./verify-parameter-sets.ts";

/**
 * Reads all of a film's pictures beside those of its parts, byte by byte.
 *
 * @param onPacket - told how many were compared
 * @returns what is wrong, in words
 * @throws BrokenMp4
 */
export async function comparePictures(
  files: Pick<Files, "open">,
  film: string,
  picture: Mp4Track,
  parts: readonly SourcePart[],
  onPacket: (done: number) => void = () => {},
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const wanted = parts.flatMap(({ path, samples, first, end }) => packetsOf(path, samples, first, end));
  const wrong = new Set<number>();
  const stray = strayParameterSets(picture);
  const compare = (index: number, is: Uint8Array, should: Uint8Array) => {
    if (Buffer.compare(is, should) !== 0) wrong.add(index);
    stray.look(is);
    onPacket(index + 1);
  };
  await readPairs(files, packetsOf(film, picture.samples), wanted, compare, signal);
  return [...partsOfPackets(wrong, parts), ...stray.faults()];
}
