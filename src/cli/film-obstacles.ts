import type { Manifest } from "../manifest/manifest.ts";
import { encodingNeeds } from "../media/film/encode-film.ts";
import type { Media } from "../media/media.ts";
import type { ToolSearch } from "../media/tools/tools.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { Problem } from "../shot/problem.ts";
import { captionObstacles } from "./caption-obstacles.ts";
import { problem } from "./exit.ts";

/** What makes the films of this machine. */
export interface FilmMakers {
  readonly tools: ToolSearch;
  readonly media: Pick<Media, "drawsCaptions" | "captionFonts">;
}

/** Why films cannot be made here as they are to be: their codec, their transitions, the letters of their captions. */
export function filmObstacles(
  films: readonly FilmPlan[],
  manifest: Manifest,
  { tools, media }: FilmMakers,
): readonly Problem[] {
  return [
    ...encodingObstacles(films, tools),
    ...transitionObstacles(films, tools),
    ...captionObstacles(films, manifest, media, tools),
  ];
}

function transitionObstacles(films: readonly FilmPlan[], tools: ToolSearch): readonly Problem[] {
  const lacking = tools.missing(["filter:xfade"]);
  if (lacking.length === 0) return [];
  const ffmpeg = tools.tools?.ffmpeg;
  return films.flatMap(({ sequence, clips }) => {
    const [kind] = clips.flatMap(({ transition }) => (transition ? [transition.kind] : []));
    if (kind === undefined) return [];
    const message = `film "${sequence}" has transitions (${kind}), and ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) has no ${lacking.join(", ")}`;
    const fix =
      "Take its transitions out, or point FFMPEG_PATH to ffmpeg 4.3 or later. Nothing was bought: 0 credits spent.";
    return [problem("ffmpeg-too-small", message, fix)];
  });
}

function encodingObstacles(films: readonly FilmPlan[], tools: ToolSearch): readonly Problem[] {
  return films.flatMap(({ sequence, encode }) => {
    const lacking = encode ? tools.missing(encodingNeeds(encode)) : [];
    if (!encode || lacking.length === 0) return [];
    const ffmpeg = tools.tools?.ffmpeg;
    const what = `${encode.codec} with ${encode.audio} sound`;
    const message = `film "${sequence}" is to be encoded as ${what}, and ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) has no ${lacking.join(", ")}`;
    const fix =
      "Choose another codec or sound in encode, or point FFMPEG_PATH to a full build. Nothing was bought: 0 credits spent.";
    return [problem("ffmpeg-too-small", message, fix)];
  });
}
