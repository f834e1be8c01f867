import { box, letters, type Part, u8, u16, u32, u64, utf8, versionedBox, zeros } from "./box-writer.ts";
import { packedLanguage } from "./language.ts";
import type { NewMp4, NewTrack } from "./new-track.ts";
import { type Chunk, sampleTables } from "./sample-tables-writer.ts";
import { tagsBox } from "./tags-writer.ts";

/** Where the packets of a track will lie. */
export interface TrackLayout {
  /** bytes of each packet */
  readonly sizes: Uint32Array;
  readonly chunks: readonly Chunk[];
  /** where each chunk begins in the file */
  readonly places: Float64Array;
}

/** The file counts its dates from 1904. @see ISO/IEC 14496-12, 8.2.2 */
const SECONDS_FROM_1904_TO_1970 = 2_082_844_800;

/** A picture that is not turned, moved or scaled: a matrix of 16.16 and 2.30 bits. */
const UPRIGHT = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** Flags of a track: it is there to be played, and belongs to the film. */
const ENABLED = 1;
const IN_FILM = 2;

/** Sorts of tracks as readers tell them, and those of which a player takes one at a time. */
const KINDS = {
  picture: { handler: "vide", flags: ENABLED | IN_FILM, group: 0 },
  sound: { handler: "soun", flags: ENABLED | IN_FILM, group: 1 },
  // Shown when somebody asks for them.
  captions: { handler: "sbtl", flags: IN_FILM, group: 2 },
  // Disabled, as Apple's players want it: it is referred to, and not played.
  chapters: { handler: "text", flags: IN_FILM, group: 0 },
} as const;

/** The file's table of contents. @param long - places in the file take 64 bits */
export function moovBox(movie: NewMp4, layouts: readonly TrackLayout[], long: boolean): Uint8Array {
  const tracks = movie.tracks.map((track, index) => {
    const layout = layouts[index];
    if (!layout) throw new RangeError("a track without a layout");
    return trackBox(movie, track, index, layout, long);
  });
  return box("moov", movieHeader(movie), tracks, tagsBox(movie));
}

function movieHeader({ timescale, duration, createdAt, tracks }: NewMp4): Uint8Array {
  return timedBox("mvhd", 0, createdAt, duration, (time, length) => [
    ...[time, time, u32(timescale), length],
    u32(0x10000), // normal speed
    u16(0x100), // full volume
    ...[zeros(10), UPRIGHT, zeros(24)],
    u32(tracks.length + 1), // the next track's number
  ]);
}

function trackBox(movie: NewMp4, track: NewTrack, index: number, layout: TrackLayout, long: boolean): Uint8Array {
  const { handler, flags, group } = KINDS[track.kind];
  const chapters = movie.tracks.findIndex(({ kind }) => kind === "chapters");
  const refers = chapters !== -1 && (track.kind === "picture" || track.kind === "sound");
  const size = track.shownSize ?? { width: 0, height: 0 };
  const played = track.edits.reduce((sum, { length }) => sum + length, 0);
  const ticks = track.packets.durations.reduce((sum, duration) => sum + duration, 0);
  return box("trak", [
    timedBox("tkhd", flags, movie.createdAt, played, (time, length) => [
      ...[time, time, u32(index + 1), u32(0), length, zeros(8)],
      u16(0, group, track.kind === "sound" ? 0x100 : 0, 0),
      UPRIGHT,
      u32(size.width * 0x10000, size.height * 0x10000),
    ]),
    refers ? box("tref", box("chap", u32(chapters + 1))) : [],
    box("edts", editList(track.edits)),
    box("mdia", [
      timedBox("mdhd", 0, movie.createdAt, ticks, (time, length) => [
        ...[time, time, u32(track.timescale), length],
        u16(packedLanguage(track.language), 0),
      ]),
      versionedBox("hdlr", 0, 0, zeros(4), letters(handler), zeros(12), utf8(track.name), u8(0)),
      track.language === undefined ? [] : versionedBox("elng", 0, 0, utf8(track.language), u8(0)),
      box("minf", [
        mediaHeader(track.kind),
        box("dinf", versionedBox("dref", 0, 0, u32(1), versionedBox("url ", 0, 1))), // in this file
        sampleTables(track, layout.sizes, layout.chunks, layout.places, long),
      ]),
    ] satisfies Part),
  ] satisfies Part);
}

function editList(edits: NewTrack["edits"]): Uint8Array {
  const long = edits.some(({ length, from }) => length >= 2 ** 32 || from >= 2 ** 31);
  const wide = long ? u64 : u32;
  const entries = edits.map(({ length, from }) => [wide(length), wide(from), u16(1, 0)]);
  return versionedBox("elst", long ? 1 : 0, 0, u32(edits.length), entries);
}

function mediaHeader(kind: NewTrack["kind"]): Uint8Array {
  if (kind === "picture") return versionedBox("vmhd", 0, 1, zeros(8));
  if (kind === "sound") return versionedBox("smhd", 0, 0, zeros(4));
  if (kind === "captions") return versionedBox("nmhd", 0, 0);
  // QuickTime's text: copied as it is, no colours behind it, at its place.
  return box("gmhd", versionedBox("gmin", 0, 0, u16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)), box("text", UPRIGHT));
}

/** A box that says when it was made and how long it lasts, in 64 bits where 32 do not suffice. */
function timedBox(
  type: string,
  flags: number,
  createdAt: number | undefined,
  duration: number,
  fields: (time: Uint8Array, duration: Uint8Array) => Part,
): Uint8Array {
  const time = createdAt === undefined ? 0 : Math.floor(createdAt / 1000) + SECONDS_FROM_1904_TO_1970;
  const long = duration >= 2 ** 32 || time >= 2 ** 32;
  const wide = long ? u64 : u32;
  return versionedBox(type, long ? 1 : 0, flags, fields(wide(time), wide(duration)));
}
