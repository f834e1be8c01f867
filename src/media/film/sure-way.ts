import { join, resolve } from "node:path";
import { secondsOf } from "../../shot/frame-rate.ts";
import { threeLetters } from "../mp4/language.ts";
import { sameKind } from "../picture/same-kind.ts";
import { MP4_INPUT } from "../sound/decode-sound.ts";
import { writeSrt } from "../words/srt.ts";
import { comparePictures } from "./compare-pictures.ts";
import { concatList } from "./concat-list.ts";
import type { JoinJob, PicturePart } from "./join-job.ts";
import type { Joining } from "./joining.ts";
import { findFaults } from "./verify-film.ts";
import { findSoundFaults } from "./verify-sound.ts";

/** Share of the work after each step, as it was for 720p clips: film written, read back. */
const PROGRESS = { written: 0.8, read: 0.95 } as const;

/** Why ffmpeg cannot list the parts one after another, in words; empty when it can. */
export function unlistable({ picture }: Pick<JoinJob, "picture">): readonly string[] {
  const broken = picture.find(({ facts, first, end }) => first !== 0 || end !== facts.video.frames);
  if (broken) return [`only whole files can be listed, not a part of ${broken.path}`];
  const kinds = sameKind(picture.map(({ facts }) => facts));
  if (kinds.same) return [];
  return kinds.groups.flatMap(({ differs, obstacles }) => [...differs, ...obstacles]);
}

/**
 * Has ffmpeg copy whole clips of one kind behind one another, and write chapters, captions and tags as it can.
 *
 * @param sound - all that is heard, encoded and heard before: an MP4 without a picture
 * @returns why the film is not to be used; nothing when it was read back and found exact
 * @throws RenderError
 */
export async function joinSurely(joining: Joining, sound: string): Promise<readonly string[]> {
  const { world, ffmpeg, job, movieOf, folder, partial, tell, signal } = joining;
  const [first] = job.picture;
  if (!first) return ["the film has no parts"];
  const { frames, format } = job;
  const seconds = secondsOf(frames, format.frameRate);
  const list = join(folder, "list.ffconcat");
  await world.files.write(list, concatList(job.picture.map(listed), format.frameRate));
  const words = wordsFor(job, folder);
  for (const { path, text } of words) await world.files.write(path, text);
  await world.render({
    ffmpeg,
    inputs: [...filmInputs(list, sound), ...words.map(({ path, format }) => inputOf(path, format))],
    outputOptions: filmOptions(first.facts.video.timescale, job, words),
    output: `file:${partial}`,
    onProgress: (done) => tell((PROGRESS.written * done) / seconds),
    ...(signal ? { signal } : {}),
  });
  const onPart = (done: number) =>
    tell(PROGRESS.written + ((PROGRESS.read - PROGRESS.written) * done) / job.picture.length);
  const faults = await findFaults(world, partial, { job, written: undefined, movieOf }, (picture, parts) =>
    comparePictures(world.files, partial, picture, parts, onPart, signal),
  );
  return [...faults, ...(await findSoundFaults(world, partial, sound))];
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
    { source: `file:${sound}`, options: MP4_INPUT },
  ];
}

function inputOf(path: string, format: string) {
  return { source: `file:${path}`, options: ["-f", format] };
}

/** What ffmpeg reads our words from, in the order of its inputs behind picture and sound: chapters, then captions. */
function wordsFor(job: JoinJob, folder: string) {
  const chapters = { path: join(folder, "chapters.txt"), text: chapterScript(job), format: "ffmetadata" };
  return [
    ...(job.chapters.length > 0 ? [chapters] : []),
    ...job.captions.map((track, index) => {
      return { path: join(folder, `captions-${index}.srt`), text: writeSrt(track), format: "srt" };
    }),
  ];
}

/** @see FFmpeg formats manual, `ffmetadata` */
function chapterScript({ chapters, frames, format: { frameRate: rate } }: JoinJob): string {
  const blocks = chapters.map(({ startFrame, title }, index) => {
    const [start, end] = [startFrame, chapters[index + 1]?.startFrame ?? frames].map((at) => at * rate.denominator);
    const name = title.replaceAll(/[\\=;#\n]/g, (letter) => `\\${letter}`);
    return `[CHAPTER]\nTIMEBASE=1/${rate.numerator}\nSTART=${start}\nEND=${end}\ntitle=${name}\n`;
  });
  return `;FFMETADATA1\n${blocks.join("")}`;
}

/** The first input that is neither picture nor sound. */
const FIRST_WORDS = 2;

function filmOptions(timescale: number, { tags, chapters, captions }: JoinJob, words: readonly object[]) {
  const firstCaptions = FIRST_WORDS + words.length - captions.length;
  return [
    ...["-map", "0:v:0", "-map", "1:a:0"],
    ...captions.flatMap(({ language }, index) => [
      ...["-map", `${firstCaptions + index}:s:0`],
      ...[`-metadata:s:s:${index}`, `language=${threeLetters(language)}`],
    ]),
    ...(captions.length > 0 ? ["-c:s", "mov_text"] : []),
    ...["-c:v", "copy"], // lossless; allowed as all clips are of one kind
    ...["-video_track_timescale", `${timescale}`], // else ffmpeg takes finer ticks than the clips have
    ...["-avoid_negative_ts", "disabled"], // decoding begins before 0, so that the first frame is shown at 0
    ...["-c:a", "copy"], // encoded and heard before
    // What the first clip says of itself is not the film's; for all at once, chapters would lose their titles.
    ...["-map_metadata:g", "-1", "-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1"],
    ...["-map_chapters", chapters.length > 0 ? `${FIRST_WORDS}` : "-1"],
    ...(tags.title === undefined ? [] : ["-metadata", `title=${tags.title}`]),
    ...(tags.filmHash === undefined ? [] : ["-metadata", `comment=callsheet-film ${tags.filmHash}`]),
    ...(tags.createdAt === undefined ? [] : ["-metadata", `creation_time=${new Date(tags.createdAt).toISOString()}`]),
    ...["-fflags", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates: same clips, same bytes
    ...["-movflags", "+faststart"], // a browser can start before the whole film has arrived
    ...["-f", "mp4"], // not to be told from the temporary name
  ];
}
