import type { Files } from "../../world/files.ts";
import { type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import type { Onlooker } from "../mp4/write-mp4.ts";
import { openPacketCopies, type PacketCopy } from "./packet-copies.ts";
import { type PartPlace, partsOfPackets } from "./source-parts.ts";
import { openSpotChecks, type SpotChecks } from "./spot-checks.ts";
import { strayParameterSets } from "./verify-parameter-sets.ts";

export interface ProofReader extends Onlooker {
  /** @returns what is wrong with the packets, in words */
  faults(parts: readonly PartPlace[]): readonly string[];
  close(): Promise<void>;
}

/**
 * Reads a film while it is written, close behind the pen: each packet at the place that the film's own tables name, compared
 * with its bytes as they were taken from the clip. What was taken and what was written are still at hand then; when the film is
 * done, both would have to be fetched again.
 *
 * Its tables are those that the disk has, what it reads was handed to the disk, which is looked at in spots, and its copies of
 * what was taken are its own: no mistake of the writer is its too.
 */
export function openProofReader(files: Pick<Files, "open" | "stat">, film: string): ProofReader {
  let spots: SpotChecks | undefined;
  let tracks: readonly ProofTrack[] = [];
  let head = 0;
  let filmBytes = 0;
  const copies = openPacketCopies();
  /** bytes of the first of them that were compared */
  let compared = 0;
  /** packets of tracks that the film's tables do not have */
  let strangers = 0;

  const startOf = ({ end, bytes }: PacketCopy): number => head + end - bytes;
  /** One without a byte is whole where it stands. */
  const beginsBefore = (copy: PacketCopy, end: number): boolean => startOf(copy) < end || head + copy.end === end;
  /** Compares what a piece holds of a packet. @returns whether the packet's end came */
  const compare = (copy: PacketCopy, piece: Uint8Array, from: number): boolean => {
    const proof = tracks[copy.track];
    const start = startOf(copy);
    const at = start + compared - from;
    const length = Math.min(copy.bytes - compared, piece.length - at);
    const isInPlace = proof?.track.samples.offsets[copy.packet] === start;
    const isWhole = proof?.track.samples.sizes[copy.packet] === copy.bytes;
    if (!proof) strangers++;
    else if (!isInPlace || !isWhole || !copies.isFirst(piece, at, length, compared)) proof.wrong.add(copy.packet);
    compared += length;
    if (compared < copy.bytes) return false;
    if (proof?.track.kind === "picture") proof.stray.look(copies.firstBytes());
    compared = 0;
    return true;
  };
  return {
    async begin({ headBytes, bytes, direct }) {
      head = headBytes;
      filmBytes = bytes;
      // What the system has in its memory would have to go to the disk before it could be read there.
      spots = openSpotChecks(await files.open(film, { direct }));
      const movie = await readMp4(files, film, bytes);
      tracks = movie.tracks.map((track) => ({ track, wrong: new Set(), stray: strayParameterSets(track) }));
    },
    take: copies.add,
    async follow(piece, from) {
      await spots?.border(piece, from);
      const end = from + piece.length;
      for (let copy = copies.first(); copy && beginsBefore(copy, end); copy = copies.first()) {
        if (!compare(copy, piece, from)) break;
        copies.drop();
      }
      if (end === filmBytes) await spots?.end();
    },
    faults(parts) {
      const isUnread = copies.first() !== undefined || strangers > 0;
      const unread = isUnread ? ["not all of its packets were read back"] : [];
      return [...tracks.flatMap((proof) => faultsOf(proof, parts)), ...unread, ...(spots?.faults() ?? [])];
    },
    async close() {
      await spots?.close();
    },
  };
}

interface ProofTrack {
  readonly track: Mp4Track;
  /** packets that the film does not hold as they were taken */
  readonly wrong: Set<number>;
  readonly stray: ReturnType<typeof strayParameterSets>;
}

function faultsOf({ track, wrong, stray }: ProofTrack, parts: readonly PartPlace[]): readonly string[] {
  if (track.kind === "picture") return [...partsOfPackets(wrong, parts), ...stray.faults()];
  if (wrong.size === 0) return [];
  return [`${wrong.size} packets of its ${track.kind === "sound" ? "sound" : "words"} are not those that went in`];
}
