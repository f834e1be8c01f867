import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FrameRate, frameAt, secondsOf } from "../../src/shot/frame-rate.ts";
import { overlapOf, type Transition } from "../../src/shot/transition.ts";
import type { Variant } from "../media/clip-variants.ts";
import { type Judgement, type JudgingTools, judgeFilm, Originals, type WantedClip } from "../media/judge-film.ts";
import { flashesOf, MARKED, type MarkedClip } from "../media/marked-clip.ts";
import { type Studio, world } from "../media/studio.ts";
import { type ClipOnDisk, type JoinedOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const RATE: FrameRate = { numerator: 24, denominator: 1 };
const SIZE = { width: MARKED.width, height: MARKED.height };

/** What stands in a film: how it was made, and where it lies. */
export interface MadeClip {
  readonly clip: MarkedClip & Pick<Variant, "area">;
  readonly path: string;
  readonly cut?: ClipCut;
}

/** What a film does to a clip, in frames of the clip, which are as long as the film's. */
export interface ClipCut {
  readonly first?: number;
  readonly end?: number;
  /** across the seam before it */
  readonly transition?: Transition;
}

export interface MadeFilm {
  readonly clips: readonly MadeClip[];
  readonly joined: JoinedOnDisk;
  /** the same film once more from the same clips and ledger, in the place of the first */
  joinAgain(): Promise<JoinedOnDisk>;
}

/** Makes clips, a few at a time. */
export async function makeClips(
  studio: Studio,
  clips: readonly (MarkedClip & Pick<Variant, "area" | "broken">)[],
): Promise<readonly MadeClip[]> {
  const made: MadeClip[] = [];
  for (let first = 0; first < clips.length; first += 4) {
    const some = clips.slice(first, first + 4).map(async (clip) => {
      const path = await studio.make(clip);
      if (clip.broken === "empty") await writeFile(path, "");
      if (clip.broken === "truncated") await writeFile(path, (await readFile(path)).subarray(0, -1_000));
      return { clip, path };
    });
    made.push(...(await Promise.all(some)));
  }
  return made;
}

/** A film of variants, each between two usual clips, joined as `callsheet join` does. */
export async function makeOddFilm(studio: Studio, odd: readonly Variant[], frames: number): Promise<MadeFilm> {
  const usual = await makeClips(
    studio,
    [1, 2].map((number) => ({ name: `usual-${number}`, number, frames })),
  );
  const others = await makeClips(
    studio,
    odd.map((variant, index) => ({ ...variant, number: 1_000 + index })),
  );
  const order = others.flatMap((other, index) => [usual[index % 2], other]);
  return joinMade(
    studio,
    [...order, usual[others.length % 2]].filter((clip) => clip !== undefined),
  );
}

/** @param options - continued: shots are extensions of the one before where both have sound, so that it goes on */
export async function joinMade(
  studio: Studio,
  clips: readonly MadeClip[],
  options: { readonly continued?: boolean; readonly title?: string; readonly loudness?: number } = {},
): Promise<MadeFilm> {
  const onDisk = new Map<string, ClipOnDisk>();
  const shots: string[] = [];
  const names = clips.map(({ clip, path }, index) => {
    // A clip that stands in the film again is the same shot, but where each goes on from the one before.
    const again = clips.findIndex((each) => each.path === path);
    if (!options.continued && again < index) return `s${again}`;
    const { frames, rate = RATE, area } = clip;
    const size = area ? { width: 9, height: 16 } : SIZE; // as it is shown: all that the plan asks is which way it lies
    onDisk.set(`s${index}`, { path, frames, rate, size });
    const from = options.continued && goesOn(clips, index) ? `, extends: s${index - 1}` : "";
    shots.push(`  - { id: s${index}, prompt: "${clip.name}, ${index}"${from} }\n`);
    return `s${index}`;
  });
  const entries = clips.map(({ cut }, index) => entryOf(names[index] ?? "", cut));
  const batch = await putOnDisk(
    join(studio.folder, `batch-${crypto.randomUUID()}`),
    [
      `title: ${options.title ?? "A film"}`,
      `shots:\n${shots.join("")}sequences:`,
      // the clips are heard as they were made
      `  - { id: film, shots: [${entries.join(", ")}], loudness: ${options.loudness ?? "off"} }\n`,
    ].join("\n"),
    onDisk,
  );
  const joinAgain = () => joinOnDisk(batch, studio.media, SIZE);
  return { clips, joined: await joinAgain(), joinAgain };
}

function entryOf(shot: string, cut: ClipCut = {}): string {
  const seconds = (frames: number) => (frames / RATE.numerator).toFixed(6);
  const { first, end, transition } = cut;
  const keys = [
    ...(first === undefined ? [] : [`in: ${seconds(first)}`]),
    ...(end === undefined ? [] : [`out: ${seconds(end)}`]),
    ...(transition ? [`transition: ${transition.kind}, transition_seconds: ${seconds(transition.frames)}`] : []),
  ];
  return keys.length === 0 ? shot : `{ ${[`shot: ${shot}`, ...keys].join(", ")} }`;
}

/** Packets of a clip that are to stand in a film as they are, the first and one past the last. */
export type Copied = { readonly first: number; readonly end: number } | undefined;

/** Where each clip of a film should stand: its frames are counted here, and not taken from the plan that made it. */
export function placesOf(clips: readonly MadeClip[]): readonly Pick<WantedClip, "startFrame" | "frames" | "mixed">[] {
  let startFrame = 0;
  return clips.map(({ clip, cut = {} }, index) => {
    const { first = 0, end = clip.frames, transition } = cut;
    const { transition: next } = clips[index + 1]?.cut ?? {};
    const frames = frameAt(secondsOf(end - first, clip.rate ?? RATE), RATE);
    const head = overlapOf(transition);
    const place = { startFrame: startFrame - head, frames, mixed: { head, tail: next?.frames ?? 0 } };
    startFrame = place.startFrame + frames;
    return place;
  });
}

/** @param options - copied: packets of a clip that are to stand in the film */
export function judgeMade(
  studio: Studio,
  { clips, joined }: MadeFilm,
  options: {
    readonly copied?: (clip: MarkedClip, index: number) => Copied;
    readonly continued?: boolean;
    readonly originals?: Originals;
  } = {},
): Promise<Judgement> {
  const places = placesOf(clips);
  const wanted = clips.flatMap(({ clip, path, cut = {} }, index): readonly WantedClip[] => {
    const { name, number, frames, rate = RATE, soundSeconds, area } = clip;
    const { first = 0, end = frames } = cut;
    const copied = options.copied?.(clip, index);
    const place = places[index];
    if (!place) return [];
    const found = {
      ...{ name, number, rate, first, shown: end - first, flashes: flashesOf(clip), ...place },
      isHeard: soundSeconds !== 0,
      continues: options.continued === true && goesOn(clips, index),
      ...(area ? { area } : {}),
      ...(copied ? { copied: { from: path, ...copied } } : {}),
      ...(copied && soundSeconds !== 0 ? { soundFrom: path } : {}),
    };
    return [found];
  });
  return judgeFilm(
    toolsOf(studio),
    world,
    studio.folder,
    joined.path,
    { rate: RATE, clips: wanted },
    options.originals,
  );
}

/** For several films of the same clips. */
export function openOriginals(studio: Studio): Originals {
  return new Originals(toolsOf(studio), world, studio.folder);
}

function toolsOf({ tools }: Studio): JudgingTools {
  return { ffmpeg: tools.ffmpeg.path, ffprobe: tools.ffprobe.path };
}

/** All packets of a clip. */
export function whole({ frames }: MarkedClip): Copied {
  return { first: 0, end: frames };
}

/** Of a film of odd clips, each between usual ones: all packets of these, and of the others none that must be there. */
export function wholeIfUsual(clip: MarkedClip): Copied {
  return clip.name.startsWith("usual") ? whole(clip) : undefined;
}

function goesOn(clips: readonly MadeClip[], index: number): boolean {
  return [clips[index - 1], clips[index]].every((made) => made && made.clip.soundSeconds !== 0);
}
