import type { Files } from "../../world/files.ts";
import type { Mp4Track } from "../mp4/mp4.ts";
import { packetsOf } from "../mp4/packet-bytes.ts";
import { readPairs } from "../mp4/packet-pairs.ts";
import { otherPackets, type SourcePart } from "./source-parts.ts";
import { strayParameterSets } from "./verify-parameter-sets.ts";

/**
 * Reads all of a film's pictures beside those of its parts, byte by byte.
 *
 * @param onPart - told how many parts were compared
 * @returns what is wrong, in words
 * @throws BrokenMp4
 */
export async function comparePictures(
  files: Pick<Files, "open">,
  film: string,
  picture: Mp4Track,
  parts: readonly SourcePart[],
  onPart: (done: number) => void = () => {},
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const stray = strayParameterSets(picture);
  let from = 0;
  for (const [index, { path, samples, first, end }] of parts.entries()) {
    const wanted = packetsOf(path, samples, first, end);
    const found = packetsOf(film, picture.samples, from, from + wanted.length);
    let isSame = true;
    const compare = (_: number, is: Uint8Array, should: Uint8Array) => {
      isSame &&= Buffer.compare(is, should) === 0;
      stray.look(is);
    };
    await readPairs(files, found, wanted, compare, signal);
    if (!isSame) faults.push(otherPackets(index, path));
    from += wanted.length;
    onPart(index + 1);
  }
  return [...faults, ...stray.faults()];
}
