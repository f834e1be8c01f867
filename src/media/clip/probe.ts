import { type FrameRate, parseFrameRate } from "../../shot/frame-rate.ts";
import { RenderError } from "../../world/render.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { type Mp4, type Mp4Track, readMp4 } from "../mp4/mp4.ts";
import { isSteady, shownTimes } from "../mp4/times.ts";
import type { AudioFacts, ClipFacts } from "./clip-facts.ts";
import { findCutPoints } from "./cut-points.ts";
import { NotAClip } from "./not-a-clip.ts";
import { configHash, exactRate, setNumbers } from "./picture-track.ts";
import { type ProbedStream, readProbeAnswer } from "./probe-answer.ts";

/** Nominal: a probe reads the whole file once, and a 4k clip has some 50 MB. */
const PROBE_TIMEOUT_MS = 120_000;

/**
 * Measures a clip: ffprobe says what the codec knows, the file's own tables say what can be copied.
 *
 * @throws NotAClip
 */
export async function probeClip(
  ffprobe: string,
  world: Pick<World, "files" | "processes">,
  path: string,
  signal?: AbortSignal,
): Promise<ClipFacts> {
  const movie = await readTables(world, path);
  const streams = await askFfprobe(ffprobe, world, path, ["-count_packets"], signal);
  const picture = streams.find((stream) => stream.codec_type === "video" && stream.disposition?.attached_pic !== 1);
  const track = movie.tracks.find(({ kind }) => kind === "picture");
  if (!picture || !track) throw new NotAClip("it holds no picture", path);

  const hides = shownTimes(track, movie).hides;
  // An edit list that hides frames leaves packets that are decoded and not shown: only decoding tells which.
  const counted = hides
    ? (await askFfprobe(ffprobe, world, path, ["-count_frames"], signal)).find(({ index }) => index === picture.index)
    : picture;
  const sound = streams.find((stream) => stream.codec_type === "audio");
  const frames = counted?.nb_read_frames ?? counted?.nb_read_packets ?? 0;
  const cutPoints = await findCutPoints(world.files, path, movie, track);
  return {
    video: { ...videoFacts(picture, track, hides, frames, path), cutPoints },
    audio: sound ? audioFacts(sound) : null,
  };
}

async function readTables(world: Pick<World, "files">, path: string): Promise<Mp4> {
  try {
    return await readMp4(world.files, path);
  } catch (error) {
    if (error instanceof BrokenMp4) throw new NotAClip(error.message, path, { cause: error });
    throw error;
  }
}

async function askFfprobe(
  ffprobe: string,
  world: Pick<World, "processes">,
  path: string,
  counting: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly ProbedStream[]> {
  const outcome = await world.processes.run(
    ffprobe,
    [
      ...["-v", "error"],
      ...["-protocol_whitelist", "file"], // nothing is fetched from the net, whatever the file names
      ...["-f", "mov"], // read as MP4 or not at all: a playlist in disguise is no clip
      ...counting,
      "-show_streams",
      ...["-of", "json"],
      `file:${path}`, // a colon in the path is not a protocol
    ],
    { timeoutMs: PROBE_TIMEOUT_MS, ...(signal ? { signal } : {}) },
  );
  if (outcome.stopped === "cancelled") throw signal?.reason ?? new Error("cancelled");
  // A program that was killed or never started says nothing about the file.
  if (outcome.exitCode === undefined) {
    const stopped = `ffprobe was stopped: ${outcome.stopped}`;
    throw new RenderError(stopped, outcome.shown, outcome.stderr.slice(-1000), false);
  }
  const streams = outcome.exitCode === 0 ? readProbeAnswer(outcome.stdout) : undefined;
  if (!streams) {
    const said = outcome.stderr.trim().split("\n").slice(-3).join("; ");
    const why = said || outcome.stopped || `exit code ${outcome.exitCode}`;
    throw new NotAClip(`ffprobe cannot read it: ${why}\n  ${outcome.shown}`, path);
  }
  return streams;
}

function videoFacts(stream: ProbedStream, track: Mp4Track, hides: boolean, frames: number, path: string) {
  const frameRate = rateOf(stream, track);
  if (!stream.width || !stream.height || !frameRate || frames === 0) {
    throw new NotAClip("its picture has no size or no frames", path);
  }
  return {
    streamIndex: stream.index,
    codec: stream.codec_name ?? "unknown",
    profile: stream.profile ?? "unknown",
    pixelFormat: stream.pix_fmt ?? "unknown",
    width: stream.width,
    height: stream.height,
    sampleAspect: aspectOf(stream.sample_aspect_ratio),
    rotation: rotationOf(stream),
    frameRate,
    steady: isSteady(track),
    frames,
    editHidesFrames: hides,
    durationSeconds: stream.duration ?? (frames * frameRate.denominator) / frameRate.numerator,
    startSeconds: stream.start_time ?? 0,
    timescale: track.timescale,
    colour: [stream.color_space, stream.color_primaries, stream.color_transfer, stream.color_range]
      .map((part) => part ?? "unknown")
      .join("/"),
    decoderConfig: configHash(track),
    parameterSets: setNumbers(track),
  };
}

function rateOf(stream: ProbedStream, track: Mp4Track): FrameRate | undefined {
  const average = exactRate(track) ?? parseFrameRate(stream.avg_frame_rate ?? "");
  return average ?? parseFrameRate(stream.r_frame_rate ?? "");
}

function aspectOf(aspect: string | undefined): string {
  return aspect === undefined || aspect === "0:1" || aspect === "N/A" ? "1:1" : aspect;
}

/** ffprobe counts against the clock in `rotation` (the tag of old builds: with it); we count with it. */
function rotationOf(stream: ProbedStream): number {
  const sideData = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation;
  const clockwise = sideData === undefined ? Number(stream.tags?.rotate ?? 0) : -sideData;
  return (((Math.round(clockwise / 90) * 90) % 360) + 360) % 360;
}

function audioFacts(stream: ProbedStream): AudioFacts {
  return {
    codec: stream.codec_name ?? "unknown",
    sampleRate: stream.sample_rate ?? 0,
    channels: stream.channels ?? 0,
    durationSeconds: stream.duration ?? 0,
    startSeconds: stream.start_time ?? 0,
  };
}
