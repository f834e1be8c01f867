import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FrameRate, frameAt, secondsOf } from "../../src/shot/frame-rate.ts";
import type { Variant } from "../media/clip-variants.ts";
import { type Judgement, judgeFilm, type WantedClip } from "../media/judge-film.ts";
import { flashesOf, MARKED, type MarkedClip } from "../media/marked-clip.ts";
import { type Studio, world } from "../media/studio.ts";
import { type ClipOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const RATE: FrameRate = { numerator: 24, denominator: 1 };
const SIZE = { width: MARKED.width, height: MARKED.height };

/** What stands in a film: how it was made, and where it lies. */
export interface MadeClip {
  readonly clip: MarkedClip & Pick<Variant, "area">;
  readonly path: string;
}

export interface MadeFilm {
  readonly clips: readonly MadeClip[];
  readonly joined: Awaited<ReturnType<typeof joinOnDisk>>;
  /** the same film once more from the same clips and ledger, in the place of the first */
  joinAgain(): ReturnType<typeof joinOnDisk>;
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
  options: { readonly continued?: boolean; readonly title?: string } = {},
): Promise<MadeFilm> {
  const onDisk = new Map<string, ClipOnDisk>();
  const shots = clips.map(({ clip, path }, index) => {
    const { frames, rate = RATE, area } = clip;
    const size = area ? { width: 9, height: 16 } : SIZE; // as it is shown: all that the plan asks is which way it lies
    onDisk.set(`s${index}`, { path, frames, rate, size });
    const from = options.continued && goesOn(clips, index) ? `, extends: s${index - 1}` : "";
    return `  - { id: s${index}, prompt: "${clip.name}, ${index}"${from} }\n`;
  });
  const batch = await putOnDisk(
    join(studio.folder, `batch-${crypto.randomUUID()}`),
    [
      `title: ${options.title ?? "A film"}`,
      `shots:\n${shots.join("")}sequences:`,
      `  - { id: film, shots: [${[...onDisk.keys()]}], loudness: off }\n`, // the clips are heard as they were made
    ].join("\n"),
    onDisk,
  );
  const joinAgain = () => joinOnDisk(batch, studio.media, SIZE);
  return { clips, joined: await joinAgain(), joinAgain };
}

/** @param copies - whether a clip's packets are to stand in the film */
export function judgeMade(
  studio: Studio,
  { clips, joined }: MadeFilm,
  options: { readonly copies?: (clip: MarkedClip) => boolean; readonly continued?: boolean } = {},
): Promise<Judgement> {
  const wanted = clips.map(({ clip, path }, index): WantedClip => {
    const { name, number, frames, rate = RATE, soundSeconds, area } = clip;
    return {
      ...{ name, number, rate, first: 0, shown: frames, flashes: flashesOf(clip) },
      frames: frameAt(secondsOf(frames, rate), RATE),
      isHeard: soundSeconds !== 0,
      continues: options.continued === true && goesOn(clips, index),
      ...(area ? { area } : {}),
      ...(options.copies?.(clip) ? { copiedFrom: path } : {}),
      ...(options.copies?.(clip) && soundSeconds !== 0 ? { soundFrom: path } : {}),
    };
  });
  const tools = { ffmpeg: studio.tools.ffmpeg.path, ffprobe: studio.tools.ffprobe.path };
  return judgeFilm(tools, world, studio.folder, joined.path, { rate: RATE, clips: wanted });
}

function goesOn(clips: readonly MadeClip[], index: number): boolean {
  return [clips[index - 1], clips[index]].every((made) => made && made.clip.soundSeconds !== 0);
}
