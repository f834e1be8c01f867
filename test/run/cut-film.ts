import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cutPicture, type PictureCut } from "../../src/media/picture/cut.ts";
import { transitionGraph } from "../../src/media/picture/transition.ts";
import { overlapOf, type Transition } from "../../src/shot/transition.ts";
import { type Demand, demandsOf } from "../media/demands.ts";
import { MARKED, run } from "../media/marked-clip.ts";
import { type Studio, world } from "../media/studio.ts";
import { type ClipCut, joinMade, judgeMade, type MadeClip, type MadeFilm, makeClips, placesOf } from "./odd-film.ts";

const RATE = { numerator: 24, denominator: 1 };
const FORMAT = { size: { width: MARKED.width, height: MARKED.height }, frameRate: RATE };
const LUMA = MARKED.width * MARKED.height;

/** Clips of a kind, and what a film does with each. */
export interface CutOfClips {
  /** frames between key frames; undefined: one for the clip */
  readonly gop?: number;
  /** of the encoder, behind those of key frames */
  readonly options?: readonly string[];
  readonly cuts: readonly ClipCut[];
}

/** What plays before a clip. */
export function seam(kind: Transition["kind"], frames = 12): ClipCut {
  return { transition: { kind, frames } };
}

/** @param frames - of each clip */
export async function makeCutFilm(
  studio: Studio,
  { gop, options = [], cuts }: CutOfClips,
  frames: number,
): Promise<MadeFilm> {
  const keys = ["-g", `${gop ?? 1_000}`, "-keyint_min", `${gop ?? 1_000}`, "-sc_threshold", "0"];
  const made = await makeClips(
    studio,
    cuts.map((_, index) => ({ name: `c${index}`, number: index + 1, frames, options: [...keys, ...options] })),
  );
  return joinMade(
    studio,
    made.map((clip, index) => ({ ...clip, cut: cuts[index] ?? {} })),
  );
}

/** Everything that is promised of films, and of rendered frames: like a lossless render of the same. */
export async function judgeCut(studio: Studio, film: MadeFilm): Promise<readonly Demand[]> {
  const { result, figures } = film.joined;
  const made: Demand = {
    what: "it is made the fast way",
    demand: "yes",
    measured: figures?.way ?? result.result,
    isMet: figures?.way === "fast",
  };
  if (result.result !== "done") return [made];
  const cut = await planCut(studio, film);
  const copied = new Map(cut.stretches.flatMap((each) => (each.how === "copied" ? [[each.clip, each] as const] : [])));
  const judged = await judgeMade(studio, film, {
    copied: (_, index) => {
      const { first, end } = copied.get(index) ?? {};
      return first === undefined || end === undefined ? undefined : { first, end };
    },
  });
  return [made, ...demandsOf(judged), ...(await compareFrames(studio, film, cut))];
}

async function planCut(studio: Studio, { clips }: MadeFilm): Promise<PictureCut> {
  const cutClips = await Promise.all(
    clips.map(async ({ path, cut = {} }, index) => {
      const facts = await studio.media.probe(path);
      const { first = 0, end = facts.video.frames, transition } = cut;
      const trim = first === 0 && end === facts.video.frames ? undefined : { first, end };
      return { facts, trim, frames: placesOf(clips)[index]?.frames ?? 0, transition };
    }),
  );
  return cutPicture(cutClips, FORMAT);
}

