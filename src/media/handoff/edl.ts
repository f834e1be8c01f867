import { showFrameRate } from "../../shot/frame-rate.ts";
import { showTimecode, TIMECODE_RATES, type TimecodeCount, timecodeCount } from "../../shot/timecode.ts";
import type { ClipEdit, Edit, EditList, SoundEdit } from "./edit-list.ts";
import { clipFacts } from "./provenance-facts.ts";
import { framesAt, sourceTime } from "./source-time.ts";

/** Events that three digits can number. */
const MOST_EVENTS = 999;

/** Frames of a transition that three digits can tell, as the machines that read lists could. */
const LONGEST_TRANSITION = 255;

/** Characters of a reel's name. */
const REEL_WIDTH = 8;

/** The first wipe of the format's table. The table's numbers were each switcher's own, so the kind stands in a comment. */
const WIPE = "W001";

const BLACK = "BL";

/**
 * The film as a CMX 3600 edit decision list: one event a clip, two lines where a transition leads to it.
 *
 * The list holds picture and the clips' sound: music and voices would lie on the two channels that this fills. What it
 * cannot hold stands in comments (gains, music, voices, other takes) or is left out (captions, media at another rate than the
 * film's).
 *
 * @throws RangeError when the format cannot hold the film, see `edlObstacle`
 */
export function writeEdl(list: EditList): string {
  const count = timecodeCount(list.rate);
  const obstacle = edlObstacle(list);
  if (!count || obstacle) throw new RangeError(`hand-off: no EDL of "${list.name}": ${obstacle}`);
  const head = [`TITLE: ${oneLine(list.title ?? list.name)}`, `FCM: ${count.drops ? "DROP FRAME" : "NON-DROP FRAME"}`];
  // Not in the head: readers take no comments before the first event.
  const rate = `* FRAME RATE: ${showFrameRate(list.rate)}`;
  const body = allEvents(list).flatMap((event, index) => {
    return [...showEvent(event, index + 1, count), ...(index === 0 ? [rate] : [])];
  });
  const sounds = list.sounds.map((each) => soundComment(each, count));
  return `${[...head, ...body, ...sounds].join("\n")}\n`;
}

/** What of a film an EDL cannot hold, as the end of a sentence; undefined where it holds the cut. */
export function edlObstacle(list: EditList): string | undefined {
  if (!timecodeCount(list.rate)) return `timecode counts ${TIMECODE_RATES}, not ${showFrameRate(list.rate)}`;
  const events = allEvents(list).length;
  if (events > MOST_EVENTS) return `it would have ${events} events, and three digits number ${MOST_EVENTS}`;
  const longest = Math.max(0, ...list.edits.map(({ transition }) => transition?.frames ?? 0));
  return longest > LONGEST_TRANSITION
    ? `a transition has ${longest} frames, and the format tells ${LONGEST_TRANSITION} at most`
    : undefined;
}

function allEvents(list: EditList): readonly Event[] {
  const reels = nameReels(list.edits);
  return list.edits.flatMap((edit, index) => eventsOf(edit, index, list, reels));
}

interface Event {
  readonly lines: readonly Line[];
  readonly comments: readonly string[];
}

interface Line {
  readonly reel: string;
  readonly channels: "V" | "AA" | "AA/V";
  readonly transition: "C" | "D" | typeof WIPE;
  readonly transitionFrames?: number;
  readonly source: readonly [number, number];
  readonly record: readonly [number, number];
  /** its picture stands still */
  readonly isHeld?: boolean;
}

function eventsOf(edit: Edit, index: number, list: EditList, reels: ReadonlyMap<string, string>): readonly Event[] {
  const [before, next] = [list.edits[index - 1], list.edits[index + 1]];
  // The next clip takes the picture over where its transition begins.
  const end = next ? pictureBegins(next) : edit.startFrame + edit.frames;
  const own = sourceOf(edit, list, reels);
  const play = (from: number, to: number): Omit<Line, "transition"> => ({
    ...{ reel: own.reel, channels: own.channels },
    ...{ source: [own.first + from, own.first + to], record: [edit.startFrame + from, edit.startFrame + to] },
  });
  const comments = commentsOf(edit);
  // Its sound goes on below the held frame that takes over its picture.
  const tail = edit.startFrame + edit.frames - end;
  const sound: Event[] =
    next?.transition?.kind === "hold" && tail > 0 && own.channels === "AA/V"
      ? [{ lines: [{ ...play(edit.frames - tail, edit.frames), channels: "AA", transition: "C" }], comments: [] }]
      : [];
  const whole = end - edit.startFrame;
  if (!before || !edit.transition) return [{ lines: [{ ...play(0, whole), transition: "C" }], comments }, ...sound];

  const { kind, frames } = edit.transition;
  const out = leaving(before, pictureBegins(edit), list, reels);
  const told = [`* FROM CLIP NAME: ${nameOf(before)}`, ...comments.map(toClip), `* TRANSITION: ${kind}`];
  if (kind === "hold") {
    const held: Line = {
      ...{ reel: own.reel, channels: "V", transition: "D", transitionFrames: frames, isHeld: true },
      ...{ source: [own.first, own.first + 1], record: [edit.startFrame - frames, edit.startFrame] },
    };
    const freeze: Event = { lines: [out, held], comments: told };
    return [freeze, { lines: [{ ...play(0, whole), transition: "C" }], comments }, ...sound];
  }
  if (kind === "fade_black") {
    const half = Math.floor(frames / 2);
    const at = edit.startFrame + half;
    const dark: Line = {
      ...{ reel: BLACK, channels: "V", transition: "D", transitionFrames: half },
      ...{ source: [0, half], record: [edit.startFrame, at] },
    };
    const black: Line = { reel: BLACK, channels: "V", transition: "C", source: [half, half], record: [at, at] };
    const light: Line = { ...play(half, whole), transition: "D", transitionFrames: frames - half };
    return [
      { lines: [out, dark], comments: [`* FROM CLIP NAME: ${nameOf(before)}`, `* TRANSITION: ${kind}`] },
      { lines: [black, light], comments: comments.map(toClip) },
      ...sound,
    ];
  }
  const transition = kind.startsWith("wipe") ? WIPE : "D";
  return [{ lines: [out, { ...play(0, whole), transition, transitionFrames: frames }], comments: told }, ...sound];
}

