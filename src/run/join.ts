import { dirname } from "node:path";
import { findTake } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import { NotAClip } from "../media/clip/not-a-clip.ts";
import { FilmNotExact } from "../media/film/film-not-exact.ts";
import type { JoinedFilm } from "../media/film/join-job.ts";
import type { ClipSource } from "../media/picture/clip-frames.ts";
import { cutPicture, type PictureCut } from "../media/picture/cut.ts";
import { PictureNotExact } from "../media/picture/film-picture.ts";
import type { HeardClip } from "../media/sound/film-sound-plan.ts";
import { NotASound } from "../media/sound/not-a-sound.ts";
import { SOUND } from "../media/sound/sound-slots.ts";
import type { SoundSource } from "../media/sound/sound-source.ts";
import type { FilmClip, FilmPlan, TakeClip } from "../plan/film.ts";
import { cutClipsOf } from "../plan/film-outlook.ts";
import { type JoinStep, leavesFilm } from "../plan/step.ts";
import type { FilmFigures } from "../shot/film-figures.ts";
import { secondsOf } from "../shot/frame-rate.ts";
import type { Loudness } from "../shot/loudness.ts";
import type { Problem } from "../shot/problem.ts";
import { RenderError } from "../world/render.ts";
import { type BesideFailure, besideWork, writeBeside } from "./beside-film.ts";
import { factsOf } from "./clip-facts-cache.ts";
import type { RunContext } from "./context.ts";
import { cutVoices } from "./cut-voices.ts";
import { drawnCaptions } from "./drawn-captions.ts";
import { filmPicture, type PictureSource, slateSource, takeSource } from "./film-pieces.ts";
import { joinAs } from "./join-as.ts";
import type { Lanes } from "./lanes.ts";
import { matchedColours } from "./matched-colours.ts";
import { drawPoster } from "./poster-file.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** The part of a run that a join needs: nothing of the vendor, the ledger or money. */
export type JoinContext = Pick<RunContext, "world" | "media" | "batchFolder" | "watch" | "leave">;

/** Joins one film from the clips that are there, making them alike first where they are not. */
export async function join(
  step: JoinStep,
  context: JoinContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  const { film } = step;
  const { world, leave } = context;
  const { recorder } = tools;
  const workFolder = `${context.batchFolder}/work/join-${film.sequence}`;
  try {
    // Where only something beside the film is gone, the film itself is left as it is.
    const before = recorder.view().state.films.get(film.sequence);
    const kept = leavesFilm(step) ? before : undefined;
    const made = kept ? { joined: kept, poster: undefined } : await joinFilm(step, context, tools, workFolder);
    const { joined } = made;
    if (!kept) recorder.shelve(film.file, joined.bytes);
    // Under another codec the film has another name, and the old one would tell of another cut.
    if (before && before.file !== film.file) {
      await world.files.remove(`${context.batchFolder}/${before.file}`);
      recorder.shelve(before.file, undefined);
    }
    const work = besideWork(film, context, made.poster);
    const { wanted, failures } = await writeBeside(work, before?.beside ?? [], context, recorder);
    const { sequence, filmHash, file } = film;
    const { bytes, frames, seconds, figures } = joined;
    const record = { sequence, filmHash, file, bytes, frames, seconds, beside: wanted };
    const told = { ...(figures && { figures: named(figures, film) }), ...(kept && { kept: true as const }) };
    await recorder.record({ event: "joined", ...record, ...told });
    const [failed] = leave.aborted ? [] : failures;
    return failed ? { result: "rest", problem: besideProblem(film, failed) } : DONE;
  } catch (error) {
    if (leave.aborted) return DONE;
    if (!isRenderProblem(error)) throw error;
    return { result: "rest", problem: joinProblem(film, error, recorder) };
  } finally {
    await world.files.remove(workFolder);
  }
}

/** A film that was joined now. */
interface MadeFilm {
  readonly joined: JoinedFilm;
  /** where its poster lies until it is put beside the film; undefined: it is to be drawn from the film */
  readonly poster: string | undefined;
}

/** Levels with the shots whose they are, as nobody counts clips. */
function named(figures: FilmFigures, film: FilmPlan): FilmFigures {
  const { loudness } = figures;
  if (!loudness) return figures;
  const shots = loudness.shots.map((each, index) => {
    const shot = film.clips[index]?.shot;
    return { ...(shot && { shot }), ...each };
  });
  return { ...figures, loudness: { ...loudness, shots } };
}

