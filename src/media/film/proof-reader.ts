import type { Files } from "../../world/files.ts";
import { type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import type { Onlooker } from "../mp4/write-mp4.ts";
import { openPacketCopies, type PacketCopy } from "./packet-copies.ts";
import { openReadBehind, type ReadBehind } from "./read-behind.ts";
import { type PartPlace, partsOfPackets } from "./source-parts.ts";
import { strayParameterSets } from "./verify-parameter-sets.ts";

export interface ProofReader extends Onlooker {
  /** @returns what is wrong with the packets, in words */
  faults(parts: readonly PartPlace[]): readonly string[];
  close(): Promise<void>;
}

/**
 * Reads a film while it is written, close behind the pen: each packet at the place that the film's own tables name, compared
 * with its bytes as they were taken from the clip. What was taken is still at hand then; when the film is done, it has to be
 * fetched or summed up again. A large film comes from the disk itself.
 *
 * Its tables are those in the file, and its copies of what was taken are its own, so that no mistake of the writer is its too.
 */
export function openProofReader(files: Pick<Files, "open" | "stat">, film: string): ProofReader {
  let behind: ReadBehind | undefined;
  let tracks: readonly ProofTrack[] = [];
  let head = 0;
  let filmBytes = 0;
  /** how much of the film was written when it was last heard of */
  let writtenEnd = 0;
  const copies = openPacketCopies();
  /** packets of tracks that the film's tables do not have */
  let strangers = 0;

  const placeOf = ({ track, packet }: PacketCopy): number => tracks[track]?.track.samples.offsets[packet] ?? 0;
  const firstBefore = (end: number): PacketCopy | undefined => {
    const copy = copies.first();
    return copy && head + copy.end <= end ? copy : undefined;
  };
  const fetched = async (start: number, bytes: number): Promise<Uint8Array | undefined> => {
    behind?.fetch(start, bytes, writtenEnd);
    await behind?.arrived();
    return behind?.find(start, bytes);
  };
  const compare = async (): Promise<void> => {
    await behind?.arrived();
    for (let copy = firstBefore(writtenEnd); copy; copy = firstBefore(writtenEnd)) {
      const { packet, bytes } = copy;
      const proof = tracks[copy.track];
      const start = placeOf(copy);
      const is = behind?.find(start, bytes) ?? (await fetched(start, bytes));
      if (!proof) strangers++;
      else if (!is || proof.track.samples.sizes[packet] !== bytes || !copies.isFirst(is)) proof.wrong.add(packet);
      if (is && proof?.track.kind === "picture") proof.stray.look(is);
      copies.drop();
    }
  };
  return {
    async begin({ headBytes, bytes, direct }) {
      head = headBytes;
      filmBytes = bytes;
      // What the system has in its memory would have to go to the disk before it could be read there.
      behind = openReadBehind(await files.open(film, { direct }));
      const movie = await readMp4(files, film, bytes);
      tracks = movie.tracks.map((track) => ({ track, wrong: new Set(), stray: strayParameterSets(track) }));
    },
    take: copies.add,
    async follow(end) {
      await compare();
      writtenEnd = end;
      const next = firstBefore(end);
      if (next) behind?.fetch(placeOf(next), next.bytes, end);
      if (end === filmBytes) await compare();
    },
    faults(parts) {
      const isUnread = copies.first() !== undefined || strangers > 0;
      const unread = isUnread ? ["not all of its packets were read back"] : [];
      return [...tracks.flatMap((proof) => faultsOf(proof, parts)), ...unread];
    },
    async close() {
      await behind?.close();
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
