import type { FilmEncoding } from "../../shot/film-encoding.ts";
import { FILM_CODEC_FACTS } from "../../shot/film-encoding.ts";
import { secondsOf, showFrameRate } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { BrokenMp4 } from "../mp4/boxes.ts";
import { threeLetters } from "../mp4/language.ts";
import { type Mp4, readMp4 } from "../mp4/mp4.ts";
import type { FilmFormat } from "../picture/film-format.ts";
import { trackTimescale } from "../picture/film-picture.ts";
import type { Capability } from "../tools/capabilities.ts";
import type { MediaTools } from "../tools/tools.ts";
import { FilmNotExact } from "./film-not-exact.ts";
import { timeFaults } from "./verify-times.ts";

/** A joined film that becomes one of another kind. */
export interface EncodeJob {
  /** the joined film, which was found exact */
  readonly film: string;
  readonly encoding: FilmEncoding;
  readonly format: FilmFormat;
  readonly frames: number;
  /** of the film's caption tracks, in their order, as BCP 47 */
  readonly languages: readonly string[];
  readonly output: string;
  readonly onProgress?: (fraction: number) => void;
}

/** Profiles of ProRes by their number. @see FFmpeg codecs manual, `prores_ks` */
const PRORES_PROFILES: Readonly<Record<string, string>> = { proxy: "0", lt: "1", standard: "2", hq: "3" };

/** What a build of ffmpeg must have to encode a film so. */
export function encodingNeeds({ codec, audio }: Pick<FilmEncoding, "codec" | "audio">): readonly Capability[] {
  const picture = {
    h264: ["encoder:libx264"],
    h265: ["encoder:libx265"],
    av1: ["encoder:libsvtav1"],
    prores: ["encoder:prores_ks", "muxer:mov"],
  } as const satisfies Record<FilmEncoding["codec"], readonly Capability[]>;
  const sound = {
    aac: [],
    // Builds that put ALAC into MP4 are as new as those with xfade; 4.1 finds no tag for it.
    alac: ["encoder:alac", "filter:xfade"],
    pcm: ["encoder:pcm_s24le"],
    opus: ["encoder:libopus"],
  } as const satisfies Record<FilmEncoding["audio"], readonly Capability[]>;
  return [...picture[codec], ...sound[audio]];
}

/**
 * Encodes the picture of a joined film in one go: the same frames at the same times. AAC sound is copied, so that it is
 * encoded only once; other sound is made from what the film's says. Title, chapters and captions go along.
 *
 * The result appears under its name only after its frames and times were read back.
 *
 * @throws RenderError, FilmNotExact
 */
