import { createHash } from "node:crypto";
import type { ClipFacts } from "../media/clip/clip-facts.ts";
import type { PicturePart } from "../media/film/join-job.ts";
import type { Media } from "../media/media.ts";
import type { ClipSource } from "../media/picture/clip-frames.ts";
import { type EncodedStretch, framesOf, type PictureCut, type Shown } from "../media/picture/cut.ts";
import type { PictureFormat } from "../media/picture/film-format.ts";
import { ENCODING_VERSION } from "../media/picture/film-picture.ts";
import type { PieceJob, PiecePart, PieceRange } from "../media/picture/piece.ts";
import type { CardSource } from "../media/picture/slate.ts";
import type { Slate, TakeClip } from "../plan/film.ts";
import type { Sha256 } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { factsOf } from "./clip-facts-cache.ts";
import type { RunContext } from "./context.ts";
import { type DrawnCaptions, type DrawnWords, wordsBetween } from "./drawn-captions.ts";
import type { Lanes } from "./lanes.ts";

/** What a clip of the film is made from: its file, or what is written on its card. */
export type PictureSource = (ClipSource & { readonly sha256: Sha256 }) | (CardSource & { readonly frames: number });

export function slateSource({ words, frames }: Slate): PictureSource {
  return { shows: "card", words, frames };
}

/** @param batchFolder - absolute */
export function takeSource(clip: TakeClip, facts: ClipFacts, batchFolder: string): PictureSource {
  const { sha256, trim, frames, fit, matched } = clip;
  return { shows: "clip", path: `${batchFolder}/${clip.file}`, facts, sha256, trim, frames, fit, add: matched?.add };
}

type PieceContext = Pick<RunContext, "world" | "media" | "batchFolder" | "leave">;

/** Pieces that are being rendered: two films of one run may want the same. */
const underWay = new WeakMap<Lanes, Map<string, Promise<void>>>();

/**
 * The parts of a film's picture as its cut wants them. Encoded stretches are rendered now where they are not kept from
 * before: below `work/pieces/`, each under the hash of all that makes it.
 *
 * @param sources - one for each clip of the cut
 * @param captions - of the whole film; undefined: none are drawn
 * @throws RenderError, PictureNotExact, NotAClip
 */
