import { allOf } from "../manifest/wording.ts";
import type { FilmCaptions } from "../plan/film-captions.ts";
import type { JoinStep } from "../plan/step.ts";
import { nameShots } from "./tell-problems.ts";

/** `; captions in en and de to be switched on`: what a film's plan says of them; empty where there are none. */
export function captionWords(captions: FilmCaptions | undefined): string {
  if (!captions) return "";
  const { tracks, as, burned } = captions;
  const drawn = burned ? `; captions${inLanguages([burned.language])} drawn into the picture` : "";
  if (as === "burned") return drawn;
  const languages = inLanguages(tracks.map(({ language }) => language));
  return `; captions${languages} ${as === "soft" ? "to be switched on" : "beside it"}${drawn}`;
}

function inLanguages(languages: readonly string[]): string {
  const named = languages.filter((language) => language !== "und");
  return named.length > 0 ? ` in ${allOf(named)}` : "";
}

/** A line a film whose captions many could not read to the end. */
export function hastyWords(joins: readonly JoinStep[]): readonly string[] {
  return joins.flatMap(({ sequence, film }) => {
    const hasty = film.captions?.hasty ?? [];
    if (hasty.length === 0) return [];
    return [`What is said in ${nameShots(hasty)} is too long to be read in its time in film "${sequence}".`];
  });
}
