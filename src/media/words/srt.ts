import type { CaptionTrack } from "./cue.ts";
import { timestamp } from "./timestamp.ts";

/** Invisible and without width: parts what a reader would take for more than text, as SubRip has no way to escape it. */
const WORD_JOINER = "\u2060";

/**
 * A SubRip file: UTF-8 without a byte order mark, lines ended as the program wrote them that the format comes from.
 *
 * There is no standard. Most readers take `<i>` and `{\an8}` inside a text for commands, and a few look for the arrow
 * anywhere, so these are parted.
 */
export function writeSrt({ cues }: CaptionTrack): string {
  const blocks = cues.map(({ startSeconds, endSeconds, lines }, index) => {
    const times = `${timestamp(startSeconds, ",")} --> ${timestamp(endSeconds, ",")}`;
    return [`${index + 1}`, times, ...lines.map(plain), ""].map((line) => `${line}\r\n`).join("");
  });
  return blocks.join("");
}

function plain(line: string): string {
  return line
    .replaceAll(/<(?=[/a-z])/gi, `<${WORD_JOINER}`)
    .replaceAll("{\\", `{${WORD_JOINER}\\`)
    .replaceAll("-->", `--${WORD_JOINER}>`);
}