export async function filmPicture(
  cut: PictureCut,
  sources: readonly PictureSource[],
  captions: DrawnCaptions | undefined,
  context: PieceContext,
  lanes: Lanes,
  tell: (fraction: number) => void,
): Promise<readonly PicturePart[]> {
  const done = new Map<EncodedStretch, number>();
  const onProgress = (stretch: EncodedStretch) => (fraction: number) => {
    done.set(stretch, fraction * stretch.frames);
    tell([...done.values()].reduce((sum, frames) => sum + frames, 0) / cut.encodedFrames);
  };
  if (cut.encodedFrames > 0) await context.world.files.makeFolder(`${context.batchFolder}/work/pieces`);
  const parts = placed(cut).map(async ({ stretch, from }): Promise<PicturePart> => {
    if (stretch.how === "encoded") {
      const piece = pieceOf(stretch, from, sources, cut.format, captions, context);
      return renderOnce(piece, cut.format, context, lanes, onProgress(stretch));
    }
    const source = sources[stretch.clip];
    if (source?.shows !== "clip") throw new Error("join: a card was to be copied");
    return { path: source.path, facts: source.facts, first: stretch.first, end: stretch.end };
  });
  // All are waited for: what is under way still writes to the disk.
  const settled = await Promise.allSettled(parts);
  const failed = settled.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** How many frames of a film's picture are kept as they are to be rendered, from an earlier join. */
export async function keptFrames(
  cut: PictureCut,
  sources: readonly PictureSource[],
  captions: DrawnCaptions | undefined,
  place: PiecePlace & { readonly files: Pick<Files, "stat"> },
): Promise<number> {
  let kept = 0;
  for (const { stretch, from } of placed(cut)) {
    if (stretch.how !== "encoded") continue;
    const { path } = pieceOf(stretch, from, sources, cut.format, captions, place);
    if (await place.files.stat(path)) kept += stretch.frames;
  }
  return kept;
}

function placed({ stretches }: PictureCut) {
  let at = 0;
  return stretches.map((stretch) => {
    const from = at;
    at += framesOf(stretch);
    return { stretch, from };
  });
}

/** An encoded stretch as it is rendered, and where it is kept. */
interface Piece {
  readonly shows: readonly PiecePart[];
  readonly frames: number;
  readonly words: DrawnWords | undefined;
  readonly key: string;
  readonly path: string;
}

/** What decides where a piece is kept. */
interface PiecePlace {
  readonly media: Pick<Media, "build" | "drawsWords">;
  readonly batchFolder: string;
}

function pieceOf(
  stretch: EncodedStretch,
  from: number,
  sources: readonly PictureSource[],
  format: PictureFormat,
  captions: DrawnCaptions | undefined,
  place: PiecePlace,
): Piece {
  const shows = stretch.shows.map((shown) => partOf(shown, sources));
  const words = captions && wordsBetween(captions, from, from + stretch.frames, format);
  const key = pieceKey(shows, words, format, place);
  return { shows, frames: stretch.frames, words, key, path: `${place.batchFolder}/work/pieces/${key}.mp4` };
}

async function renderOnce(
  { shows, frames, words, key, path }: Piece,
  format: PictureFormat,
  context: PieceContext,
  lanes: Lanes,
  onProgress: (fraction: number) => void,
): Promise<PicturePart> {
  const { world, media, leave } = context;
  const making = underWay.get(lanes) ?? new Map<string, Promise<void>>();
  underWay.set(lanes, making);
  const job: PieceJob = { shows, frames, format, words, output: path, onProgress };
  const make = async () => {
    if (!(await world.files.stat(path))) await lanes.renders.add(() => media.piece(job, leave));
  };
  const made = making.get(path) ?? make().finally(() => making.delete(path));
  making.set(path, made);
  await made;
  onProgress(1);
  const facts = await factsOf(path, key, context);
  return { path, facts, first: 0, end: facts.video.frames };
}

function partOf(shown: Shown, sources: readonly PictureSource[]): PiecePart {
  const rangeOf = (clip: number, from: number, end: number): PieceRange => {
    const source = sources[clip];
    if (!source) throw new Error("join: a stretch without its clip");
    return { source, from, end };
  };
  if (shown.shows === "clip") return { shows: "frames", of: rangeOf(shown.clip, shown.from, shown.end) };
  const { clip, transition } = shown;
  const length = sources[clip - 1]?.frames ?? 0;
  return {
    shows: "transition",
    transition,
    before: rangeOf(clip - 1, length - transition.frames, length),
    after: rangeOf(clip, 0, transition.kind === "hold" ? 1 : transition.frames),
  };
}

function pieceKey(
  shows: readonly PiecePart[],
  words: DrawnWords | undefined,
  format: PictureFormat,
  { media }: Pick<PiecePlace, "media">,
): string {
  const identity = {
    ...{ version: ENCODING_VERSION, build: media.build, written: media.drawsWords, format },
    shows: shows.map((part) => {
      if (part.shows === "frames") return identityOf(part.of);
      return { transition: part.transition, before: identityOf(part.before), after: identityOf(part.after) };
    }),
    ...(words && { words: words.script, font: words.fontSha256 }),
  };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

/** What decides a range's pixels: the clip by its content, wherever it lies. */
function identityOf({ source, from, end }: PieceRange): object {
  if (source.shows === "card") return { words: source.words, from, end };
  const { sha256, trim, frames, fit, add } = source as PictureSource & { shows: "clip" };
  return { sha256, trim: trim ?? null, frames, fit, add, from, end };
}