async function joinFilm(
  step: JoinStep,
  context: JoinContext,
  { lanes, recorder }: { readonly lanes: Lanes; readonly recorder: Recorder },
  workFolder: string,
): Promise<MadeFilm> {
  const { film } = step;
  const { world, batchFolder } = context;
  const tell = (fraction: number) => context.watch({ news: "progress", step, fraction });
  const sources = await Promise.all(film.clips.map((clip) => sourceOf(clip, context, lanes)));
  /** the gain with which a clip is heard; undefined: it is not */
  const heardWith = (index: number): number | undefined => {
    const [source, clip] = [sources[index], film.clips[index]];
    if (source?.shows !== "clip" || source.facts.audio === null || clip?.shows !== "take") return undefined;
    return clip.gainDb === "mute" ? undefined : clip.gainDb;
  };
  const clips = sources.map((source, index): HeardClip => {
    const clip = film.clips[index];
    if (!clip) throw new Error("join: a source without a clip");
    const { startFrame, frames } = clip;
    // Sound that begins, breaks off or steps to another level is faded, whatever the picture does.
    const gain = heardWith(index);
    const continues = gain !== undefined && gain === heardWith(index - 1) && continuesClipBefore(film, index, recorder);
    const placed = { startFrame, frames, continues };
    if (source.shows !== "clip" || clip.shows !== "take") return { source: null, ...placed, gainDb: 0 };
    const loudness = knownLoudness(clip, source, recorder);
    return { source: soundOf(source), ...placed, gainDb: clip.gainDb, loudness };
  });
  const output = `${batchFolder}/${film.file}`;
  await world.files.makeFolder(dirname(output));
  const { frames, title } = film;
  const format = { size: film.size, frameRate: film.frameRate };
  const { chapters, createdAt, filmHash, captions: planned } = film;
  const captions = planned?.as === "soft" ? planned.tracks : [];
  const words = { chapters, captions, tags: { title, createdAt, filmHash } };
  const sound = { clips, ...film.sound };
  const facts = new Map(sources.flatMap((each) => (each.shows === "clip" ? [[each.sha256, each.facts] as const] : [])));
  const cutClips = cutClipsOf(film, ({ sha256 }) => facts.get(sha256));
  const drawn = await drawnCaptions(film, context);
  const joinCut = async (cut: PictureCut): Promise<MadeFilm> => {
    const rendering = cut.encodedFrames > 0 ? RENDERED : 0;
    const picture = await filmPicture(cut, sources, drawn, context, lanes, (part) => tell(part * rendering));
    const job = { picture, format, frames, sound, ...words, output, workFolder };
    const onProgress = (part: number) => tell(rendering + (1 - rendering) * part);
    const { joined, poster } = await lanes.renders.add(async () => {
      const drawing = drawPoster(film, picture, `${workFolder}/poster.jpg`, context);
      const joining = joinAs(film, { ...job, onProgress }, context);
      // Both are waited for, whatever becomes of one: the other still writes to the folder that goes.
      await Promise.allSettled([drawing, joining]);
      return { joined: await joining, poster: await drawing };
    });
    const colours = await matchedColours(film, context);
    const voices = await cutVoices(film, context);
    const seen = { ...(colours.length > 0 && { colours }), ...(voices.length > 0 && { cutVoices: voices }) };
    const figures = { ...joined.figures, ...seen, copiedFrames: film.encode ? 0 : cut.copiedFrames };
    return { joined: { ...joined, figures }, poster };
  };
  const cut = cutPicture(cutClips, format);
  return joinCut(cut).catch((error: unknown) => {
    // Both ways of joining take a film of which everything was encoded alike.
    const isMixed = cut.copiedFrames > 0 && cut.encodedFrames > 0;
    if (!(error instanceof FilmNotExact) || !isMixed) throw error;
    return joinCut(cutPicture(cutClips, format, "encode all"));
  });
}

/** Share of the work that rendering is where anything is encoded. */
const RENDERED = 0.9;

async function sourceOf(clip: FilmClip, context: JoinContext, { probes }: Lanes): Promise<PictureSource> {
  if (clip.shows === "slate") return slateSource(clip);
  const { batchFolder } = context;
  const facts = await probes.add(() => factsOf(`${batchFolder}/${clip.file}`, clip.sha256, context));
  return takeSource(clip, facts, batchFolder);
}

function soundOf({ path, facts, trim }: ClipSource): SoundSource {
  return { path, facts, fromSeconds: trim ? secondsOf(trim.first, facts.video.frameRate) : 0 };
}

/** What the check of the clip found already, of all of it; where it found nothing, the join measures. */
function knownLoudness(clip: TakeClip, { facts }: ClipSource, recorder: Recorder): Loudness | undefined {
  const file = findTake(recorder.view().state, clip.shot, clip.take)?.files.get(clip.resolution);
  const figures = file?.state === "checked" ? file.figures : undefined;
  const isPlain = !clip.trim && (facts.audio?.channels ?? 0) <= SOUND.channels;
  if (!isPlain || !figures || figures.truePeakDb === null) return undefined;
  return { integratedLufs: figures.loudnessLufs, truePeakDb: figures.truePeakDb };
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

function joinProblem(film: FilmPlan, error: RenderProblem, recorder: Recorder): Problem {
  const message = `film "${film.sequence}" could not be joined: ${error.message}`;
  return { rule: "join-failed", message, fix: `All clips are kept.${wayOut(film, error, recorder)}`, place: null };
}

function besideProblem(film: FilmPlan, { file, error }: BesideFailure): Problem {
  const message = `film "${film.sequence}" is whole, but ${file} beside it could not be made: ${error.message}`;
  const fix = `The film needs nothing.${roomFor(error)} Run the same command again: only that is made.${saidBy(error)}`;
  return { rule: "beside-failed", message, fix, place: null };
}

function wayOut(film: FilmPlan, error: RenderProblem, recorder: Recorder): string {
  const alone = commandLine(recorder.view().manifest, "join", [film.sequence]);
  const sound = error instanceof NotASound ? " Save that sound as WAV or FLAC, or name another one." : "";
  return `${roomFor(error)}${sound} Run the same command again, or join alone: ${alone}.${saidBy(error)}`;
}

function roomFor(error: RenderProblem): string {
  return error instanceof RenderError && error.lacksRoom ? " Make room on the disk first." : "";
}

function saidBy(error: RenderProblem): string {
  return error instanceof RenderError ? `\n${error.command}\n${error.stderrEnd}` : "";
}
