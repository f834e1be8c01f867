import type { Files, OpenFile } from "../../world/files.ts";
import {
  type BoxPlace,
  BrokenMp4,
  boxesIn,
  bytesOf,
  findBox,
  findPath,
  fourLetters,
  LONGEST_HEADER,
  readHeader,
  readUint64,
  slice,
} from "./boxes.ts";
import { isFragmented, readFragments, readSampleTables, type Samples } from "./samples.ts";

/**
 * An MP4 file as its own tables describe it. Read by us and not by ffprobe, because only so can a joined film be judged by
 * someone else than who made it, and because no ffprobe is needed to find out what was copied.
 */
export interface Mp4 {
  readonly bytes: number;
  /** ticks a second of the edit lists' lengths */
  readonly timescale: number;
  readonly fragmented: boolean;
  readonly tracks: readonly Mp4Track[];
}

export interface Mp4Track {
  readonly kind: "picture" | "sound" | "other";
  /** ticks a second */
  readonly timescale: number;
  /** four letters: `avc1`, `mp4a` */
  readonly codec: string;
  /** how many ways of decoding the track switches between: 1 in a well-made file */
  readonly descriptions: number;
  /** the first way of decoding as the file has it: a whole entry of `stsd`, head included */
  readonly description: Uint8Array;
  /** the body of `avcC` or its like; empty where the codec has none */
  readonly decoderConfig: Uint8Array;
  /** neither turned nor moved nor scaled by the file */
  readonly upright: boolean;
  readonly edits: readonly Edit[];
  readonly samples: Samples;
}

interface Edit {
  /** ticks of the whole file */
  readonly length: number;
  /** ticks of the track; -1: nothing is shown meanwhile */
  readonly from: number;
}

/** A table of contents larger than this belongs to no clip and no film of ours. */
const MOST_MOOV_BYTES = 256 * 2 ** 20;

/** Two for each second of a day's recording in pieces, and as many again: more is made to keep a reader busy. */
const MOST_BOXES = 400_000;

/** Numbers of 16.16 and 2.30 bits. @see ISO/IEC 14496-12, 8.3.2 */
const UPRIGHT = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

const HEADER_BYTES = 8;

/** Small boxes stand together at a file's beginning: one look finds them all. */
const LOOK_BYTES = 4096;

/** Boxes inside a picture's description start after 78 bytes of fixed fields. @see ISO/IEC 14496-12, 12.1.3 */
const PICTURE_FIELDS = 78;
const CONFIG_BOXES = ["avcC", "hvcC", "av1C", "vpcC"];

/**
 * @param awaited - bytes that the file will have, where it is still being written and its tables are there already
 * @throws BrokenMp4
 */
export async function readMp4(files: Pick<Files, "open" | "stat">, path: string, awaited?: number): Promise<Mp4> {
  const bytes = awaited ?? (await files.stat(path))?.bytes ?? 0;
  if (bytes === 0) throw new BrokenMp4("the file is empty");
  const file = await files.open(path);
  try {
    return await readTables(file, bytes);
  } finally {
    await file.close();
  }
}

async function readTables(file: OpenFile, bytes: number): Promise<Mp4> {
  const places = await listBoxes(file, bytes);
  const moovPlace = places.find(({ type }) => type === "moov");
  if (!moovPlace) throw new BrokenMp4('the file has no "moov" box: it is cut off, or no MP4');
  const moov = await readBody(file, moovPlace);
  const fragmented = isFragmented(moov);
  const pieces: { moof: DataView; start: number }[] = [];
  for (const place of fragmented ? places.filter(({ type }) => type === "moof") : []) {
    pieces.push({ moof: await readBody(file, place), start: place.start });
  }
  try {
    const mvhd = findBox(moov, "mvhd");
    if (!mvhd) throw new BrokenMp4('the box "moov" holds no "mvhd"');
    const tracks = boxesIn(moov)
      .filter(({ type }) => type === "trak")
      .map(({ body }) => readTrack(body, (id) => (fragmented ? readFragments(moov, pieces, id) : undefined)));
    for (const { samples } of tracks) refuseBeyond(samples, bytes);
    return { bytes, timescale: mvhd.getUint32(isLong(mvhd) ? 20 : 12), fragmented, tracks };
  } catch (error) {
    if (error instanceof RangeError) throw new BrokenMp4("a table ends before what it announces", { cause: error });
    throw error;
  }
}

