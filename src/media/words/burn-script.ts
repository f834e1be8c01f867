import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import { breakWide } from "./break-wide.ts";
import type { CaptionFont } from "./caption-font.ts";
import type { Cue } from "./cue.ts";

/** Invisible and without width: parts what libass would take for a command. */
const WORD_JOINER = "\u2060";

/** Height of a letter's box as a share of the film's short side, and what is kept free of words at the edges. */
const LETTERS = 0.047;
const FREE = { bottom: 0.1, side: 0.06 } as const;

/** Outline as a share of a letter's height: white words stay readable on snow. */
const OUTLINE = 0.075;

/**
 * A script by which libass draws captions into a picture: white with a dark outline, in the middle, above the lowest tenth.
 * Lines are broken already; one of letters so wide that it would leave the picture is broken once more, at a space where it
 * has one. What is said may hold all that means something to libass: it is drawn as it is written.
 *
 * @param cues - times from the first frame of the picture that is drawn into
 * @see libass: fields of a style as SubStation Alpha v4+ has them; colours are &HAABBGGRR
 */
export function burnScript(cues: readonly Cue[], size: PixelSize, rate: FrameRate, font: CaptionFont): string {
  const { width, height } = size;
  const em = LETTERS * Math.min(width, height);
  const style = [
    ...["Words", font.family, (em * font.lineHeight).toFixed(1)],
    ...["&H00FFFFFF", "&H00FFFFFF", "&H00101010", "&H80000000"],
    ...[0, 0, 0, 0, 100, 100, 0, 0],
    ...[1, (em * OUTLINE).toFixed(1), (em * OUTLINE * 0.4).toFixed(1), 2],
    ...[Math.round(FREE.side * width), Math.round(FREE.side * width), Math.round(FREE.bottom * height)],
    -1, // each line's direction is found from its letters
  ];
  // Half a frame early, as times are written in hundredths of a second: the rounding then moves no caption by a frame.
  const at = (seconds: number) => assTime(Math.max(0, seconds - secondsOf(0.5, rate)));
  const room = (width * (1 - 2 * FREE.side)) / em;
  const events = cues.map(({ startSeconds, endSeconds, lines }) => {
    const drawn = lines.flatMap((line) => breakWide(line, room)).map(escaped);
    return `Dialogue: 0,${at(startSeconds)},${at(endSeconds)},Words,,0,0,0,,${drawn.join("\\N")}`;
  });
  return [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    "WrapStyle: 0",
    "ScaledBorderAndShadow: yes",
    "YCbCr Matrix: None", // white and grey are the same in all
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    `Style: ${style.join(",")}`,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...events,
    "",
  ].join("\n");
}

function assTime(seconds: number): string {
  const all = Math.round(seconds * 100);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(all / 360_000)}:${two(Math.floor(all / 6000) % 60)}:${two(Math.floor(all / 100) % 60)}.${two(all % 100)}`;
}

/** Ends of lines are ends of events, and a line of a script begins where a text says so. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

function escaped(line: string): string {
  const plain = line.replaceAll(CONTROL, " ");
  return plain.replaceAll("\\", `\\${WORD_JOINER}`).replaceAll("{", "\\{").replaceAll("}", "\\}");
}
