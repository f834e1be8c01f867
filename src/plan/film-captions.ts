import type { Captions, Shot, SpokenLine } from "../manifest/manifest.ts";
import { type CaptionFont, captionFont } from "../media/words/caption-font.ts";
import { displayWidth } from "../media/words/columns.ts";
import type { CaptionTrack } from "../media/words/cue.ts";
import { cuesOf, isHasty, SHORTEST_SECONDS, type Spoken } from "../media/words/cues.ts";
import { type FrameRate, frameAt } from "../shot/frame-rate.ts";
import type { ShotId } from "../shot/id.ts";
import type { PixelSize } from "../shot/resolution.ts";

/** The captions of a film, timed as it is cut. */
export interface FilmCaptions {
  readonly as: Captions["as"];
  /** one a language, the first one first */
  readonly tracks: readonly CaptionTrack[];
  /** what is drawn into the picture; undefined: nothing */
  readonly burned: BurnedCaptions | undefined;
  /** shots of which something goes by faster than most people read */
  readonly hasty: readonly ShotId[];
}

/** One of the tracks, drawn into the picture. */
export interface BurnedCaptions {
  readonly language: string;
  /** that has all its letters; undefined: none is known that does */
  readonly font: CaptionFont | undefined;
}

/** A clip of the film, or a card, of which nothing is said. */
export interface SpeakingClip {
  readonly shot: ShotId;
  readonly isSlate: boolean;
  /** of the film; neighbours overlap where a transition plays */
  readonly startFrame: number;
  readonly frames: number;
  /** second of the clip that its first shown frame is */
  readonly fromSeconds: number;
}

/** Times what is said in each shot by where its clip stands in the film. */
export function planCaptions(
  { as, languages, burned }: Captions,
  clips: readonly SpeakingClip[],
  shots: readonly Shot[],
  rate: FrameRate,
  size: PixelSize,
): FilmCaptions {
  const dialogues = new Map(shots.map(({ id, dialogue }) => [id, dialogue]));
  const hasty = new Set<ShotId>();
  const tracks = languages.map((language): CaptionTrack => {
    const cues = clips.flatMap((clip, index) => {
      if (clip.isSlate) return [];
      const lines = (dialogues.get(clip.shot) ?? []).map((line) => wordsIn(line, language, languages[0]));
      const ownStretch = stretchOf(clip, clips[index - 1], clips[index + 1]);
      const own = timeLines(lines, clip, ownStretch, rate).flatMap((spoken) => cuesOf(spoken, language, rate, size));
      if (own.some(isHasty)) hasty.add(clip.shot);
      return own;
    });
    return { language, cues };
  });
  return { as, tracks, burned: burned === undefined ? undefined : planBurned(burned), hasty: [...hasty] };

  // By all that is said in the film's shots, not only by what is seen of it: whoever mends a trim gets no other font.
  function planBurned(language: string): BurnedCaptions {
    const texts = clips.flatMap(({ shot }) => spokenIn(dialogues.get(shot) ?? [], language, languages[0]));
    return { language, font: captionFont(texts, language) };
  }
}

/** All that is said in a language, in the order of time. */
export function spokenIn(
  dialogue: readonly SpokenLine[],
  language: string,
  usual: string | undefined,
): readonly string[] {
  return dialogue.flatMap((line) => wordsIn(line, language, usual).text ?? []);
}

/** The captions that are drawn into a film's picture. */
export function burnedTrack({ tracks, burned }: FilmCaptions): CaptionTrack | undefined {
  return burned && tracks.find(({ language }) => language === burned.language);
}

/** Frames of a clip that carry drawn captions, counted from its first frame in the film: in order, apart from each other. */
export function captionedFrames(
  captions: FilmCaptions | undefined,
  { startFrame, frames }: Pick<SpeakingClip, "startFrame" | "frames">,
  rate: FrameRate,
): readonly { readonly from: number; readonly end: number }[] {
  const cues = (captions && burnedTrack(captions)?.cues) ?? [];
  return cues.flatMap(({ startSeconds, endSeconds }) => {
    const from = Math.max(0, frameAt(startSeconds, rate) - startFrame);
    const end = Math.min(frames, frameAt(endSeconds, rate) - startFrame);
    return end > from ? [{ from, end }] : [];
  });
}

