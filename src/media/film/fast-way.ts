import { writeMp4 } from "../mp4/write-mp4.ts";
import type { SoundTrack } from "../sound/sound-track.ts";
import type { Joining } from "./joining.ts";
import { openProofReader } from "./proof-reader.ts";
import { stitchFilm } from "./stitch.ts";
import { findFaults } from "./verify-film.ts";

/**
 * Writes the film ourselves: every packet once, the table of contents in front.
 *
 * @returns why the film is not to be used; nothing when all that went in was read back
 * @throws BrokenMp4
 */
export async function joinFast(joining: Joining, track: SoundTrack): Promise<readonly string[]> {
  const { world, job, movieOf, partial, tell, signal } = joining;
  const stitched = await stitchFilm(movieOf, job, track);
  if (!stitched.ok) return stitched.why;
  const { movie } = stitched;
  const onBytes = (done: number, all: number) => tell(done / all);
  const proof = openProofReader(world.files, partial);
  try {
    await writeMp4(world.files, partial, movie, { onBytes, onlooker: proof, signal });
  } finally {
    await proof.close();
  }
  const { primingSamples, packetSamples } = track;
  const packets = movie.tracks.find(({ kind }) => kind === "sound")?.packets.data.length ?? 0;
  const written = { packets, primingSamples, packetSamples };
  return findFaults(world, partial, { job, written, movieOf }, async (_, parts) => proof.faults(parts));
}
