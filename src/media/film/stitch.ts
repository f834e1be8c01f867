import { type FrameRate, greatestCommonDivisor, secondsOf } from "../../shot/frame-rate.ts";
import type { Mp4Track } from "../mp4/mp4.ts";
import type { NewMp4, NewPackets, NewTag, NewTrack } from "../mp4/new-track.ts";
import type { PacketBytes } from "../mp4/packet-bytes.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import { captionTrack, chapterTrack, type TimedText } from "../mp4/text-track.ts";
import { trackTimescale } from "../picture/film-picture.ts";
import { shownSize } from "../picture/fit.ts";
import type { SoundTrack } from "../sound/sound-track.ts";
import type { JoinJob, PicturePart } from "./join-job.ts";
import { mergeDescriptions } from "./picture-description.ts";
import { showingOrder } from "./showing-order.ts";

/** The film as it is to be written, or why its parts cannot stand in one track, in words. */
export type Stitched =
  | { readonly ok: true; readonly movie: NewMp4 }
  | { readonly ok: false; readonly why: readonly string[] };

/** A film's ticks are exact for its frames and its samples, if they need not be finer than this. */
const FINEST_TIMESCALE = 1_000_000;

type Terms = Pick<JoinJob, "picture" | "format" | "frames" | "chapters" | "captions" | "tags">;

/**
 * Puts packets that lie in several files behind one another, as one film. Nothing is written yet.
 *
 * All times are made anew: a frame is decoded when the number of frames before it says so, and shown by its place in the
 * order of showing. No clip's own clock gets into the film.
 *
 * @throws BrokenMp4 when a part's file cannot be read
 */
export async function stitchFilm(movieOf: ReadMovie, job: Terms, sound: SoundTrack): Promise<Stitched> {
  const { frameRate } = job.format;
  const timescale = filmTimescale(frameRate, sound.timescale);
  const duration = Math.round(secondsOf(job.frames, frameRate) * timescale);
  const picture = await pictureTrack(movieOf, job, duration);
  if (typeof picture === "string") return { ok: false, why: [picture] };
  const heard = soundTrack(job, sound, duration);
  if (typeof heard === "string") return { ok: false, why: [heard] };
  const tracks = [picture, heard, ...textTracks(job, picture, duration)];
  const chapters = job.chapters.map(({ startFrame, title }) => ({
    start: Math.round(secondsOf(startFrame, frameRate) * timescale),
    title,
  }));
  return {
    ok: true,
    movie: { timescale, duration, createdAt: job.tags.createdAt, tracks, tags: tagsOf(job), chapters },
  };
}

/** Ticks a second of which a frame and a sample take whole numbers, where such ticks are not absurdly short. */
function filmTimescale({ numerator }: FrameRate, sampleRate: number): number {
  const exact = (numerator / greatestCommonDivisor(numerator, sampleRate)) * sampleRate;
  if (exact <= FINEST_TIMESCALE) return exact;
  return numerator * Math.max(1, Math.floor(FINEST_TIMESCALE / numerator));
}

