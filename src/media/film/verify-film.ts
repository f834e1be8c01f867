import { crc32 } from "node:zlib";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { type Mp4, type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import type { FileStretch } from "../mp4/packet-bytes.ts";
import { packetsOf } from "../mp4/packet-checksums.ts";
import { readPackets } from "../mp4/packet-window.ts";
import { readParts, type SourcePart, unlikeSource } from "./source-parts.ts";
import { strayParameterSets, unknownParameterSets } from "./verify-parameter-sets.ts";
import { timeFaults } from "./verify-times.ts";
import type { WhatWentIn, WrittenTracks } from "./what-went-in.ts";

/**
 * Reads a joined film back, once, and compares it with its parts: every packet, when each is shown, what decodes it, and when
 * both tracks begin and end. Done with our own reader, as whoever wrote the film must not be its judge.
 *
 * @returns what is wrong, in words; empty when the film is exact
 */
export async function findFaults(
  world: Pick<World, "files">,
  film: string,
  { job, written, movieOf }: WhatWentIn,
  onPart: (done: number) => void = () => {},
  signal?: AbortSignal,
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
  const parts = await readParts(world.files, movieOf, job.picture, written?.picture, signal);
  const faults = [
    ...(picture.descriptions === 1 ? [] : [`its picture has ${picture.descriptions} descriptions`]),
    ...unknownParameterSets(picture, parts),
    ...timeFaults(movie, picture, sound, job, written),
    ...unlikeSource(picture, movie, parts),
    ...(await packetFaults(world, film, { picture, sound }, parts, written, onPart, signal)),
  ];
  // Other packets are mostly of another size too.
  return [...new Set(faults)];
}

/** Reads all packets of the film, in the order in which they lie there. */
async function packetFaults(
  world: Pick<World, "files">,
  film: string,
  { picture, sound }: { readonly picture: Mp4Track; readonly sound: Mp4Track },
  parts: readonly SourcePart[],
  written: WrittenTracks | undefined,
  onPart: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const wrong = new Set<number>();
  const stray = strayParameterSets(picture);
  const wanted = parts.flatMap(({ checksums }) => [...checksums]);
  const partOf = parts.flatMap(({ checksums }, part) => new Array<number>(checksums.length).fill(part));
  let wrongSound = 0;
  let read = 0;
  const look = (index: number, bytes: Uint8Array) => {
    const part = partOf[index] ?? 0;
    if (wanted[index] !== crc32(bytes)) wrong.add(part);
    stray.look(bytes);
    if (part > read) onPart(part);
    read = Math.max(read, part);
  };
  const listen = (index: number, bytes: Uint8Array) => {
    if (written && written.sound[index] !== crc32(bytes)) wrongSound++;
  };
  const frames = packetsOf(film, picture.samples, 0, wanted.length);
  const sounds = written ? packetsOf(film, sound.samples) : [];
  const { packets, first } = inFileOrder(frames, sounds);
  let [looked, heard] = [0, 0];
  const judge = (at: number, bytes: Uint8Array) => {
    if (first[at]) look(looked++, bytes);
    else listen(heard++, bytes);
  };
  await readPackets(world.files, packets, judge, signal);
  onPart(parts.length);
  return [
    ...[...wrong]
      .sort((a, b) => a - b)
      .map((part) => `the packets of clip ${part + 1} are not those of ${parts[part]?.path}`),
    ...(wrongSound > 0 ? [`${wrongSound} packets of its sound are not those that went in`] : []),
    ...stray.faults(),
  ];
}

/** Two tracks' packets as they lie in their file. `first` is 1 where one is of the first track. */
function inFileOrder(ones: readonly FileStretch[], others: readonly FileStretch[]) {
  const packets: FileStretch[] = [];
  const first = new Uint8Array(ones.length + others.length);
  for (let one = 0, other = 0; one < ones.length || other < others.length; ) {
    const [mine, theirs] = [ones[one], others[other]];
    const isFirst = theirs === undefined || (mine !== undefined && mine.start <= theirs.start);
    const next = isFirst ? mine : theirs;
    if (!next) break;
    first[packets.length] = isFirst ? 1 : 0;
    packets.push(next);
    if (isFirst) one++;
    else other++;
  }
  return { packets, first };
}
