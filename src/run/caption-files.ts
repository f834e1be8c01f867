import { writeSrt } from "../media/words/srt.ts";
import { writeWebVtt } from "../media/words/webvtt.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";

/**
 * Subtitle files of a film, a pair a language, whatever else becomes of its captions: the first language's have the film's
 * name, so that players find them, the others' their language in theirs.
 */
export function captionFiles(film: FilmPlan, { world }: Pick<BesideContext, "world">): readonly BesideWork[] {
  const base = film.file.replace(/\.[^.]*$/, "");
  return (film.captions?.tracks ?? []).flatMap((track, index) => {
    const name = index === 0 ? base : `${base}.${track.language}`;
    const files = [
      { file: `${name}.srt`, text: writeSrt(track) },
      { file: `${name}.vtt`, text: writeWebVtt(track) },
    ];
    return files.map(
      ({ file, text }) => ({ file, write: (path) => world.files.write(path, text) }) satisfies BesideWork,
    );
  });
}
