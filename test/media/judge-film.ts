import { readMp4 } from "../../src/media/mp4/mp4.ts";
import { FADE_SAMPLES, fadeEdges, SOUND, samplesOf } from "../../src/media/sound/sound-slots.ts";
import { type FrameRate, sameFrameRate, secondsOf } from "../../src/shot/frame-rate.ts";
import type { World } from "../../src/world/world.ts";
import { type HeardFilm, type HeardSeam, hearFilm, hearSeam, SEAM_SAMPLES } from "./hear-film.ts";
import { hashesOf, readPackets } from "./packets.ts";
import { type Area, readFrames } from "./read-film.ts";

/** What a film of marked clips is to be. */
export interface WantedFilm {
  readonly rate: FrameRate;
  /** in playing order */
  readonly clips: readonly WantedClip[];
}

export interface WantedClip {
  /** names it in what is found */
  readonly name: string;
  readonly number: number;
  /** its own, as it was made */
  readonly rate: FrameRate;
  /** of its own, that is shown first */
  readonly first: number;
  /** its own frames that are shown, from `first` on */
  readonly shown: number;
  /** of the film, at which it begins */
  readonly startFrame: number;
  /** of the film */
  readonly frames: number;
  /** of these, at its beginning and at its end, those in which another clip is seen as well */
  readonly mixed: { readonly head: number; readonly tail: number };
  /** frames of its own that are white and begin with a burst */
  readonly flashes: readonly number[];
  readonly isHeard: boolean;
  /** its sound goes on from the clip before */
  readonly continues: boolean;
  /** where the marked picture lies in the film's frame; default: all of it */
  readonly area?: Area;
  /** packets of a file that are to stand in the film as they are; undefined: it may have been encoded */
  readonly copied?: { readonly from: string; readonly first: number; readonly end: number };
  /** whose sound is to be heard at its edges; undefined: its seams are not compared */
  readonly soundFrom?: string;
}

/** Figures and faults of a film; each list of faults is in words and empty when all is well. */
export interface Judgement {
  readonly frames: number;
  readonly wantedFrames: number;
  readonly pictureFaults: readonly string[];
  /** ways of decoding that the picture's track lists */
  readonly descriptions: number;
  /** packets of the picture that do not last as long as the first */
  readonly unevenPackets: number;
  readonly firstShownSeconds: number;
  /** how far the film's length by its head, the end of its picture and the end of its sound are from the frames', in ticks of the head */
  readonly lengthErrorTicks: number;
  readonly soundErrorTicks: number;
  readonly copiedPackets: number;
  /** packets that are not those of the clip they stand for */
  readonly changedPackets: number;
  readonly markers: readonly Marker[];
  readonly missingBursts: readonly string[];
  readonly surplusBursts: number;
  readonly seams: readonly JudgedSeam[];
  /** largest sample inside clips without sound, in full scale */
  readonly loudestSilence: number;
  /** what ffmpeg says when it decodes all, at its strictest */
  readonly complaints: string;
}

/** A flash and its burst. */
export interface Marker {
  readonly clip: number;
  /** the burst after the flash, by the packets' timestamps and by counting samples */
  readonly byTimeMs: number;
  readonly byCountMs: number;
}

export interface JudgedSeam extends HeardSeam {
  /** index of the clip behind it */
  readonly clip: number;
  /** sound goes on over it: it is heard on both sides and not cut */
  readonly continues: boolean;
  /** samples between the bursts on both sides beyond what the frames between them last; undefined without both */
  readonly insertedSamples: number | undefined;
}

export interface JudgingTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

type Judging = Pick<World, "files" | "processes">;

/**
 * Looks and listens to every frame, marker and seam of a film of marked clips.
 *
 * @param known - clips that were looked into before, for films of the same clips; the caller closes them
 */
