import type { FilmFigures } from "../shot/film-figures.ts";
import { printable } from "./printable.ts";

/** Why ffmpeg joined a film and not our own writer, as a sentence; undefined where it did not. The film itself is exact. */
export function doubtWords(figures: FilmFigures | null | undefined): string | undefined {
  if (figures?.way !== "sure") return undefined;
  return `It was joined by ffmpeg, as the quick way did not give it: ${printable(figures.doubts.join("; "))}.`;
}
