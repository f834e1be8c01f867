import type { FilmPlan } from "../plan/film.ts";
import type { FilmFigures } from "../shot/film-figures.ts";
import { type FilmLoudness, type HeldBy, LOUDNESS_TOLERANCE } from "../shot/loudness.ts";

/** `; sound at -14 LUFS`: what a plan says of how loud a film will be. */
export function loudnessAim({ sound: { loudness } }: FilmPlan): string {
  return loudness === "off" ? "; sound levels left alone" : `; sound at ${loudness} LUFS`;
}

/** `, -14.1 LUFS, true peak -1.2 dBTP`: as it was measured in the film; empty where it was not. */
export function loudnessFound(figures: FilmFigures | null | undefined): string {
  if (!figures?.loudness) return "";
  const { integratedLufs, truePeakDb } = figures.loudness.after;
  if (integratedLufs === null || truePeakDb === null) return ", silent";
  return `, ${integratedLufs.toFixed(1)} LUFS, true peak ${truePeakDb.toFixed(1)} dBTP`;
}

/** Why a film is not as loud as was asked for; undefined where it is, or nothing was asked. */
export function loudnessMissed(figures: FilmFigures | null | undefined): string | undefined {
  if (!figures?.loudness) return undefined;
  const { targetLufs, after, heldBy } = figures.loudness;
  if (heldBy === "silence" || after.integratedLufs === null) return `Its ${WHY.silence}.`;
  const off = after.integratedLufs - targetLufs;
  if (Math.abs(off) <= LOUDNESS_TOLERANCE) return undefined;
  const far = `${Math.abs(off).toFixed(1)} LU ${off < 0 ? "softer" : "louder"}`;
  return `It is ${far} than the ${targetLufs} LUFS asked for: its ${WHY[heldBy ?? reasonOf(figures.loudness)]}.`;
}

const WHY: Readonly<Record<HeldBy | "limiter", string>> = {
  silence: "sound is too soft to be raised, and was left as it is",
  gain: "sound would have to be raised by more than is allowed",
  peaks: "peaks leave no room to raise it further",
  limiter: "peaks had to be taken down",
};

/** Nothing held it, and yet the limiter took more than could be given back. */
function reasonOf({ limitedDb }: FilmLoudness): "limiter" | "gain" {
  return limitedDb > 0 ? "limiter" : "gain";
}