export async function judgeFilm(
  tools: JudgingTools,
  world: Judging,
  folder: string,
  film: string,
  wanted: WantedFilm,
  known?: Originals,
): Promise<Judgement> {
  const starts = wanted.clips.map(({ startFrame }) => startFrame);
  const areas: (Area | undefined)[] = [];
  for (const { area, startFrame, frames } of wanted.clips) {
    for (let at = 0; at < frames; at++) areas[startFrame + at] = area;
  }
  const whole = { left: 0, top: 0, width: 160, height: 90 };
  const seen = await readFrames(tools.ffmpeg, world, folder, film, (index) => areas[index] ?? whole);
  const picture = await readPackets(tools.ffmpeg, world, film, "v:0");
  const movie = await readMp4(world.files, film);
  const wantedFrames = Math.max(...wanted.clips.map(({ startFrame, frames }) => startFrame + frames));
  const times = picture.packets.map(({ shownAt }) => shownAt / picture.timescale).toSorted((a, b) => a - b);
  const [usual] = picture.packets;
  const heard = await hearFilm(tools, world, folder, film);
  const originals = known ?? new Originals(tools, world, folder);
  try {
    const found = findMarkers(wanted, starts, times, heard);
    const length = movie.timescale * secondsOf(wantedFrames, wanted.rate);
    const sound = movie.tracks.find(({ kind }) => kind === "sound");
    return {
      frames: seen.length,
      wantedFrames,
      pictureFaults: pictureFaults(wanted, starts, seen),
      descriptions: movie.tracks.find(({ kind }) => kind === "picture")?.descriptions ?? 0,
      unevenPackets: picture.packets.filter(({ duration }) => duration !== usual?.duration).length,
      firstShownSeconds: times[0] ?? Number.NaN,
      lengthErrorTicks: Math.abs((await filmSeconds(tools, world, film)) * movie.timescale - length),
      soundErrorTicks: Math.abs((sound?.edits.find(({ from }) => from >= 0)?.length ?? Number.NaN) - length),
      ...(await compareCopies(wanted, hashesOf(picture), originals)),
      ...found,
      seams: await hearSeams(wanted, starts, found.found, heard, originals),
      loudestSilence: await hearSilence(wanted, starts, heard),
      complaints: await decodeStrictly(tools, world, film),
    };
  } finally {
    await heard.close();
    if (!known) await originals.close();
  }
}

/**
 * At the clip's own rate each frame stands where it was made to stand; at another, the one that is shown is never further
 * from its moment than half a frame of the film.
 */
function pictureFaults(
  { clips, rate }: WantedFilm,
  starts: readonly number[],
  seen: readonly { readonly clip: number; readonly frame: number }[],
): readonly string[] {
  const half = secondsOf(0.505, rate);
  return clips.flatMap((clip, index) => {
    const wrong: string[] = [];
    for (let at = clip.mixed.head; at < clip.frames - clip.mixed.tail; at++) {
      const frame = (starts[index] ?? 0) + at;
      const shown = seen[frame];
      const late = shown ? secondsOf(shown.frame - (clip.first & 255), clip.rate) - secondsOf(at, rate) : 0;
      const isLast = shown?.frame === ((clip.first + clip.shown - 1) & 255) && at === clip.frames - 1;
      const isRight = sameFrameRate(clip.rate, rate)
        ? shown?.frame === ((clip.first + at) & 255)
        : isLast || Math.abs(late) <= half;
      if (shown?.clip === clip.number && isRight) continue;
      const is = shown ? `clip ${shown.clip}, frame ${shown.frame}` : "nothing";
      wrong.push(`frame ${frame} (${clip.name}, ${at}) shows ${is}`);
    }
    return wrong;
  });
}

async function filmSeconds(tools: JudgingTools, world: Judging, film: string): Promise<number> {
  const args = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", film];
  return Number((await world.processes.run(tools.ffprobe, args)).stdout);
}

