import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { findTake } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { ClipFacts } from "../media/clip/clip-facts.ts";
import { NotAClip } from "../media/clip/not-a-clip.ts";
import { FilmNotExact } from "../media/film/film-not-exact.ts";
import type { JoinedFilm, PicturePart } from "../media/film/join-job.ts";
import { PictureNotExact } from "../media/picture/film-picture.ts";
import { sameKind } from "../media/picture/same-kind.ts";
import { NotASound } from "../media/sound/decode-file.ts";
import type { HeardClip } from "../media/sound/film-sound-plan.ts";
import type { SoundSource } from "../media/sound/sound-source.ts";
import type { FilmClip, FilmPlan, Slate, TakeClip } from "../plan/film.ts";
import { type JoinStep, leavesFilm } from "../plan/step.ts";
import { sameFrameRate, secondsOf } from "../shot/frame-rate.ts";
import type { Sha256 } from "../shot/id.ts";
import { RenderError } from "../world/render.ts";
import { besideWork, writeBeside } from "./beside-film.ts";
import { factsOf } from "./clip-facts-cache.ts";
import type { RunContext } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** Raised when conforming makes other bytes than before, so that what was kept is made again. */
const CONFORM_VERSION = 1;

/** Raised when cards look different. */
const SLATE_VERSION = 1;

/** The part of a run that a join needs: nothing of the vendor, the ledger or money. */
export type JoinContext = Pick<RunContext, "world" | "media" | "batchFolder" | "watch" | "leave">;

/** Joins one film from the clips that are there, making them alike first where they are not. */
export async function join(
  step: JoinStep,
  context: JoinContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  const { film } = step;
  const { leave } = context;
  const { recorder } = tools;
  try {
    // Where only something beside the film is gone, the film itself is left as it is.
    const before = recorder.view().state.films.get(film.sequence);
    const kept = leavesFilm(step) ? before : undefined;
    const joined = kept ?? (await joinFilm(step, context, tools));
    const beside = await writeBeside(besideWork(film, context), before?.beside ?? [], context, recorder);
    const { sequence, filmHash, file } = film;
    const { bytes, sha256, frames, seconds, figures } = joined;
    const record = { sequence, filmHash, file, bytes, sha256, frames, seconds, beside };
    await recorder.record({ event: "joined", ...record, ...(figures && { figures }) });
    return DONE;
  } catch (error) {
    if (leave.aborted) return DONE;
    if (!isRenderProblem(error)) throw error;
    return { result: "rest", problem: joinProblem(film, error, recorder) };
  }
}