export async function encodeFilm(
  { ffmpeg }: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: EncodeJob,
  signal?: AbortSignal,
): Promise<{ readonly bytes: number }> {
  const { film, encoding, format, frames, languages, output, onProgress } = job;
  const { frameRate } = format;
  const seconds = secondsOf(frames, frameRate);
  const partial = `${output}.part`;
  try {
    await world.files.remove(partial); // the ffmpeg of a run that was killed may still write to it
    await world.render({
      ffmpeg: ffmpeg.path,
      inputs: [{ source: `file:${film}`, options: ["-copyts", "-f", "mov"] }],
      // By number: whatever ticks the film has, each frame gets its own time anew.
      graph: `[0:v:0]setpts=N*${frameRate.denominator}/(${frameRate.numerator}*TB),fps=${showFrameRate(frameRate)}[v]`,
      outputOptions: [
        ...["-map", "[v]", "-map", "0:a:0", "-map", "0:s?"],
        ...pictureOptions(encoding),
        ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
        ...["-video_track_timescale", `${trackTimescale(frameRate)}`],
        ...["-avoid_negative_ts", "disabled"], // decoding begins before 0, so that the first frame is shown at 0
        ...SOUND_OPTIONS[encoding.audio],
        ...["-c:s", "copy", "-map_metadata", "0", "-map_chapters", "0"],
        ...(encoding.codec === "prores" ? quickTimeLanguages(languages) : []),
        ...["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates
        // A browser can start before the whole film has arrived; old builds write colours only when told to.
        ...["-movflags", "+faststart+write_colr"],
        ...["-f", FILM_CODEC_FACTS[encoding.codec].container], // not to be told from the temporary name
      ],
      output: `file:${partial}`,
      onProgress: (done) => onProgress?.(Math.min(1, done / seconds)),
      ...(signal ? { signal } : {}),
    });
    const faults = await findEncodingFaults(world, partial, job);
    if (faults.length > 0) throw new FilmNotExact(faults, output);
    const bytes = (await world.files.stat(partial))?.bytes ?? 0;
    signal?.throwIfAborted();
    await world.files.publish(partial, output);
    onProgress?.(1);
    return { bytes };
  } finally {
    await world.files.remove(partial);
  }
}

function pictureOptions({ codec, crf, preset }: FilmEncoding): readonly string[] {
  const quality = crf === undefined ? [] : ["-crf", `${crf}`];
  switch (codec) {
    case "h264":
      return [
        "-c:v",
        "libx264",
        ...quality,
        "-preset",
        preset,
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "48",
      ];
    case "h265":
      return [
        ...["-c:v", "libx265", ...quality, "-preset", preset, "-pix_fmt", "yuv420p"],
        ...["-tag:v", "hvc1"], // Apple's players know no other
        // A fixed number of frames at a time: what comes out depends on it, and not on the machine's cores then.
        ...["-x265-params", "log-level=error:info=0:frame-threads=2:keyint=48"],
      ];
    case "av1":
      return ["-c:v", "libsvtav1", ...quality, "-preset", preset, "-pix_fmt", "yuv420p", "-g", "48"];
    case "prores":
      return [
        ...["-c:v", "prores_ks", "-profile:v", PRORES_PROFILES[preset] ?? preset, "-pix_fmt", "yuv422p10le"],
        ...["-vendor", "apl0"], // the one that editing programs expect
      ];
  }
}

/** Languages whose three letters QuickTime knows by their English name alone. @see ISO 639-2/B */
const ENGLISH_NAMES: Readonly<Record<string, string>> = {
  ...{ ces: "cze", deu: "ger", ell: "gre", eus: "baq", fas: "per", fra: "fre", hye: "arm", isl: "ice", kat: "geo" },
  ...{ mkd: "mac", msa: "may", mya: "bur", nld: "dut", ron: "rum", slk: "slo", sqi: "alb", cym: "wel", zho: "chi" },
};

/** A QuickTime file numbers languages, and ffmpeg finds the number by the English name: without it they are lost. */
function quickTimeLanguages(languages: readonly string[]): readonly string[] {
  return languages.flatMap((tag, index) => {
    const letters = threeLetters(tag);
    return [`-metadata:s:s:${index}`, `language=${ENGLISH_NAMES[letters] ?? letters}`];
  });
}

const SOUND_OPTIONS: Readonly<Record<FilmEncoding["audio"], readonly string[]>> = {
  aac: ["-c:a", "copy"],
  alac: ["-c:a", "alac", "-sample_fmt", "s32p", "-bits_per_raw_sample", "24"],
  pcm: ["-c:a", "pcm_s24le"],
  opus: ["-c:a", "libopus", "-b:a", "192k"],
};

/** What is wrong with an encoded film, in words: how many frames it has, when each is shown, where both tracks begin and end. */
export async function findEncodingFaults(
  world: Pick<World, "files">,
  path: string,
  { frames, format }: Pick<EncodeJob, "frames" | "format">,
): Promise<readonly string[]> {
  let movie: Mp4;
  try {
    movie = await readMp4(world.files, path);
  } catch (error) {
    if (error instanceof BrokenMp4) return [error.message];
    throw error;
  }
  const picture = movie.tracks.find(({ kind }) => kind === "picture");
  const sound = movie.tracks.find(({ kind }) => kind === "sound");
  if (!picture || !sound) return ["it has not both picture and sound"];
  return timeFaults(movie, picture, sound, { frames, format }, undefined);
}
