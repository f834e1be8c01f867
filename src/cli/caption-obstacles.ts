import type { Manifest, Shot } from "../manifest/manifest.ts";
import { quoted } from "../manifest/wording.ts";
import type { Media } from "../media/media.ts";
import type { ToolSearch } from "../media/tools/tools.ts";
import { type CaptionFont, captionFont } from "../media/words/caption-font.ts";
import type { FilmPlan } from "../plan/film.ts";
import { type BurnedCaptions, burnedTrack, spokenIn } from "../plan/film-captions.ts";
import type { Problem } from "../shot/problem.ts";

const NOTHING_BOUGHT = "Nothing was bought: 0 credits spent.";

/** Why captions cannot be drawn into these films here: no font has their letters, or ffmpeg cannot draw. */
export function captionObstacles(
  films: readonly FilmPlan[],
  manifest: Manifest,
  media: Pick<Media, "drawsCaptions" | "captionFonts">,
  { tools }: Pick<ToolSearch, "tools">,
): readonly Problem[] {
  const drawn = films.filter(({ captions }) => captions && (burnedTrack(captions)?.cues.length ?? 0) > 0);
  const [first] = drawn;
  if (!first) return [];
  const problems = drawn.flatMap((film) => fontProblems(film, manifest, media));
  if (media.drawsCaptions) return problems;
  const lacking = {
    rule: "ffmpeg-too-small",
    message: `captions are to be drawn into film ${quoted(first.sequence)}, and ffmpeg ${tools?.ffmpeg.version} (${tools?.ffmpeg.path}) has no filter:ass`,
    fix: `Write soft captions, or point FFMPEG_PATH to a full build. ${NOTHING_BOUGHT}`,
    place: null,
  };
  return [...problems, lacking];
}

function fontProblems(
  { sequence, captions, clips }: FilmPlan,
  manifest: Manifest,
  { captionFonts }: Pick<Media, "captionFonts">,
): Problem[] {
  const burned = captions?.burned;
  if (!burned || (burned.font && captionFonts.find(burned.font))) return [];
  const inFilm = new Set(clips.map(({ shot }) => shot));
  const shots = manifest.shots.filter(({ id }) => inFilm.has(id));
  const shot = shots.find((each) => isCause(each, burned, captions.tracks[0]?.language)) ?? shots[0];
  const who = shot ? `what is said in shot ${quoted(shot.id)}` : "what is said";
  const place = shot?.place ?? null;
  const message = `${who} cannot be drawn into film ${quoted(sequence)}:`;
  const { font } = burned;
  if (!font) {
    const why = "no font is known here that has all letters of its captions together";
    const fix = `Write soft captions, or burn another language: players have fonts for all. ${NOTHING_BOUGHT}`;
    return [{ rule: "captions-font", message: `${message} ${why}`, fix, place }];
  }
  const fix = `Install it: ${installing(font, captionFonts.home)}. Or write soft captions. ${NOTHING_BOUGHT}`;
  return [{ rule: "captions-font", message: `${message} its font ${font.package} is not installed`, fix, place }];
}

/** Whether it is for this shot that the film needs its font, or has none. */
function isCause({ dialogue }: Shot, { language, font }: BurnedCaptions, usual: string | undefined): boolean {
  const texts = spokenIn(dialogue, language, usual);
  return texts.length > 0 && captionFont(texts, language)?.package === font?.package;
}

/** Without `--no-save` the package would stand in the program's own list. */
function installing({ package: name }: CaptionFont, home: string): string {
  return `npm install --no-save --prefix ${/[^\w./-]/.test(home) ? `'${home}'` : home} ${name}`;
}
