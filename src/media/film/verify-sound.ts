import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { readMp4 } from "../mp4/mp4.ts";
import { packetsOf } from "../mp4/packet-bytes.ts";
import { readPairs } from "../mp4/packet-pairs.ts";

/**
 * Compares the sound in a film with the sound that was made for it and heard before: every packet, and how many samples at
 * its beginning are not heard.
 *
 * @returns what is wrong, in words; empty when both are the same
 */
export async function findSoundFaults(
  world: Pick<World, "files">,
  film: string,
  sound: string,
): Promise<readonly string[]> {
  const [is, wanted] = await Promise.all([film, sound].map((path) => soundOf(world, path)));
  if (!is || !wanted) return ["its sound cannot be read"];
  let isSame = is.packets.length === wanted.packets.length;
  await readPairs(world.files, is.packets, wanted.packets, (_, one, other) => {
    isSame &&= Buffer.compare(one, other) === 0;
  });
  return [
    ...(isSame ? [] : ["the packets of its sound are not those that were made for it"]),
    ...(is.hidden === wanted.hidden ? [] : [`${is.hidden} samples of its sound are left out, not ${wanted.hidden}`]),
  ];
}

async function soundOf(world: Pick<World, "files">, path: string) {
  try {
    const { tracks } = await readMp4(world.files, path);
    const track = tracks.find(({ kind }) => kind === "sound");
    return track && { packets: packetsOf(path, track.samples), hidden: track.edits[0]?.from ?? 0 };
  } catch (error) {
    if (error instanceof BrokenMp4) return undefined;
    throw error;
  }
}
