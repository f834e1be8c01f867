import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { type Mp4, type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import { readParts, type SourcePart, unlikeSource } from "./source-parts.ts";
import { unknownParameterSets } from "./verify-parameter-sets.ts";
import { timeFaults } from "./verify-times.ts";
import type { WhatWentIn } from "./what-went-in.ts";

/** Says which of a film's packets are not those of its parts, in words. */
export type JudgePackets = (picture: Mp4Track, parts: readonly SourcePart[]) => Promise<readonly string[]>;

/**
 * Reads a joined film's tables back and compares them with its parts': every packet, when each is shown, what decodes it, and
 * when both tracks begin and end. Done with our own reader, as whoever wrote the film must not be its judge.
 *
 * @returns what is wrong, in words; empty when the film is exact
 */
export async function findFaults(
  world: Pick<World, "files">,
  film: string,
  { job, written, movieOf }: WhatWentIn,
  judgePackets: JudgePackets,
): Promise<readonly string[]> {
  let movie: Mp4;
  try {
    movie = await readMp4(world.files, film);
  } catch (error) {
    if (error instanceof BrokenMp4) return [error.message];
    throw error;
  }
  const pictures = movie.tracks.filter(({ kind }) => kind === "picture");
  const sounds = movie.tracks.filter(({ kind }) => kind === "sound");
  const texts = job.captions.length + (job.chapters.length > 0 ? 1 : 0);
  const [picture] = pictures;
  const [sound] = sounds;
  if (!picture || !sound || pictures.length > 1 || sounds.length > 1 || movie.tracks.length !== 2 + texts) {
    return [
      `it has ${pictures.length} tracks of picture and ${sounds.length} of sound among ${movie.tracks.length}, not one of each and ${texts} of text`,
    ];
  }
  const parts = await readParts(movieOf, job.picture);
  const faults = [
    ...(picture.descriptions === 1 ? [] : [`its picture has ${picture.descriptions} descriptions`]),
    ...unknownParameterSets(picture, parts),
    ...timeFaults(movie, picture, sound, job, written),
    ...unlikeSource(picture, movie, parts),
    ...(await judgePackets(picture, parts)),
  ];
  // Other packets are mostly of another size too.
  return [...new Set(faults)];
}
