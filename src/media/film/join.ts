import { basename, join, resolve } from "node:path";
import type { FilmFigures } from "../../shot/film-figures.ts";
import { secondsOf } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import { sameKind } from "../picture/same-kind.ts";
import { filmSound } from "../sound/film-sound.ts";
import { SOUND, soundSlots } from "../sound/sound-slots.ts";
import type { MediaTools } from "../tools/tools.ts";
import { concatList } from "./concat-list.ts";
import type { JoinedFilm, JoinJob, PicturePart } from "./join-job.ts";
import { FilmNotExact, findFaults } from "./verify-film.ts";
import { findSoundFaults } from "./verify-sound.ts";

/** Share of the work after each step, as it was for 720p clips: decoding sound, encoding it, reading back. */
const PROGRESS = { decoded: 0.35, muxed: 0.85, read: 0.95 } as const;

/** @throws RangeError when the parts are not whole files of one kind: a bug in the planner */
export async function joinClips(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  job: JoinJob,
  signal?: AbortSignal,
): Promise<JoinedFilm> {
  const [first] = job.picture;
  if (!first) throw new RangeError("join: a film without clips");
  const broken = job.picture.find(({ facts, first, end }) => first !== 0 || end !== facts.video.frames);
  if (broken) throw new RangeError(`join: only whole files can be listed, not a part of ${broken.path}`);
  const kinds = sameKind(job.picture.map(({ facts }) => facts));
  if (!kinds.same) {
    throw new RangeError(
      `join: clips of different kinds: ${kinds.groups.flatMap(({ differs, obstacles }) => [...differs, ...obstacles]).join("; ")}`,
    );
  }
  const { frames, format, tags } = job;
  const seconds = secondsOf(frames, format.frameRate);
  const { clips } = job.sound;
  const slots = soundSlots(clips, format.frameRate);
  const ffmpeg = tools.ffmpeg.path;
  const tell = (fraction: number) => job.onProgress?.(Math.min(1, fraction));

  const folder = join(job.workFolder, `${basename(job.output)}.join`);
  const scratch = join(folder, "clip.f32");
  const sound = join(folder, "sound.f32");
  const list = join(folder, "list.ffconcat");
  const partial = `${job.output}.part`;
  try {
    // A run that was killed may have left them, and its ffmpeg may still write: what it has open must lose its name.
    await world.files.remove(folder);
    await world.files.remove(partial);
    await world.files.makeFolder(folder);
    const pieces = filmSound(world, {
      ...{ ffmpeg, clips, slots, scratch, signal },
      onClip: (done) => tell((PROGRESS.decoded * done) / clips.length),
    });
    await world.files.appendStream(sound, pieces, { restart: true });
    await world.files.write(list, concatList(job.picture.map(listed), format.frameRate));
    await world.render({
      ffmpeg,
      inputs: filmInputs(list, sound),
      outputOptions: filmOptions(first.facts.video.timescale, tags.title),
      output: `file:${partial}`,
      onProgress: (done) => tell(PROGRESS.decoded + ((PROGRESS.muxed - PROGRESS.decoded) * done) / seconds),
      ...(signal ? { signal } : {}),
    });

    const faults = [
      ...(await findFaults(
        world,
        partial,
        job,
        (done) => tell(PROGRESS.muxed + ((PROGRESS.read - PROGRESS.muxed) * done) / job.picture.length),
        signal,
      )),
      ...(await findSoundFaults(world, { ffmpeg, film: partial, sound, slots, scratch, signal })),
    ];
    if (faults.length > 0) throw new FilmNotExact(faults, job.output);
    const bytes = (await world.files.stat(partial))?.bytes ?? 0;
    signal?.throwIfAborted();
    await world.files.publish(partial, job.output);
    tell(1);
    const figures: FilmFigures = { way: "sure", doubts: [], copiedFrames: frames, sound: "encoded" };
    return { frames, seconds, bytes, figures };
  } finally {
    await world.files.remove(partial);
    await world.files.remove(folder);
  }
}

function listed({ path, facts }: PicturePart) {
  const { frames, startSeconds } = facts.video;
  return { path: resolve(path), frames, startSeconds };
}

function filmInputs(list: string, sound: string) {
  return [
    {
      source: `file:${list}`,
      options: [
        "-copyts", // else all is moved by the 21 ms that the first clip's sound begins before its picture
        ...["-f", "concat", "-safe", "0"], // the list holds absolute paths, which `-safe 1` refuses
        ...["-format_whitelist", "concat,mov"], // the script opens its clips as what they look like: nothing but MP4
        ...["-auto_convert", "0"], // else parameter sets are put into the first packet of each clip
      ],
    },
    {
      source: `file:${sound}`,
      options: ["-f", "f32le", "-ar", `${SOUND.sampleRate}`, "-ac", `${SOUND.channels}`],
    },
  ];
}

function filmOptions(timescale: number, title: string | undefined): readonly string[] {
  return [
    ...["-map", "0:v:0", "-map", "1:a:0"],
    ...["-c:v", "copy"], // lossless; allowed as all clips are of one kind
    ...["-video_track_timescale", `${timescale}`], // else ffmpeg takes finer ticks than the clips have
    ...["-avoid_negative_ts", "disabled"], // decoding begins before 0, so that the first frame is shown at 0
    ...["-c:a", "aac", "-b:a", "192k"],
    ...["-aac_pns", "0"], // noise made up by the decoder could not be compared with what went in
    ...["-map_metadata", "-1", "-map_chapters", "-1"], // what the first clip says of itself is not the film's
    ...(title === undefined ? [] : ["-metadata", `title=${title}`]),
    ...["-fflags", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates: same clips, same bytes
    ...["-movflags", "+faststart"], // a browser can start before the whole film has arrived
    ...["-f", "mp4"], // not to be told from the temporary name
  ];
}
