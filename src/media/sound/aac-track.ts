import { AAC_LC, readAacConfig } from "../clip/aac-config.ts";
import type { Mp4, Mp4Track } from "../mp4/mp4.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import type { Samples } from "../mp4/samples.ts";
import { shownTimes } from "../mp4/times.ts";
import { SOUND } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES } from "./sound-track.ts";

/** A clip's sound whose packets could stand in a film as they are. */
export interface AacTrack {
  readonly path: string;
  /** a whole entry of `stsd` */
  readonly description: Uint8Array;
  readonly channels: number;
  /** samples that are decoded before the first one that is heard */
  readonly primingSamples: number;
  /** samples that are heard, as the file has it */
  readonly heardSamples: number;
  readonly packets: Pick<Samples, "count" | "offsets" | "sizes">;
}

/** What of a sound can be copied, or why nothing can: the end of a sentence that begins "the sound of clip 3". */
export type FoundAac =
  | { readonly copies: true; readonly track: AacTrack }
  | { readonly copies: false; readonly why: string };

/** @throws BrokenMp4 */
export async function findAac(movieOf: ReadMovie, path: string): Promise<FoundAac> {
  const movie = await movieOf(path);
  const track = movie.tracks.find(({ kind }) => kind === "sound");
  const why = track ? whyNot(movie, track) : "is missing";
  if (!track || why !== undefined) return { copies: false, why: why ?? "is missing" };
  const { count, offsets, sizes } = track.samples;
  return {
    copies: true,
    track: {
      path,
      description: track.description,
      channels: readAacConfig(track.description)?.channels ?? 0,
      primingSamples: track.edits[0]?.from ?? 0,
      heardSamples: Math.round(shownTimes(track, movie).end),
      packets: { count, offsets, sizes },
    },
  };
}

function whyNot(movie: Mp4, track: Mp4Track): string | undefined {
  const config = track.codec === "mp4a" ? readAacConfig(track.description) : undefined;
  if (!config) return "is no AAC";
  if (track.descriptions !== 1) return `switches between ${track.descriptions} ways of decoding`;
  if (config.objectType !== AAC_LC || config.isDoubled) return "is AAC of another kind than LC";
  if (config.sampleRate !== SOUND.sampleRate || track.timescale !== SOUND.sampleRate) {
    return `has ${config.sampleRate} samples a second and ${track.timescale} ticks, not ${SOUND.sampleRate}`;
  }
  if (config.channels !== 1 && config.channels !== 2) return `has ${config.channels || "untold"} channels`;
  if (config.packetSamples !== AAC_PACKET_SAMPLES || !isWithoutGaps(track)) {
    return `is not in packets of ${AAC_PACKET_SAMPLES} samples without a gap`;
  }
  if (movie.fragmented) return "is stored in pieces";
  const [edit, ...others] = track.edits;
  if (others.length > 0 || (edit && edit.from < 0)) return "is moved by an edit list";
  return undefined;
}

/** The last packet may last shorter: it says where the sound ends. */
function isWithoutGaps({ samples: { count, durations } }: Mp4Track): boolean {
  return durations.subarray(0, -1).every((ticks) => ticks === AAC_PACKET_SAMPLES) && count > 0;
}