async function joinFilm(
  step: JoinStep,
  context: JoinContext,
  { lanes, recorder }: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<JoinedFilm & { readonly sha256: Sha256 }> {
  const { film } = step;
  const { world, media, batchFolder, leave } = context;
  const tell = (fraction: number) => context.watch({ news: "progress", step, fraction });
  const sources: readonly Source[] = await Promise.all(film.clips.map((clip) => sourceOf(clip, context, lanes)));
  const pictures = canCopy(film, sources)
    ? sources.map(({ clip, facts }) => ({ path: `${batchFolder}/${clip.file}`, facts }))
    : await makeAlike(film, sources, context, lanes, tell);
  const picture = pictures.map(({ path, facts }): PicturePart => ({ path, facts, first: 0, end: facts.video.frames }));
  const clips = sources.map((source, index): HeardClip => {
    const { startFrame, frames } = source.clip;
    const sound = source.shows === "take" ? soundOf(source, batchFolder) : null;
    return { source: sound, startFrame, frames, continues: continuesClipBefore(film, index, recorder), gainDb: 0 };
  });
  const output = `${batchFolder}/${film.file}`;
  const workFolder = `${batchFolder}/work/join-${film.sequence}`;
  await world.files.makeFolder(dirname(output));
  const { frames, title } = film;
  const format = { size: film.size, frameRate: film.frameRate };
  const { chapters, createdAt, filmHash, captions: planned } = film;
  const captions = planned?.as === "soft" ? planned.tracks : [];
  const words = { chapters, captions, tags: { title, createdAt, filmHash } };
  const sound = { clips, voices: [], music: undefined, loudness: "off" } as const;
  const job = { picture, format, frames, sound, ...words, output, workFolder };
  const joined = await lanes.renders.add(() => media.join({ ...job, onProgress: tell }, leave));
  recorder.shelve(film.file, joined.bytes);
  return { ...joined, sha256: (await world.files.sha256(output)) as Sha256 };
}

/** What a stretch of the film is made from. */
type Source = ClipSource | { readonly shows: "slate"; readonly clip: Slate };

interface ClipSource {
  readonly shows: "take";
  readonly clip: TakeClip;
  readonly facts: ClipFacts;
}

async function sourceOf(clip: FilmClip, context: JoinContext, { probes }: Lanes): Promise<Source> {
  if (clip.shows === "slate") return { shows: "slate", clip };
  const path = `${context.batchFolder}/${clip.file}`;
  return { shows: "take", clip, facts: await probes.add(() => factsOf(path, clip.sha256, context)) };
}

function soundOf({ clip, facts }: ClipSource, batchFolder: string): SoundSource {
  const fromSeconds = clip.trim ? secondsOf(clip.trim.first, facts.video.frameRate) : 0;
  return { path: `${batchFolder}/${clip.file}`, facts, fromSeconds };
}

/** Whether every picture can be taken over packet for packet. */
function canCopy(film: FilmPlan, sources: readonly Source[]): sources is readonly ClipSource[] {
  const clips = sources.filter((source) => source.shows === "take");
  const fits = clips.every(({ clip, facts: { video } }) => {
    const isSize = video.width === film.size.width && video.height === film.size.height;
    return isSize && sameFrameRate(video.frameRate, film.frameRate) && !clip.trim;
  });
  return clips.length === sources.length && fits && sameKind(clips.map(({ facts }) => facts)).same;
}

/**
 * Makes all pictures of the film alike, and draws its cards so at once. All of them, and not the odd ones alone: pictures
 * from two encoders cannot stand in one copied track unless their parameter sets are told apart.
 */
async function makeAlike(
  film: FilmPlan,
  sources: readonly Source[],
  context: JoinContext,
  lanes: Lanes,
  tell: (fraction: number) => void,
): Promise<readonly { path: string; facts: ClipFacts }[]> {
  const { world, batchFolder } = context;
  const made = new Map<string, Promise<void>>();
  let done = 0;
  await Promise.all(["conformed", "slates"].map((name) => world.files.makeFolder(`${batchFolder}/work/${name}`)));
  const makeOne = async (source: Source) => {
    const { path, key, make } =
      source.shows === "take" ? conforming(source, film, context) : drawing(source.clip, film, context);
    const makeOnce = async () => {
      if (!(await world.files.stat(path))) await lanes.renders.add(make);
    };
    // What is shown twice is made once.
    const making = made.get(path) ?? makeOnce();
    made.set(path, making);
    await making;
    tell((++done / sources.length) * 0.9);
    return { path, facts: await factsOf(path, key, context) };
  };
  return Promise.all(sources.map(makeOne));
}

/** A picture that is kept in the cache under the hash of all that decides its bytes. */
interface KeptPicture {
  readonly path: string;
  readonly key: string;
  readonly make: () => Promise<void>;
}

function conforming({ clip, facts }: ClipSource, film: FilmPlan, context: JoinContext): KeptPicture {
  const { media, batchFolder, leave } = context;
  const target = { size: film.size, frameRate: film.frameRate };
  const { sha256, trim } = clip;
  const key = hashOf({ version: CONFORM_VERSION, sha256, trim: trim ?? null, ...target });
  const path = `${batchFolder}/work/conformed/${key}.mp4`;
  const job = { clip: `${batchFolder}/${clip.file}`, facts, target, trim, output: path };
  return { path, key, make: () => media.conform(job, leave) };
}

function drawing({ words, frames }: Slate, film: FilmPlan, context: JoinContext): KeptPicture {
  const { media, batchFolder, leave } = context;
  const target = { size: film.size, frameRate: film.frameRate };
  const key = hashOf({ version: SLATE_VERSION, words, frames, written: media.drawsWords, ...target });
  const path = `${batchFolder}/work/slates/${key}.mp4`;
  return { path, key, make: () => media.slate({ words, frames, target, output: path }, leave) };
}

function hashOf(identity: object): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

/** An extension goes on from its parent's last sample: a fade there would be heard. */
function continuesClipBefore(film: FilmPlan, index: number, recorder: Recorder): boolean {
  const [before, clip] = [film.clips[index - 1], film.clips[index]];
  if (before?.shows !== "take" || clip?.shows !== "take" || before.trim || clip.trim) return false;
  const takeOf = ({ shot, take }: TakeClip) => findTake(recorder.view().state, shot, take);
  const request = takeOf(clip)?.request;
  return request?.kind === "extend" && request.parent.task === takeOf(before)?.task;
}

type RenderProblem = RenderError | FilmNotExact | PictureNotExact | NotAClip | NotASound;

function isRenderProblem(error: unknown): error is RenderProblem {
  return [RenderError, FilmNotExact, PictureNotExact, NotAClip, NotASound].some((kind) => error instanceof kind);
}

function joinProblem(film: FilmPlan, error: RenderProblem, recorder: Recorder) {
  const said = error instanceof RenderError ? `\n${error.command}\n${error.stderrEnd}` : "";
  const alone = commandLine(recorder.view().manifest, "join", [film.sequence]);
  const room = error instanceof RenderError && error.lacksRoom ? " Make room on the disk first." : "";
  return {
    rule: "join-failed",
    message: `film "${film.sequence}" could not be joined: ${error.message}`,
    fix: `All clips are kept.${room} Run the same command again, or join alone: ${alone}.${said}`,
    place: null,
  };
}