/** The line without length from which a transition leads away. */
function leaving(edit: Edit, at: number, list: EditList, reels: ReadonlyMap<string, string>): Line {
  const { reel, channels, first } = sourceOf(edit, list, reels);
  const moment = first + at - edit.startFrame;
  return { reel, channels, transition: "C", source: [moment, moment], record: [at, at] };
}

function sourceOf(edit: Edit, { rate }: EditList, reels: ReadonlyMap<string, string>) {
  if (edit.shows === "card") return { reel: BLACK, channels: "V" as const, first: 0 };
  const stretch = { edit, plays: "on", startFrame: 0, frames: 0, skipped: 0, crossing: undefined } as const;
  const isHeard = edit.media.hasSound && edit.gainDb !== "mute";
  return {
    reel: reels.get(edit.media.file) ?? BLACK,
    channels: isHeard ? ("AA/V" as const) : ("V" as const),
    first: Math.round(framesAt(sourceTime(stretch, edit, rate), rate)),
  };
}

/** A sound below the film, behind the last event: where it plays and what of it. */
function soundComment(
  { role, file, gainDb, fadeInFrames, fadeOutFrames, ...at }: SoundEdit,
  count: TimecodeCount,
): string {
  const time = (frames: number) => showTimecode(frames, count);
  const record = `${time(at.startFrame)} TO ${time(at.startFrame + at.frames)}`;
  const gain = gainDb === 0 ? "" : ` GAIN ${gainDb} DB`;
  const fadeIn = fadeInFrames === 0 ? "" : ` FADE IN ${time(fadeInFrames)}`;
  const fadeOut = fadeOutFrames === 0 ? "" : ` FADE OUT ${time(fadeOutFrames)}`;
  return `* ${role.toUpperCase()}: ${file} AT ${record} FROM ${time(at.firstFrame)}${gain}${fadeIn}${fadeOut}`;
}

/** Where the picture of an edit begins to be seen: before it moves, where it is held first. */
function pictureBegins({ startFrame, transition }: Edit): number {
  return transition?.kind === "hold" ? startFrame - transition.frames : startFrame;
}

function commentsOf(edit: Edit): readonly string[] {
  if (edit.shows === "card") return [`* SLATE: ${edit.shot}`];
  const { media, origin, gainDb } = edit;
  const { seed, task, alternates } = clipFacts(edit);
  return [
    `* FROM CLIP NAME: ${nameOf(edit)}`,
    `* FROM CLIP: ${media.file}`,
    `* SOURCE FILE: ${media.file}`,
    `* TAKE: ${origin.take}${task === null ? "" : `, TASK ${task}`}${seed === null ? "" : `, SEED ${seed}`}`,
    `* PROMPT: ${oneLine(origin.prompt)}`,
    ...alternates.map(({ file }) => `* ALTERNATE: ${file}`),
    ...(gainDb === 0 || gainDb === "mute" ? [] : [`* AUDIO GAIN: ${gainDb} DB`]),
  ];
}

function toClip(comment: string): string {
  return comment.replace(/^\* FROM CLIP NAME/, "* TO CLIP NAME");
}

function nameOf(edit: Edit): string {
  return edit.shows === "card" ? `slate ${edit.shot}` : edit.shot;
}

/** Eight letters and digits for each file, none for two of them: what tapes were called once. */
function nameReels(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const reels = new Map<string, string>();
  const given = new Set([BLACK, "AX"]);
  for (const edit of edits) {
    if (edit.shows === "card" || reels.has(edit.media.file)) continue;
    reels.set(edit.media.file, freeReel(edit, given));
  }
  return reels;
}

function freeReel({ shot, origin }: ClipEdit, given: Set<string>): string {
  const letters = shot.toUpperCase().replace(/[^A-Z0-9]/g, "");
  for (let number = origin.take; ; number++) {
    const reel = `${letters.slice(0, REEL_WIDTH - String(number).length)}${number}`;
    if (given.has(reel)) continue;
    given.add(reel);
    return reel;
  }
}

function showEvent({ lines, comments }: Event, number: number, count: TimecodeCount): readonly string[] {
  const event = String(number).padStart(3, "0");
  const shown = lines.flatMap((line) => {
    const length = line.transitionFrames === undefined ? "" : String(line.transitionFrames).padStart(3, "0");
    const times = [...line.source, ...line.record].map((frames) => showTimecode(frames, count)).join(" ");
    const what = `${line.channels.padEnd(5)} ${line.transition.padEnd(4)} ${length.padEnd(3)}`;
    // Readers of speeds know no mark of dropped frames.
    const moment = showTimecode(line.source[0], count).replace(";", ":");
    const speed = `M2   ${line.reel.padEnd(REEL_WIDTH)}       000.0                ${moment}`;
    return [`${event}  ${line.reel.padEnd(REEL_WIDTH)} ${what} ${times}`, ...(line.isHeld ? [speed] : [])];
  });
  return [...shown, ...comments];
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
