import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { findTake } from "../ledger/batch-state.ts";
import type { ClipFacts } from "../media/clip-facts.ts";
import { ConformFailed } from "../media/conform.ts";
import { type JoinClip, NotAClip } from "../media/media.ts";
import { sameKind } from "../media/same-kind.ts";
import { FilmNotExact } from "../media/verify-film.ts";
import type { FilmClip, FilmPlan } from "../plan/film.ts";
import type { JoinStep } from "../plan/step.ts";
import { sameFrameRate, secondsOf } from "../shot/frame-rate.ts";
import type { Sha256 } from "../shot/id.ts";
import { RenderError } from "../world/render.ts";
import { factsOf } from "./clip-facts-cache.ts";
import type { RunContext } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** Raised when conforming makes other bytes than before, so that what was kept is made again. */
const CONFORM_VERSION = 1;

/** The part of a run that a join needs: nothing of the vendor, the ledger or money. */
export type JoinContext = Pick<RunContext, "world" | "media" | "batchFolder" | "watch" | "leave">;

/** Joins one film from the clips that are there, making them alike first where they are not. */
export async function join(
  step: JoinStep,
  context: JoinContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  const { film } = step;
  const { world, media, batchFolder, leave } = context;
  const { renders } = tools.lanes;
  const tell = (fraction: number) => context.watch({ news: "progress", step, fraction });
  try {
    const sources = await Promise.all(
      film.clips.map((clip) => factsOf(`${batchFolder}/${clip.file}`, clip.sha256, context)),
    );
    const pictures = canCopy(film, sources)
      ? film.clips.map((clip, index) => ({ path: `${batchFolder}/${clip.file}`, facts: sources[index] as ClipFacts }))
      : await conformAll(film, sources, context, tools.lanes, tell);
    const clips = pictures.map((picture, index): JoinClip => {
      const clip = film.clips[index] as FilmClip;
      const facts = sources[index] as ClipFacts;
      const fromSeconds = clip.trim ? secondsOf(clip.trim.first, facts.video.frameRate) : 0;
      const sound = { path: `${batchFolder}/${clip.file}`, facts, fromSeconds };
      return { picture, sound, continues: continuesClipBefore(film, index, tools.recorder) };
    });
    const output = `${batchFolder}/${film.file}`;
    const workFolder = `${batchFolder}/work/join-${film.sequence}`;
    await world.files.makeFolder(dirname(output));
    const joined = await renders.add(() =>
      media.join({ clips, title: film.title, output, workFolder, onProgress: tell }, leave),
    );
    if (joined.frames !== film.frames)
      throw new FilmNotExact([`it has ${joined.frames} frames, the plan ${film.frames}`], output);
    const { frames, seconds, bytes } = joined;
    const sha256 = (await world.files.sha256(output)) as Sha256;
    tools.recorder.shelve(film.file, bytes);
    const { sequence, filmHash, file } = film;
    await tools.recorder.record({ event: "joined", sequence, filmHash, file, bytes, sha256, frames, seconds });
    return DONE;
  } catch (error) {
    if (leave.aborted) return DONE;
    if (!isRenderProblem(error)) throw error;
    return { result: "rest", problem: joinProblem(film, error) };
  }
}

/** Whether every picture can be taken over packet for packet. */
function canCopy(film: FilmPlan, sources: readonly ClipFacts[]): boolean {
  const fits = sources.every(({ video }, index) => {
    const isSize = video.width === film.size.width && video.height === film.size.height;
    return isSize && sameFrameRate(video.frameRate, film.frameRate) && !film.clips[index]?.trim;
  });
  return fits && sameKind(sources).same;
}

/**
 * Makes all clips of the film alike. All of them, and not the odd ones alone: pictures from two encoders cannot stand in
 * one copied track unless their parameter sets are told apart.
 */
async function conformAll(
  film: FilmPlan,
  sources: readonly ClipFacts[],
  context: JoinContext,
  lanes: Lanes,
  tell: (fraction: number) => void,
): Promise<readonly { path: string; facts: ClipFacts }[]> {
  const { world, media, batchFolder, leave } = context;
  const target = { size: film.size, frameRate: film.frameRate };
  const made = new Map<string, Promise<void>>();
  let done = 0;
  await world.files.makeFolder(`${batchFolder}/work/conformed`);
  const conformOne = async (clip: FilmClip, facts: ClipFacts) => {
    const key = conformKey(clip, film);
    const path = `${batchFolder}/work/conformed/${key}.mp4`;
    const make = async () => {
      if (await world.files.stat(path)) return;
      const job = { clip: `${batchFolder}/${clip.file}`, facts, target, trim: clip.trim, output: path };
      await lanes.renders.add(() => media.conform(job, leave));
    };
    // A clip that is shown twice is made once.
    const making = made.get(key) ?? make();
    made.set(key, making);
    await making;
    tell((++done / film.clips.length) * 0.9);
    return { path, facts: await factsOf(path, key, context) };
  };
  return Promise.all(film.clips.map((clip, index) => conformOne(clip, sources[index] as ClipFacts)));
}

function conformKey({ sha256, trim }: FilmClip, { size, frameRate }: FilmPlan): string {
  const identity = { version: CONFORM_VERSION, sha256, trim: trim ?? null, size, frameRate };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

/** An extension goes on from its parent's last sample: a fade there would be heard. */
function continuesClipBefore(film: FilmPlan, index: number, recorder: Recorder): boolean {
  const [before, clip] = [film.clips[index - 1], film.clips[index]];
  if (!before || !clip || before.trim || clip.trim) return false;
  const takeOf = ({ shot, take }: FilmClip) => findTake(recorder.view().state, shot, take);
  const request = takeOf(clip)?.request;
  return request?.kind === "extend" && request.parent.task === takeOf(before)?.task;
}

type RenderProblem = RenderError | FilmNotExact | ConformFailed | NotAClip;

function isRenderProblem(error: unknown): error is RenderProblem {
  return [RenderError, FilmNotExact, ConformFailed, NotAClip].some((kind) => error instanceof kind);
}

function joinProblem(film: FilmPlan, error: RenderProblem) {
  const said = error instanceof RenderError ? `\n${error.command}\n${error.stderrEnd}` : "";
  const room = error instanceof RenderError && error.lacksRoom ? " Make room on the disk first." : "";
  return {
    rule: "join-failed",
    message: `film "${film.sequence}" could not be joined: ${error.message}`,
    fix: `All clips are kept.${room} Run the same command again, or join alone: callsheet join.${said}`,
    place: null,
  };
}
