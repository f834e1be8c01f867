import { box, u8, u16, u32, utf8, zeros } from "./box-writer.ts";
import type { NewPackets, NewTrack } from "./new-track.ts";
import { cutText } from "./tags-writer.ts";

/** Words that are shown for a while. Times in ticks of the track. */
export interface TimedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface TextTrackTerms {
  /** ticks a second */
  readonly timescale: number;
  /** ticks of the track: the film's end */
  readonly duration: number;
  /** ticks of the whole file that the track lasts */
  readonly playedTicks: number;
  readonly language: string | undefined;
  readonly name: string;
  readonly shownSize: NewTrack["shownSize"];
}

/** A packet's length stands in 16 bits. */
const MOST_TEXT_BYTES = 65_000;

/** Captions that a player shows when asked: 3GPP timed text, which ffmpeg calls `mov_text`. @see 3GPP TS 26.245 */
export function captionTrack(cues: readonly TimedText[], terms: TextTrackTerms): NewTrack {
  return textTrack("captions", captionDescription(), textPackets(cues, terms.duration), terms);
}

/** Chapters as QuickTime reads them: a track of text, to which the others refer. */
export function chapterTrack(chapters: readonly TimedText[], terms: TextTrackTerms): NewTrack {
  return textTrack("chapters", chapterDescription(), textPackets(chapters, terms.duration, ENCODING), terms);
}

/** Says of a chapter's title that it is UTF-8. @see QuickTime File Format, "Text sample extensions": `encd` */
const ENCODING = box("encd", u32(0x100));

function textTrack(
  kind: "captions" | "chapters",
  description: Uint8Array,
  packets: NewPackets,
  { timescale, playedTicks, language, name, shownSize }: TextTrackTerms,
): NewTrack {
  const edits = [{ length: playedTicks, from: 0 }];
  return { kind, description, timescale, packets, edits, language, name, shownSize };
}

/** A track has no holes: where nothing is said stands a packet without words. */
function textPackets(texts: readonly TimedText[], end: number, extension = zeros(0)): NewPackets {
  const data: Uint8Array[] = [];
  const durations: number[] = [];
  const add = (text: string, duration: number) => {
    if (duration <= 0) return;
    const bytes = cutText(text, MOST_TEXT_BYTES);
    data.push(Buffer.concat([u16(bytes.length), bytes, text === "" ? zeros(0) : extension]));
    durations.push(duration);
  };
  let at = 0;
  for (const { start, end, text } of texts) {
    add("", start - at);
    add(text, end - start);
    at = end;
  }
  add("", end - at);
  return { data, durations: Uint32Array.from(durations), shownAfter: undefined, keys: undefined };
}

/** White letters at the lower edge, in the middle. The player chooses font and size. */
function captionDescription(): Uint8Array {
  return box("tx3g", [
    ...[zeros(6), u16(1)],
    ...[u32(0), u8(1, 0xff), zeros(4)], // in the middle, at the bottom, on nothing
    zeros(8), // the player's own place for them
    ...[u16(0, 0, 1), u8(0, 18), u32(0xffffffff)], // font 1, 18 points, white
    box("ftab", u16(1, 1), u8(10), utf8("Sans-Serif")),
  ]);
}

/** @see QuickTime File Format, "Text sample description" */
function chapterDescription(): Uint8Array {
  return box("text", [...[zeros(6), u16(1)], ...[u32(1), u32(0), zeros(6), zeros(8), zeros(8), zeros(14)]]);
}
