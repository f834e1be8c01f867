import type { CaptionTrack } from "./cue.ts";
import { timestamp } from "./timestamp.ts";

/**
 * A WebVTT file. The language stands in a note: the format has no field for it, the page that shows the film has (`srclang`).
 *
 * @see W3C WebVTT: The Web Video Text Tracks Format, 4.1 syntax of files, 4.2.2 cue text
 */
export function writeWebVtt({ language, cues }: CaptionTrack): string {
  const head = language === "und" ? "WEBVTT\n" : `WEBVTT\n\nNOTE Language: ${language}\n`;
  const blocks = cues.map(({ startSeconds, endSeconds, lines }, index) => {
    const times = `${timestamp(startSeconds, ".")} --> ${timestamp(endSeconds, ".")}`;
    return [`${index + 1}`, times, ...lines.map(escaped)].map((line) => `${line}\n`).join("");
  });
  return [head, ...blocks].join("\n");
}

function escaped(line: string): string {
  return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
