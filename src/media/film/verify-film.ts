import { createHash } from "node:crypto";
import { secondsOf } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { type Mp4, type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import { digestPackets } from "../mp4/packet-digest.ts";
import { shownTimes } from "../mp4/times.ts";
import type { JoinJob, PicturePart } from "./join-job.ts";

/** How far apart picture and sound may end. */
const END_TOLERANCE_SECONDS = 0.025;

/** Numbers of the clips (from 1) and what is wrong: that ffmpeg ended well proves nothing. */
export class FilmNotExact extends Error {
  override readonly name = "FilmNotExact";
  constructor(
    readonly faults: readonly string[],
    readonly film: string,
  ) {
    super(`the joined film is not what went into it: ${faults.join("; ")}`);
  }
}

/**
 * Reads a joined film back and compares it with its parts: every packet of the picture, when each is shown, and when both
 * tracks begin and end. Done with our own reader, as the muxer must not be its own judge.
 *
 * @returns what is wrong, in words; empty when the film is exact
 */
export async function findFaults(
  world: Pick<World, "files">,
  film: string,
  job: Pick<JoinJob, "picture" | "format" | "frames">,
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
  const [picture] = pictures;
  const [sound] = sounds;
  if (!picture || !sound || pictures.length + sounds.length !== movie.tracks.length || movie.tracks.length !== 2) {
    return [
      `it has ${pictures.length} tracks of picture and ${sounds.length} of sound among ${movie.tracks.length}, not one of each`,
    ];
  }
  return [
    ...headFaults(picture, job.picture),
    ...timeFaults(movie, picture, sound, job),
    ...(await packetFaults(world, film, movie, picture, job.picture, onPart, signal)),
  ];
}

function headFaults(picture: Mp4Track, parts: readonly PicturePart[]): readonly string[] {
  const config = createHash("sha256").update(picture.decoderConfig).digest("hex");
  const odd = parts.findIndex(({ facts }) => facts.video.decoderConfig !== config);
  return [
    ...(picture.descriptions === 1 ? [] : [`its picture has ${picture.descriptions} descriptions`]),
    ...(odd === -1 ? [] : [`clip ${odd + 1} needs other decoder settings than the film has`]),
  ];
}

function timeFaults(
  movie: Mp4,
  picture: Mp4Track,
  sound: Mp4Track,
  { frames, format: { frameRate: rate } }: Pick<JoinJob, "format" | "frames">,
): readonly string[] {
  if (picture.samples.count !== frames) return [`it has ${picture.samples.count} frames, its clips have ${frames}`];

  const faults: string[] = [];
  const shown = shownTimes(picture, movie);
  // Whole ticks a frame leave no room for rounding; where a rate does not fit the ticks, each frame is rounded by itself.
  const ticksPerFrame = (picture.timescale * rate.denominator) / rate.numerator;
  const tolerance = Number.isInteger(ticksPerFrame) ? 0.001 : 1;
  const early = Float64Array.from(shown.ticks).sort();
  const misplaced = early.findIndex((ticks, index) => Math.abs(ticks - index * ticksPerFrame) > tolerance);
  if (misplaced !== -1) {
    const is = ((early[misplaced] ?? 0) / picture.timescale).toFixed(6);
    faults.push(`frame ${misplaced} is shown at ${is} s, not at ${secondsOf(misplaced, rate).toFixed(6)} s`);
  }
  if (shown.hides) faults.push("an edit list hides some of its frames");

  const heard = shownTimes(sound, movie);
  const wantedEnd = secondsOf(frames, rate);
  if (heard.first !== 0) faults.push(`its sound begins at ${(heard.first / sound.timescale).toFixed(4)} s`);
  for (const [name, end] of [
    ["picture", shown.end / picture.timescale],
    ["sound", heard.end / sound.timescale],
  ] as const) {
    if (Math.abs(end - wantedEnd) > END_TOLERANCE_SECONDS) {
      faults.push(`its ${name} ends at ${end.toFixed(4)} s, not at ${wantedEnd.toFixed(4)} s`);
    }
  }
  return faults;
}

async function packetFaults(
  world: Pick<World, "files">,
  film: string,
  movie: Mp4,
  picture: Mp4Track,
  parts: readonly PicturePart[],
  onPart: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const filmTimes = shownTimes(picture, movie);
  const known = new Map<string, KnownPart>();
  let packet = 0;
  for (const [index, part] of parts.entries()) {
    signal?.throwIfAborted();
    const key = `${part.first}-${part.end} ${part.path}`;
    const own = known.get(key) ?? (await readPart(world, part));
    if (known.size < 64) known.set(key, own); // what returns is read once, and memory stays flat
    const end = packet + own.ticks.length;
    const digest = await digestPackets(
      world.files,
      film,
      picture.samples,
      packet,
      Math.min(end, picture.samples.count),
    );
    if (digest !== own.digest) faults.push(`the packets of clip ${index + 1} are not those of ${part.path}`);
    else if (!sameRhythm(filmTimes.ticks, packet, own.ticks))
      faults.push(`the frames of clip ${index + 1} are shown in another order or tempo`);
    packet = end;
    onPart(index + 1);
  }
  return faults;
}

interface KnownPart {
  readonly digest: string;
  /** when its packets are shown, by its own file */
  readonly ticks: Float64Array;
}

async function readPart(world: Pick<World, "files">, { path, first, end }: PicturePart): Promise<KnownPart> {
  const file = await readMp4(world.files, path);
  const track = file.tracks.find(({ kind }) => kind === "picture");
  if (!track) throw new Error(`join: ${path} lost its picture while it was joined`);
  const last = Math.min(end, track.samples.count);
  const digest = await digestPackets(world.files, path, track.samples, first, last);
  return { digest, ticks: shownTimes(track, file).ticks.slice(first, last) };
}

/** Whether the part's packets follow one another in the film as they do in their file. Both have the same ticks. */
function sameRhythm(film: Float64Array, from: number, own: Float64Array): boolean {
  const shift = (film[from] ?? 0) - (own[0] ?? 0);
  return own.every((ticks, index) => Math.abs((film[from + index] ?? 0) - ticks - shift) <= 1);
}