/** Each frame of the film against the clip's own, or against the transition rendered without loss by the same graph. */
async function compareFrames(studio: Studio, { clips, joined }: MadeFilm, cut: PictureCut): Promise<readonly Demand[]> {
  const film = await lumaOf(studio, joined.path);
  const own = new Map<string, Uint8Array>();
  for (const { path } of clips) if (!own.has(path)) own.set(path, await lumaOf(studio, path));
  const wanted: Uint8Array[] = [];
  for (const [index, place] of placesOf(clips).entries()) {
    const { path, cut: { first = 0, transition } = {} } = clips[index] ?? { path: "" };
    const frames = own.get(path) ?? new Uint8Array();
    for (let at = 0; at < place.frames; at++) wanted[place.startFrame + at] = frameOf(frames, first + at);
    const before = clips[index - 1];
    if (!transition || !before) continue;
    const start = place.startFrame - transition.frames + overlapOf(transition);
    const mixed = await mixWithoutLoss(studio, before, clips[index], transition);
    for (let at = 0; at < transition.frames; at++) wanted[start + at] = frameOf(mixed, at);
  }
  let [same, least, at] = [0, Number.POSITIVE_INFINITY, 0];
  for (const stretch of cut.stretches) {
    const length = stretch.how === "copied" ? stretch.end - stretch.first : stretch.frames;
    for (let frame = at; frame < at + length; frame++) {
      const likeness = psnr(frameOf(film, frame), wanted[frame] ?? new Uint8Array());
      if (stretch.how === "encoded") least = Math.min(least, likeness);
      else if (likeness === Number.POSITIVE_INFINITY) same++;
    }
    at += length;
  }
  const { copiedFrames, encodedFrames } = cut;
  return [
    {
      what: "copied frames that are their clip's own",
      demand: `${copiedFrames}, told in the report`,
      measured: `${same}, ${joined.figures?.copiedFrames} told`,
      isMet: same === copiedFrames && joined.figures?.copiedFrames === copiedFrames,
    },
    {
      what: `luma of ${encodedFrames} rendered frames against one without loss, dB`,
      demand: "at least 40",
      measured: least.toFixed(1),
      isMet: least >= 40,
    },
  ];
}

async function mixWithoutLoss(
  studio: Studio,
  before: MadeClip,
  after: MadeClip | undefined,
  transition: Transition,
): Promise<Uint8Array> {
  const raw = join(studio.folder, `${crypto.randomUUID()}.yuv`);
  const end = before.cut?.end ?? before.clip.frames;
  const first = after?.cut?.first ?? 0;
  const { frames, kind } = transition;
  const part = (input: number, from: number, to: number, name: string) =>
    `[${input}:v]trim=start_frame=${from}:end_frame=${to},settb=1/24,setpts=N,format=yuv420p[${name}]`;
  const graph = [
    part(0, end - frames, end, "a"),
    part(1, first, first + (kind === "hold" ? 1 : frames), "b"),
    ...transitionGraph(transition, "a", "b", "v", FORMAT),
  ];
  await run(world, studio.tools.ffmpeg.path, [
    ...["-i", before.path, "-i", after?.path ?? "", "-filter_complex", graph.join(";"), "-map", "[v]"],
    ...["-vsync", "0", "-f", "rawvideo", raw],
  ]);
  return takeLuma(raw);
}

async function lumaOf(studio: Studio, path: string): Promise<Uint8Array> {
  const raw = join(studio.folder, `${crypto.randomUUID()}.yuv`);
  const asIs = ["-map", "0:v:0", "-vsync", "0", "-pix_fmt", "yuv420p", "-f", "rawvideo", raw];
  await run(world, studio.tools.ffmpeg.path, ["-i", path, ...asIs]);
  return takeLuma(raw);
}

async function takeLuma(raw: string): Promise<Uint8Array> {
  const planes = await world.files.readBytes(raw);
  await rm(raw);
  const size = LUMA * 1.5;
  const luma = new Uint8Array((planes.length / size) * LUMA);
  for (let at = 0; at * size < planes.length; at++) luma.set(planes.subarray(at * size, at * size + LUMA), at * LUMA);
  return luma;
}

function frameOf(luma: Uint8Array, index: number): Uint8Array {
  return luma.subarray(index * LUMA, (index + 1) * LUMA);
}

/** In dB; infinite where nothing differs, none where there is nothing to compare. */
function psnr(found: Uint8Array, wanted: Uint8Array): number {
  if (found.length !== LUMA || wanted.length !== LUMA) return 0;
  let error = 0;
  for (let at = 0; at < LUMA; at++) error += ((found[at] ?? 0) - (wanted[at] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (error / LUMA));
}
