import type { FilmPlan } from "../plan/film.ts";
import type { EncodedReason, FilmOutlook, HoldOffer } from "../plan/film-outlook.ts";
import { countOf, showCount } from "./credits.ts";
import { piecesSeconds } from "./encoding-time.ts";
import { printable } from "./printable.ts";
import { nameShots } from "./tell-problems.ts";
import { showDuration } from "./tell-time.ts";

/** Reasons that are listed; the others are counted. */
const MOST_REASONS = 8;

/** `516 frames less 44 under transitions`: a film's length, where that is not the sum of its clips. */
export function lengthWords({ frames }: FilmPlan, { overlapFrames }: FilmOutlook): string {
  if (overlapFrames === 0) return countOf(frames, "frame");
  const sum = showCount(frames + overlapFrames);
  return `${countOf(frames, "frame")} (${sum} of its clips less ${showCount(overlapFrames)} under transitions)`;
}

/**
 * `300 frames copied, 172 encoded in about 20 s`: how a film's picture comes to be.
 *
 * @param kept - frames that an earlier join encoded just so
 */
export function pictureWords(film: FilmPlan, { encodedFrames, unseen }: FilmOutlook, kept = 0): string {
  const { frames } = film;
  const { least, most } = encodedFrames;
  if (most === 0) return "all frames copied";
  if (least === most && kept > 0) {
    const copied = most === frames ? "" : `${showCount(frames - most)} copied, `;
    if (kept >= most) return `${copied}${most === frames ? "all frames" : showCount(most)} encoded before and kept`;
    const rest = `${showCount(kept)} of them before, the others in ${aboutTime(film, most - kept)} on two cores`;
    return `${copied}${most === frames ? "all frames" : showCount(most)} encoded, ${rest}`;
  }
  const time = least === most ? aboutTime(film, most) : `${aboutTime(film, least)} to ${estimate(film, most)}`;
  if (least === frames) return `all frames encoded, ${time} on two cores`;
  if (least === most) return `${showCount(frames - most)} copied, ${showCount(most)} encoded, ${time} on two cores`;
  const clips = unseen === 1 ? "a clip that is" : `${showCount(unseen)} clips that are`;
  return `${showCount(least)} to ${showCount(most)} frames encoded, ${time} on two cores: that depends on the key frames of ${clips} not there yet`;
}

/** Why frames are encoded, a line a reason, and what would save most of it. */
export function encodedLines(film: FilmPlan, { encoded, encodedFrames, hold }: FilmOutlook): readonly string[] {
  const isOdd =
    encodedFrames.least === film.frames &&
    encoded.some(({ why }) => why.startsWith("size") || why.includes("frame rate"));
  const rest = encoded.slice(MOST_REASONS);
  const others = rest.reduce((sum, { frames }) => sum + frames, 0);
  return [
    ...(isOdd ? ["no clip has the film's size and frame rate, so none can be copied: size and frame_rate decide"] : []),
    ...encoded.slice(0, MOST_REASONS).map(reasonWords),
    ...(rest.length > 0 ? [`${countOf(others, "frame")} for ${countOf(rest.length, "other reason")}`] : []),
    ...(hold ? [holdWords(film, hold)] : []),
  ];
}

function reasonWords({ why, frames, shots }: EncodedReason): string {
  return `${countOf(frames, "frame")} of ${nameShots(shots)}: ${printable(why)}`;
}

function holdWords(film: FilmPlan, { seams, encodedFrames, frames }: HoldOffer): string {
  const where = seams === 1 ? "at its transition" : `at its ${showCount(seams)} transitions`;
  const time = aboutTime(film, encodedFrames);
  return `transition: hold ${where} would encode ${countOf(encodedFrames, "frame")} in all, ${time}; the film would have ${showCount(frames)}`;
}

function aboutTime(film: FilmPlan, frames: number): string {
  return `about ${estimate(film, frames)}`;
}

/** No more exact than an estimate is. */
function estimate(film: FilmPlan, frames: number): string {
  const seconds = piecesSeconds(film, frames);
  const step = seconds < 60 ? 1 : seconds < 3600 ? 10 : 60;
  return showDuration(Math.max(1, Math.round(seconds / step) * step) * 1000);
}