async function listBoxes(file: OpenFile, fileBytes: number): Promise<readonly BoxPlace[]> {
  const places: BoxPlace[] = [];
  const memory = new Uint8Array(LOOK_BYTES);
  let start = 0;
  let held: { readonly from: number; readonly bytes: Uint8Array } = { from: 0, bytes: new Uint8Array() };
  while (start < fileBytes) {
    const length = Math.min(LONGEST_HEADER, fileBytes - start);
    if (start + length > held.from + held.bytes.length) {
      held = { from: start, bytes: await file.read(start, memory) };
    }
    const header = held.bytes.subarray(start - held.from, start - held.from + length);
    const place = readHeader(viewOf(header), start, fileBytes);
    places.push(place);
    if (places.length > MOST_BOXES) throw new BrokenMp4(`the file has more than ${MOST_BOXES} boxes`);
    start += place.bytes;
  }
  return places;
}

async function readBody(file: OpenFile, place: BoxPlace): Promise<DataView> {
  if (place.bytes > MOST_MOOV_BYTES) throw new BrokenMp4(`the box "${place.type}" claims ${place.bytes} bytes`);
  const whole = viewOf(await file.read(place.start, new Uint8Array(place.bytes)));
  return slice(whole, place.headerBytes, whole.byteLength - place.headerBytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readTrack(trak: DataView, readPieces: (trackId: number) => Samples | undefined): Mp4Track {
  const tkhd = findBox(trak, "tkhd");
  const mdhd = findPath(trak, "mdia", "mdhd");
  const handler = findPath(trak, "mdia", "hdlr");
  const stbl = findPath(trak, "mdia", "minf", "stbl");
  const stsd = stbl && findBox(stbl, "stsd");
  if (!tkhd || !mdhd || !handler || !stsd) throw new BrokenMp4("a track lacks its head or its tables");
  refuseElsewhere(findPath(trak, "mdia", "minf", "dinf", "dref"));
  const trackId = tkhd.getUint32(isLong(tkhd) ? 20 : 12);
  const kind = ({ vide: "picture", soun: "sound" } as const)[fourLetters(handler, 8)] ?? "other";
  const descriptions = boxesIn(stsd, 8);
  const [description] = descriptions;
  return {
    kind,
    timescale: mdhd.getUint32(isLong(mdhd) ? 20 : 12),
    codec: description?.type ?? "",
    descriptions: descriptions.length,
    description: description ? wholeBox(description.body) : new Uint8Array(),
    decoderConfig: kind === "picture" && description ? readDecoderConfig(description.body) : new Uint8Array(),
    upright: isUpright(tkhd),
    edits: readEdits(findPath(trak, "edts", "elst")),
    samples: readPieces(trackId) ?? readSampleTables(stbl),
  };
}

/** A packet's length is believed by whoever reads it, so it must be true. */
function refuseBeyond({ offsets, sizes, count }: Samples, fileBytes: number): void {
  for (let index = 0; index < count; index++) {
    const end = (offsets[index] ?? 0) + (sizes[index] ?? 0);
    if (end > fileBytes) throw new BrokenMp4(`packet ${index + 1} of a track ends behind the end of the file`);
  }
}

/**
 * A track may lie in another file, by name or address. No clip of the vendor's does: one that did would be a way to read
 * our disk into a film. ffmpeg opens such files only when it is told to; this does not depend on its build.
 *
 * @see ISO/IEC 14496-12, 8.7.2: flag 1 of an entry says that the media lies in the same file
 */
function refuseElsewhere(dref: DataView | undefined): void {
  if (!dref) return;
  for (const { type, body } of boxesIn(dref, 8)) {
    const isHere = (body.getUint32(0) & 1) === 1;
    // Some tools forget the flag, and name nothing.
    if (!isHere && body.byteLength > 5) throw new BrokenMp4(`it keeps its media in another file ("${type.trim()}")`);
  }
}

function readDecoderConfig(description: DataView): Uint8Array {
  const found = boxesIn(description, PICTURE_FIELDS).find(({ type }) => CONFIG_BOXES.includes(type));
  return found ? bytesOf(found.body) : new Uint8Array();
}

/** A box inside another has a head of 8 bytes: one of 64 bits would be larger than all we read. */
function wholeBox(body: DataView): Uint8Array {
  return bytesOf(slice(body, -HEADER_BYTES, body.byteLength + HEADER_BYTES));
}

function isUpright(tkhd: DataView): boolean {
  const matrix = Array.from({ length: 9 }, (_, index) => tkhd.getInt32((isLong(tkhd) ? 52 : 40) + index * 4));
  return UPRIGHT.every((value, index) => matrix[index] === value);
}

function readEdits(elst: DataView | undefined): readonly Edit[] {
  if (!elst) return [];
  const long = isLong(elst);
  return Array.from({ length: elst.getUint32(4) }, (_, index) =>
    long
      ? { length: readUint64(elst, 8 + index * 20), from: Number(elst.getBigInt64(16 + index * 20)) }
      : { length: elst.getUint32(8 + index * 12), from: elst.getInt32(12 + index * 12) },
  );
}

/** Version 1 of a box has times of 64 bits. */
function isLong(box: DataView): boolean {
  return box.getUint8(0) === 1;
}
