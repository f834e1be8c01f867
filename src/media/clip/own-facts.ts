import { type FrameRate, parseFrameRate } from "../../shot/frame-rate.ts";
import type { Files } from "../../world/files.ts";
import { BrokenMp4, boxesIn, bytesOf } from "../mp4/boxes.ts";
import { type Mp4, type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import { shownTimes } from "../mp4/times.ts";
import { AAC_LC, readAacConfig } from "./aac-config.ts";
import { readAvcConfig } from "./avc-config.ts";
import type { AudioFacts, ClipFacts, VideoFacts } from "./clip-facts.ts";
import { findCutPoints } from "./cut-points.ts";
import { configHash, exactRate, setNumbers } from "./picture-track.ts";
import { readSequenceSet, type SequenceSet, type Signal } from "./sequence-set.ts";

/** @see ffmpeg's names of profiles; others are left to ffprobe */
const PROFILES: Readonly<Record<number, string>> = { 77: "Main", 100: "High" };

/** ffmpeg's names for the numbers of ITU-T H.273 that clips are made with. */
const PRIMARIES: Readonly<Record<number, string>> = {
  ...{ 1: "bt709", 2: "unknown", 5: "bt470bg", 6: "smpte170m", 9: "bt2020" },
};
const TRANSFERS: Readonly<Record<number, string>> = {
  ...{ 1: "bt709", 2: "unknown", 6: "smpte170m", 13: "iec61966-2-1", 14: "bt2020-10" },
};
const MATRICES: Readonly<Record<number, string>> = {
  ...{ 1: "bt709", 2: "unknown", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc" },
};

/** Bytes of a picture's description before its boxes, its head included. @see ISO/IEC 14496-12, 12.1.3 */
const PICTURE_FIELDS = 86;

/** Below it AAC may double its rate without a word, which only decoding tells. */
const LOWEST_PLAIN_RATE = 32_000;

/**
 * Facts of an ordinary clip, H.264 with or without AAC, from its tables alone: the same as `probeClip` gives, for a
 * hundredth of the time.
 *
 * @returns undefined for whatever is out of the ordinary, which ffprobe is to measure
 */
export async function readOwnFacts(
  files: Pick<Files, "open" | "readBytes" | "stat">,
  path: string,
): Promise<ClipFacts | undefined> {
  const movie = await readMp4(files, path).catch((error: unknown) => {
    if (error instanceof BrokenMp4) return undefined; // ffprobe says it in its own words
    throw error;
  });
  if (!movie || movie.fragmented) return undefined;
  const pictures = movie.tracks.filter(({ kind }) => kind === "picture");
  const sounds = movie.tracks.filter(({ kind }) => kind === "sound");
  const [picture] = pictures;
  const [sound] = sounds;
  if (!picture || pictures.length + sounds.length !== movie.tracks.length || pictures.length > 1 || sounds.length > 1) {
    return undefined;
  }
  const video = videoFacts(picture, movie);
  const audio = sound ? audioFacts(sound, movie) : null;
  if (!video || audio === undefined) return undefined;
  return { video: { ...video, cutPoints: await findCutPoints(files, path, movie, picture) }, audio };
}

function videoFacts(track: Mp4Track, movie: Mp4): Omit<VideoFacts, "cutPoints"> | undefined {
  const config = track.codec === "avc1" && track.descriptions === 1 ? readAvcConfig(track.decoderConfig) : undefined;
  const [unit, ...others] = config?.sequenceSets ?? [];
  const set = unit && readSequenceSet(unit.bytes);
  const frameRate = exactRate(track);
  const times = timesOf(track, movie);
  if (!set || others.length > 0 || !frameRate || !times || !track.upright) return undefined;
  const profile = PROFILES[set.profile] ?? (set.profile === 66 && set.constrained ? "Constrained Baseline" : undefined);
  const colour = colourOf(set.signal, track);
  const sampleAspect = aspectOf(set, track);
  if (!profile || !colour || !sampleAspect || set.signal?.fullRange) return undefined;
  return {
    streamIndex: movie.tracks.indexOf(track),
    ...{ codec: "h264", profile, pixelFormat: "yuv420p" },
    ...{ width: set.width, height: set.height, sampleAspect, rotation: 0 },
    ...{ frameRate, steady: true, frames: track.samples.count, editHidesFrames: false },
    ...times,
    timescale: track.timescale,
    colour,
    decoderConfig: configHash(track),
    parameterSets: setNumbers(track),
  };
}

function audioFacts(track: Mp4Track, movie: Mp4): AudioFacts | undefined {
  const config = track.codec === "mp4a" && track.descriptions === 1 ? readAacConfig(track.description) : undefined;
  const times = timesOf(track, movie);
  if (!config || !times || config.objectType !== AAC_LC || config.isDoubled) return undefined;
  const { sampleRate, channels } = config;
  if (sampleRate < LOWEST_PLAIN_RATE || sampleRate !== track.timescale || (channels !== 1 && channels !== 2)) {
    return undefined;
  }
  return { codec: "aac", sampleRate, channels, ...times };
}

/** When a track begins and how long it lasts, as ffprobe says it: to the microsecond. */
function timesOf(track: Mp4Track, movie: Mp4): { durationSeconds: number; startSeconds: number } | undefined {
  const [edit, ...others] = track.edits;
  if (others.length > 0 || (edit && (edit.from < 0 || edit.length === 0))) return undefined;
  const { first, hides } = shownTimes(track, movie);
  if (track.kind === "picture" && hides) return undefined;
  const ticks = track.samples.durations.reduce((sum, duration) => sum + duration, 0);
  const played = edit ? Math.round((edit.length * track.timescale) / movie.timescale) : ticks;
  return {
    durationSeconds: microseconds(Math.min(ticks, played) / track.timescale),
    startSeconds: microseconds(first / track.timescale),
  };
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** @returns undefined where the file and the stream in it do not say the same */
function aspectOf({ sampleAspect }: SequenceSet, track: Mp4Track): string | undefined {
  const own = sampleAspect && reduced(sampleAspect.width, sampleAspect.height);
  const pasp = boxOf(track, "pasp");
  const files = pasp && reduced(pasp.getUint32(0), pasp.getUint32(4));
  return own === undefined || files === undefined || own === files ? (own ?? files ?? "1:1") : undefined;
}

/** @returns undefined where the file and the stream in it do not say the same, or a name is missing */
function colourOf(signal: Signal | undefined, track: Mp4Track): string | undefined {
  const colr = boxOf(track, "colr");
  if (colr) {
    const said = [colr.getUint16(4), colr.getUint16(6), colr.getUint16(8)];
    const own = signal && [signal.primaries, signal.transfer, signal.matrix];
    if (Buffer.from(bytesOf(colr)).toString("latin1", 0, 4) !== "nclx" || said.join() !== own?.join()) return undefined;
    if (colr.getUint8(10) >> 7 !== 0) return undefined;
  }
  if (!signal) return "unknown/unknown/unknown/unknown";
  const names = [MATRICES[signal.matrix], PRIMARIES[signal.primaries], TRANSFERS[signal.transfer]];
  return names.includes(undefined) ? undefined : [...names, signal.fullRange ? "pc" : "tv"].join("/");
}

function boxOf(track: Mp4Track, type: string): DataView | undefined {
  const { buffer, byteOffset, byteLength } = track.description;
  return boxesIn(new DataView(buffer, byteOffset, byteLength), PICTURE_FIELDS).find((box) => box.type === type)?.body;
}

function reduced(width: number, height: number): string | undefined {
  const ratio: FrameRate | undefined = parseFrameRate(`${width}/${height}`);
  return ratio && `${ratio.numerator}:${ratio.denominator}`;
}