async function pictureTrack(movieOf: ReadMovie, job: Terms, duration: number): Promise<NewTrack | string> {
  const { frameRate } = job.format;
  const [first] = job.picture;
  if (!first) return "the film has no parts";
  const timescale = trackTimescale(frameRate);
  const ticksPerFrame = (timescale * frameRate.denominator) / frameRate.numerator;
  const data: PacketBytes[] = [];
  const keys: number[] = [];
  /** how far each frame is shown behind its place in decoding: below 0 where it is decoded ahead */
  const ahead: number[] = [];
  const descriptions = new Map<string, Uint8Array>();
  for (const [index, part] of job.picture.entries()) {
    const { tracks } = await movieOf(part.path);
    const track = tracks.find(({ kind }) => kind === "picture");
    if (!track) return `part ${index + 1} has no picture: ${part.path}`;
    const order = showingOrder(track.samples, part.first, part.end);
    if (typeof order === "string") return `part ${index + 1}, ${part.path}: ${order}`;
    const refused = unfit(part, first, track);
    if (refused) return `part ${index + 1}, ${part.path}: ${refused}`;
    descriptions.set(Buffer.from(track.description).toString("latin1"), track.description);
    const { offsets, sizes, keys: isKey } = track.samples;
    order.forEach((place, at) => {
      const packet = part.first + at;
      data.push({ path: part.path, start: offsets[packet] ?? 0, bytes: sizes[packet] ?? 0 });
      keys.push(isKey[packet] ?? 0);
      ahead.push(place - at);
    });
  }
  if (data.length !== job.frames) return `its parts have ${data.length} frames, the plan ${job.frames}`;
  const merged = mergeDescriptions([...descriptions.values()]);
  if (!merged.ok) return merged.why;
  const delay = ahead.reduce((most, frames) => Math.max(most, -frames), 0);
  const packets: NewPackets = {
    data,
    durations: new Uint32Array(data.length).fill(ticksPerFrame),
    shownAfter: Uint32Array.from(ahead, (frames) => (frames + delay) * ticksPerFrame),
    keys: Uint8Array.from(keys),
  };
  return {
    ...{ kind: "picture", description: merged.description, timescale, packets },
    edits: [{ length: duration, from: delay * ticksPerFrame }],
    ...{ language: undefined, name: "Picture", shownSize: shownSize(first.facts.video) },
  };
}

/** What the film says once, for all of its parts. */
function unfit({ facts: { video } }: PicturePart, { facts: { video: film } }: PicturePart, track: Mp4Track) {
  if (track.descriptions !== 1) return `it has ${track.descriptions} descriptions`;
  if (video.rotation !== 0) return `it is to be turned by ${video.rotation}°`;
  const traits = ["width", "height", "sampleAspect", "pixelFormat", "colour"] as const;
  const odd = traits.find((trait) => video[trait] !== film[trait]);
  return odd && `${odd} ${video[odd]}, not ${film[odd]}`;
}

function soundTrack({ frames, format }: Terms, sound: SoundTrack, duration: number): NewTrack | string {
  const wanted = sound.primingSamples + secondsOf(frames, format.frameRate) * sound.timescale;
  const needed = Math.ceil(wanted / sound.packetSamples - 1e-9);
  if (sound.packets.length < needed) return "its sound ends before its picture";
  const data = sound.packets.slice(0, needed);
  return {
    ...{ kind: "sound", description: sound.description, timescale: sound.timescale },
    packets: {
      data,
      durations: new Uint32Array(data.length).fill(sound.packetSamples),
      ...{ shownAfter: undefined, keys: undefined },
    },
    edits: [{ length: duration, from: sound.primingSamples }],
    ...{ language: undefined, name: "Sound", shownSize: undefined },
  };
}

/** Captions and chapters count in the picture's ticks, so that they change with a frame. */
function textTracks(job: Terms, picture: NewTrack, duration: number): readonly NewTrack[] {
  const { timescale, shownSize } = picture;
  const ticksOf = (seconds: number) => Math.round(seconds * timescale);
  const end = ticksOf(secondsOf(job.frames, job.format.frameRate));
  const terms = { timescale, duration: end, playedTicks: duration };
  const captions = job.captions.map(({ language, cues }) => {
    const texts = cues.map((cue) => ({
      start: ticksOf(cue.startSeconds),
      end: Math.min(end, ticksOf(cue.endSeconds)),
      text: cue.lines.join("\n"),
    }));
    return captionTrack(texts, { ...terms, language, name: "Captions", shownSize });
  });
  if (job.chapters.length === 0) return captions;
  const chapters = job.chapters.map(({ startFrame, title }, index): TimedText => {
    const next = job.chapters[index + 1]?.startFrame ?? job.frames;
    const at = (frame: number) => ticksOf(secondsOf(frame, job.format.frameRate));
    return { start: at(startFrame), end: at(next), text: title };
  });
  const chapterTerms = { ...terms, language: undefined, name: "Chapters", shownSize: undefined };
  return [...captions, chapterTrack(chapters, chapterTerms)];
}

function tagsOf({ tags }: Terms): readonly NewTag[] {
  return [
    ...(tags.title === undefined ? [] : [{ tag: "©nam", value: tags.title }]),
    ...(tags.filmHash === undefined ? [] : [{ name: "callsheet-film", value: tags.filmHash }]),
  ];
}
