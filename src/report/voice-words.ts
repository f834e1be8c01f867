import { basename } from "node:path";
import type { CutVoice } from "../shot/film-figures.ts";
import { printable } from "./printable.ts";

/** A line a voice of which something is not heard, as the film ends before it. */
export function cutVoiceWords(sequence: string, voices: readonly CutVoice[]): readonly string[] {
  return voices.map(({ file, lostSeconds, whole }) => {
    const name = printable(basename(file));
    if (whole) return `The voice ${name} begins when film "${sequence}" has ended: nothing of it is heard.`;
    return `The voice ${name} is too long for film "${sequence}": its last ${lostSeconds.toFixed(1)} s are not heard.`;
  });
}