async function decodeStrictly(tools: JudgingTools, world: Judging, film: string): Promise<string> {
  const strict = ["-v", "error", "-err_detect", "explode+crccheck+bitstream+buffer", "-xerror", "-nostdin"];
  const outcome = await world.processes.run(tools.ffmpeg, [
    ...strict,
    "-i",
    film,
    "-map",
    "0:v",
    "-map",
    "0:a",
    "-f",
    "null",
    "-",
  ]);
  return outcome.exitCode === 0 ? outcome.stderr : `${outcome.stderr}exit code ${outcome.exitCode}`;
}

async function compareCopies(
  { clips }: WantedFilm,
  film: readonly string[],
  originals: Originals,
): Promise<{ copiedPackets: number; changedPackets: number }> {
  let [copiedPackets, changedPackets] = [0, 0];
  for (const { copied, startFrame, first } of clips) {
    if (!copied) continue;
    // A run of packets that begins with a key frame: in decoding order they are the same frames.
    const wanted = (await originals.packets(copied.from)).slice(copied.first, copied.end);
    const at = startFrame + copied.first - first;
    copiedPackets += wanted.length;
    changedPackets += wanted.filter((hash, index) => film[at + index] !== hash).length;
  }
  return { copiedPackets, changedPackets };
}

interface FoundMarkers {
  readonly markers: readonly Marker[];
  readonly missingBursts: readonly string[];
  readonly surplusBursts: number;
  /** bursts of each clip: where they were counted, and where the film's frames put them, in samples */
  readonly found: readonly (readonly { readonly counted: number; readonly wanted: number }[])[];
}

function findMarkers(
  { clips, rate }: WantedFilm,
  starts: readonly number[],
  times: readonly number[],
  heard: HeardFilm,
): FoundMarkers {
  const left = new Set(heard.bursts);
  const markers: Marker[] = [];
  const missingBursts: string[] = [];
  const found = clips.map((clip, index) =>
    clip.flashes.flatMap((flash) => {
      const own = flash - clip.first;
      if (!clip.isHeard || own < 0 || own >= clip.shown) return [];
      const start = starts[index] ?? 0;
      // At the clip's own rate the flash is a frame of the film, and is heard when that is shown.
      const wantedAt = secondsOf(start, rate) + secondsOf(own, clip.rate);
      const shownAt = sameFrameRate(clip.rate, rate) ? (times[start + own] ?? Number.NaN) : wantedAt;
      const burst = nearest(heard.bursts, shownAt * SOUND.sampleRate);
      const isHeard = burst !== undefined && Math.abs(burst / SOUND.sampleRate - shownAt) <= 0.1;
      // Under a transition it may be too faint to be found.
      if (own < clip.mixed.head || own >= clip.shown - clip.mixed.tail) {
        if (isHeard) left.delete(burst);
        return [];
      }
      if (!isHeard) {
        missingBursts.push(`frame ${flash} of ${clip.name}`);
        return [];
      }
      left.delete(burst);
      markers.push({
        clip: index,
        byTimeMs: (heard.timeOf(burst) - shownAt) * 1000,
        byCountMs: (burst / SOUND.sampleRate - shownAt) * 1000,
      });
      return [{ counted: burst, wanted: wantedAt * SOUND.sampleRate }];
    }),
  );
  return { markers, missingBursts, surplusBursts: left.size, found };
}

function nearest(sorted: readonly number[], wanted: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [sorted[low - 1], sorted[low]];
  if (before === undefined || after === undefined) return before ?? after;
  return wanted - before < after - wanted ? before : after;
}

