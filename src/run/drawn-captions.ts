import type { Media } from "../media/media.ts";
import type { FilmFormat } from "../media/picture/film-format.ts";
import { PictureNotExact } from "../media/picture/film-picture.ts";
import type { PieceWords } from "../media/picture/piece.ts";
import { burnScript } from "../media/words/burn-script.ts";
import type { CaptionFont } from "../media/words/caption-font.ts";
import type { Cue } from "../media/words/cue.ts";
import type { FilmPlan } from "../plan/film.ts";
import { burnedTrack } from "../plan/film-captions.ts";
import { frameAt, secondsOf } from "../shot/frame-rate.ts";
import type { World } from "../world/world.ts";

/** Captions that are drawn into a film's picture, and what with. */
export interface DrawnCaptions {
  readonly cues: readonly Cue[];
  readonly font: CaptionFont;
  readonly fontFile: string;
  readonly fontSha256: string;
}

/** Of a piece; the font by its content, as a newer package may draw letters otherwise. */
export interface DrawnWords extends PieceWords {
  readonly fontSha256: string;
}

/**
 * @returns undefined where nothing is drawn
 * @throws PictureNotExact where the font went since the run began
 */
export async function drawnCaptions(
  { captions, file }: Pick<FilmPlan, "captions" | "file">,
  { world, media }: { readonly world: Pick<World, "files">; readonly media: Pick<Media, "captionFonts"> },
): Promise<DrawnCaptions | undefined> {
  const track = captions && burnedTrack(captions);
  if (!track || track.cues.length === 0) return undefined;
  const font = captions.burned?.font;
  const fontFile = font && media.captionFonts.find(font);
  if (!fontFile) throw new PictureNotExact(`no font for its captions in ${track.language} is installed`, file);
  return { cues: track.cues, font, fontFile, fontSha256: await world.files.sha256(fontFile) };
}

/** What is drawn between two frames of the film, timed from the first of them; undefined: nothing. */
export function wordsBetween(
  { cues, font, fontFile, fontSha256 }: DrawnCaptions,
  from: number,
  end: number,
  { size, frameRate }: FilmFormat,
): DrawnWords | undefined {
  const seen = cues.flatMap((cue) => {
    const first = Math.max(from, frameAt(cue.startSeconds, frameRate));
    const last = Math.min(end, frameAt(cue.endSeconds, frameRate));
    if (last <= first) return [];
    const [startSeconds, endSeconds] = [secondsOf(first - from, frameRate), secondsOf(last - from, frameRate)];
    return [{ ...cue, startSeconds, endSeconds }];
  });
  if (seen.length === 0) return undefined;
  return { script: burnScript(seen, size, frameRate, font), font: fontFile, fontSha256 };
}