/** Frames of the film, the first and one past the last. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where a clip's words may stand: where two clips are seen at once, each has the half that is nearer to it. */
function stretchOf(clip: SpeakingClip, before: SpeakingClip | undefined, after: SpeakingClip | undefined): Stretch {
  const meets = (first: SpeakingClip, second: SpeakingClip) =>
    Math.ceil((Math.max(first.startFrame + first.frames, second.startFrame) + second.startFrame) / 2);
  return {
    start: before ? meets(before, clip) : clip.startFrame,
    end: after ? meets(clip, after) : clip.startFrame + clip.frames,
  };
}

interface TimedWords extends Pick<SpokenLine, "in" | "out"> {
  /** undefined: nothing in this language, though the line takes its time */
  readonly text: string | undefined;
  /** what it takes of a time that several lines share */
  readonly weight: number;
}

function wordsIn(line: SpokenLine, language: string, usual: string | undefined): TimedWords {
  const found = line.texts.find((text) => (text.language ?? usual) === language);
  const weight = displayWidth(found?.text ?? line.texts[0]?.text ?? "");
  return { text: found?.text, weight: Math.max(1, weight), in: line.in, out: line.out };
}

/** Lines whose times are not given share what lies between those that are, by their length. */
function timeLines(lines: readonly TimedWords[], clip: SpeakingClip, own: Stretch, rate: FrameRate): readonly Spoken[] {
  const frameOf = (seconds: number) => clip.startFrame + frameAt(seconds - clip.fromSeconds, rate);
  const timed = runsOf(lines).flatMap((run, index, runs) => {
    const from = run[0]?.in ?? runs[index - 1]?.at(-1)?.out;
    const to = run.at(-1)?.out ?? runs[index + 1]?.[0]?.in;
    const stretch = within(
      from === undefined ? own.start : frameOf(from),
      to === undefined ? own.end : frameOf(to),
      clip,
      own,
      rate,
    );
    return stretch ? shareOut(run, stretch) : [];
  });
  let free = own.start;
  return timed.flatMap(({ text, ...seen }, index) => {
    const next = timed[index + 1]?.start ?? own.end;
    const startFrame = Math.max(seen.start, free);
    const endFrame = Math.max(startFrame + 1, Math.min(seen.end, next));
    if (startFrame >= own.end) return [];
    free = endFrame;
    return text === undefined ? [] : [{ text, startFrame, endFrame, latestFrame: Math.max(endFrame, next) }];
  });
}

/** Lines that follow one another without a given time between them. */
function runsOf(lines: readonly TimedWords[]): readonly (readonly TimedWords[])[] {
  const runs: TimedWords[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    const isAnchored = line.in !== undefined || run?.at(-1)?.out !== undefined;
    if (run && !isAnchored) run.push(line);
    else runs.push([line]);
  }
  return runs;
}

/** What is seen of a stretch; undefined: nothing. What is said in the neighbour's half of a transition moves out of it. */
function within(from: number, to: number, clip: SpeakingClip, own: Stretch, rate: FrameRate): Stretch | undefined {
  if (to <= clip.startFrame || from >= clip.startFrame + clip.frames) return undefined;
  const start = Math.max(own.start, Math.min(from, own.end - frameAt(SHORTEST_SECONDS, rate)));
  const end = Math.min(own.end, Math.max(to, start + 1));
  return end > start ? { start, end } : undefined;
}

function shareOut(run: readonly TimedWords[], { start, end }: Stretch) {
  const total = run.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return run.flatMap(({ text, weight }) => {
    const from = start + Math.round(((end - start) * before) / total);
    before += weight;
    const to = start + Math.round(((end - start) * before) / total);
    return to > from ? [{ text, start: from, end: to }] : [];
  });
}