async function hearSeams(
  { clips, rate }: WantedFilm,
  starts: readonly number[],
  found: FoundMarkers["found"],
  heard: HeardFilm,
  originals: Originals,
): Promise<readonly JudgedSeam[]> {
  const seams: JudgedSeam[] = [];
  for (const clip of clips.keys()) {
    const [before, after] = [clips[clip - 1], clips[clip]];
    if (!before || !after) continue;
    // Where the earlier clip is heard no more: under a transition the later one began before.
    const sample = samplesOf((starts[clip] ?? 0) + after.mixed.head, rate);
    const [last, first] = [found[clip - 1]?.at(-1), found[clip]?.[0]];
    const insertedSamples = last && first && first.counted - last.counted - (first.wanted - last.wanted);
    const continues = after.continues && before.isHeard && after.isHeard;
    const wanted = await originals.around(before, after, rate);
    seams.push({ ...(await hearSeam(heard, sample, wanted)), clip, continues, insertedSamples });
  }
  return seams;
}

/** Clips as they were made, each looked into and decoded once. */
export class Originals {
  readonly #sounds = new Map<string, HeardFilm>();
  readonly #packets = new Map<string, readonly string[]>();
  constructor(
    readonly tools: JudgingTools,
    readonly world: Judging,
    readonly folder: string,
  ) {}

  /** MD5 of each packet of the picture, in decoding order */
  async packets(path: string): Promise<readonly string[]> {
    const known = this.#packets.get(path);
    const packets = known ?? hashesOf(await readPackets(this.tools.ffmpeg, this.world, path, "v:0"));
    this.#packets.set(path, packets);
    return packets;
  }

  /** 50 ms of two clips put end to end; where they do not continue one another each fades at its edge. */
  async around(before: WantedClip, after: WantedClip, rate: FrameRate): Promise<Float32Array | undefined> {
    if (before.soundFrom === undefined || after.soundFrom === undefined) return undefined;
    if (before.mixed.tail > 0 || after.mixed.head > 0) return undefined;
    const half = SEAM_SAMPLES / 2;
    const end = samplesOf(before.first + before.frames, rate);
    const joined = new Float32Array(SEAM_SAMPLES);
    joined.set(await (await this.#open(before.soundFrom)).read(end - half, half));
    joined.set(await (await this.#open(after.soundFrom)).read(samplesOf(after.first, rate), half), half);
    return after.continues ? joined : fadeMiddle(joined);
  }

  async #open(path: string): Promise<HeardFilm> {
    const sound = this.#sounds.get(path) ?? (await hearFilm(this.tools, this.world, this.folder, path));
    this.#sounds.set(path, sound);
    return sound;
  }

  async close(): Promise<void> {
    for (const sound of this.#sounds.values()) await sound.close();
  }
}

function fadeMiddle(mono: Float32Array): Float32Array {
  const half = mono.length / 2;
  const edge = { start: 0, samples: half, fadeIn: false, fadeOut: false };
  if (half < 2 * FADE_SAMPLES) throw new RangeError("a seam is shorter than its fades");
  const stereo = (piece: Float32Array) =>
    Float32Array.from({ length: 2 * piece.length }, (_, at) => piece[at >> 1] ?? 0);
  const before = stereo(mono.subarray(0, half));
  const after = stereo(mono.subarray(half));
  fadeEdges(before, 0, { ...edge, fadeOut: true });
  fadeEdges(after, 0, { ...edge, fadeIn: true });
  return mono.map((_, at) => (at < half ? before[2 * at] : after[2 * (at - half)]) ?? 0);
}

/** Away from the edges, where an encoder lets the neighbours' last milliseconds be heard. */
async function hearSilence({ clips, rate }: WantedFilm, starts: readonly number[], heard: HeardFilm): Promise<number> {
  const margin = 2_400;
  let loudest = 0;
  for (const [index, { isHeard, frames, mixed }] of clips.entries()) {
    if (isHeard) continue;
    const start = starts[index] ?? 0;
    const from = samplesOf(start + mixed.head, rate);
    const sound = await heard.read(from + margin, samplesOf(start + frames - mixed.tail, rate) - from - 2 * margin);
    loudest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), loudest);
  }
  return loudest;
}
