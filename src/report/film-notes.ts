import type { FilmFigures } from "../shot/film-figures.ts";
import { doubtWords } from "./film-doubts.ts";
import { loudnessMissed } from "./loudness-words.ts";
import { cutVoiceWords } from "./voice-words.ts";

/** What a person should know of a film that is whole and not quite as was asked for, a line each. */
export function filmNotes(sequence: string, figures: FilmFigures | null | undefined): readonly string[] {
  const notes = [loudnessMissed(figures), doubtWords(figures)].filter((note) => note !== undefined);
  return [...notes, ...cutVoiceWords(sequence, figures?.cutVoices ?? [])];
}
