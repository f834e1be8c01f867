import { expect, test } from "vitest";
import type { CaptionTrack } from "../../../src/media/words/cue.ts";
import { writeSrt } from "../../../src/media/words/srt.ts";
import { writeWebVtt } from "../../../src/media/words/webvtt.ts";

const TRACK: CaptionTrack = {
  language: "de-CH",
  cues: [
    { startSeconds: 12 / 24, endSeconds: 61 / 24, lines: ["Niemand kam", "in jenem Winter."] },
    { startSeconds: 3599.9996, endSeconds: 3601, lines: ["A & B <i>7 < 8</i> {\\an8} -->"] },
  ],
};

test("a SubRip file numbers its cues, ends lines as on Windows and parts what readers would take for commands", () => {
  expect(writeSrt(TRACK).split("\r\n")).toEqual([
    "1",
    "00:00:00,500 --> 00:00:02,542",
    "Niemand kam",
    "in jenem Winter.",
    "",
    "2",
    "01:00:00,000 --> 01:00:01,000",
    "A & B <\u2060i>7 < 8<\u2060/i> {\u2060\\an8} --\u2060>",
    "",
    "",
  ]);
});

test("a WebVTT file says its language in a note and escapes its texts", () => {
  expect(writeWebVtt(TRACK).split("\n")).toEqual([
    "WEBVTT",
    "",
    "NOTE Language: de-CH",
    "",
    "1",
    "00:00:00.500 --> 00:00:02.542",
    "Niemand kam",
    "in jenem Winter.",
    "",
    "2",
    "01:00:00.000 --> 01:00:01.000",
    "A &amp; B &lt;i&gt;7 &lt; 8&lt;/i&gt; {\\an8} --&gt;",
    "",
  ]);
});

test("a track without cues is an empty SubRip file and a WebVTT file of its first line", () => {
  expect(writeSrt({ language: "und", cues: [] })).toBe("");
  expect(writeWebVtt({ language: "und", cues: [] })).toBe("WEBVTT\n");
});
