import { BrokenMp4, boxesIn, findBox, findPath, readUint64 } from "./boxes.ts";

/** The packets of a track in decoding order. All lists are equally long. */
export interface Samples {
  readonly count: number;
  /** bytes from the file's start */
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
  /** ticks of the track */
  readonly durations: Uint32Array;
  /** ticks from the moment of decoding to that of showing */
  readonly shownAfter: Int32Array;
  /** 1 where decoding can begin */
  readonly keys: Uint8Array;
}

/** More packets than 24 hours at 120 frames a second: such a number is a lie about the file. */
const MOST_SAMPLES = 10_400_000;

/** The bit of a packet's flags in a piece. @see ISO/IEC 14496-12, 8.8.3: `sample_is_non_sync_sample` */
const NOT_A_KEY = 0x10000;

/** Reads the tables of an ordinary file. @see ISO/IEC 14496-12, 8.6 and 8.7 */
export function readSampleTables(stbl: DataView): Samples {
  const sizes = readSizes(stbl);
  const count = sizes.length;
  return {
    count,
    sizes,
    offsets: readOffsets(stbl, sizes),
    durations: Uint32Array.from(readRuns(findBox(stbl, "stts"), count, false)),
    shownAfter: readRuns(findBox(stbl, "ctts"), count, true),
    keys: readKeys(findBox(stbl, "stss"), count),
  };
}

/** A track that names no key packets has nothing else. */
function readKeys(stss: DataView | undefined, count: number): Uint8Array {
  if (!stss) return new Uint8Array(count).fill(1);
  const keys = new Uint8Array(count);
  for (let index = 0; index < stss.getUint32(4); index++) keys[stss.getUint32(8 + index * 4) - 1] = 1;
  return keys;
}

function readSizes(stbl: DataView): Uint32Array {
  const stsz = findBox(stbl, "stsz");
  if (!stsz) throw new BrokenMp4('a track has no "stsz" box, or one of a kind that no video generator writes');
  const uniform = stsz.getUint32(4);
  const count = stsz.getUint32(8);
  if (count > MOST_SAMPLES) throw new BrokenMp4(`a track claims ${count} packets`);
  if (uniform !== 0) return new Uint32Array(count).fill(uniform);
  if (12 + count * 4 > stsz.byteLength) throw new BrokenMp4('the box "stsz" is shorter than its own count');
  return Uint32Array.from({ length: count }, (_, index) => stsz.getUint32(12 + index * 4));
}

function readOffsets(stbl: DataView, sizes: Uint32Array): Float64Array {
  const offsets = new Float64Array(sizes.length);
  const chunks = readChunkOffsets(stbl);
  const stsc = findBox(stbl, "stsc");
  if (!stsc || (chunks.length === 0 && sizes.length > 0))
    throw new BrokenMp4("a track does not say where its packets are");
  const runs = stsc.getUint32(4);
  let sample = 0;
  for (let run = 0; run < runs; run++) {
    const firstChunk = stsc.getUint32(8 + run * 12);
    const perChunk = stsc.getUint32(12 + run * 12);
    const endChunk = run + 1 < runs ? stsc.getUint32(8 + (run + 1) * 12) : chunks.length + 1;
    for (let chunk = firstChunk; chunk < endChunk && chunk <= chunks.length; chunk++) {
      let at = chunks[chunk - 1] ?? 0;
      for (let index = 0; index < perChunk && sample < sizes.length; index++) {
        offsets[sample] = at;
        at += sizes[sample] ?? 0;
        sample++;
      }
    }
  }
  if (sample !== sizes.length)
    throw new BrokenMp4(`only ${sample} of ${sizes.length} packets of a track have a place in the file`);
  return offsets;
}

function readChunkOffsets(stbl: DataView): readonly number[] {
  const stco = findBox(stbl, "stco");
  if (stco) return Array.from({ length: stco.getUint32(4) }, (_, index) => stco.getUint32(8 + index * 4));
  const co64 = findBox(stbl, "co64");
  return co64 ? Array.from({ length: co64.getUint32(4) }, (_, index) => readUint64(co64, 8 + index * 8)) : [];
}

/** `stts` and `ctts`: so many packets with this number, so many with that. */
function readRuns(box: DataView | undefined, count: number, signed: boolean): Int32Array {
  const values = new Int32Array(count);
  if (!box) return values;
  let sample = 0;
  for (let run = 0; run < box.getUint32(4); run++) {
    const length = box.getUint32(8 + run * 8);
    const value = signed ? box.getInt32(12 + run * 8) : box.getUint32(12 + run * 8);
    const end = Math.min(sample + length, count);
    values.fill(value, sample, end);
    sample = end;
  }
  return values;
}

/**
 * Reads the packets of one track from the pieces of a fragmented file.
 *
 * @param moov - holds what the pieces take for granted (`trex`)
 * @param pieces - body and place of each `moof`, in order
 * @see ISO/IEC 14496-12, 8.8
 */
export function readFragments(
  moov: DataView,
  pieces: readonly { readonly moof: DataView; readonly start: number }[],
  trackId: number,
): Samples {
  const mvex = findBox(moov, "mvex");
  const trex = mvex && boxesIn(mvex).find(({ type, body }) => type === "trex" && body.getUint32(4) === trackId)?.body;
  const usual = {
    ...{ duration: trex?.getUint32(12) ?? 0, size: trex?.getUint32(16) ?? 0 },
    flags: trex?.getUint32(20) ?? 0,
  };
  const offsets: number[] = [];
  const sizes: number[] = [];
  const durations: number[] = [];
  const shownAfter: number[] = [];
  const keys: number[] = [];

  for (const { moof, start } of pieces) {
    for (const { type, body: traf } of boxesIn(moof)) {
      const tfhd = type === "traf" ? findBox(traf, "tfhd") : undefined;
      if (!tfhd || tfhd.getUint32(4) !== trackId) continue;
      const header = readFragmentHeader(tfhd, start, usual);
      let at = header.base;
      for (const { type: inner, body: trun } of boxesIn(traf)) {
        if (inner !== "trun") continue;
        const flags = trun.getUint32(0) & 0xffffff;
        const count = trun.getUint32(4);
        if (sizes.length + count > MOST_SAMPLES) throw new BrokenMp4(`a piece claims ${count} packets`);
        let field = 8;
        if (flags & 0x1) {
          at = header.base + trun.getInt32(field);
          field += 4;
        }
        let firstFlags: number | undefined;
        if (flags & 0x4) {
          firstFlags = trun.getUint32(field);
          field += 4;
        }
        for (let index = 0; index < count; index++) {
          const next = (present: number, otherwise: number) => {
            if (!(flags & present)) return otherwise;
            field += 4;
            return trun.getInt32(field - 4);
          };
          durations.push(next(0x100, header.duration) >>> 0);
          const size = next(0x200, header.size) >>> 0;
          const said = next(0x400, index === 0 ? (firstFlags ?? header.flags) : header.flags);
          keys.push(said & NOT_A_KEY ? 0 : 1);
          shownAfter.push(next(0x800, 0));
          sizes.push(size);
          offsets.push(at);
          at += size;
        }
      }
    }
  }
  return {
    count: sizes.length,
    offsets: Float64Array.from(offsets),
    sizes: Uint32Array.from(sizes),
    durations: Uint32Array.from(durations),
    shownAfter: Int32Array.from(shownAfter),
    keys: Uint8Array.from(keys),
  };
}

/** What a piece takes for granted of its packets. */
interface Usual {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

function readFragmentHeader(tfhd: DataView, moofStart: number, usual: Usual) {
  const flags = tfhd.getUint32(0) & 0xffffff;
  let field = 8;
  const header = { base: moofStart, ...usual };
  if (flags & 0x1) {
    header.base = readUint64(tfhd, field);
    field += 8;
  }
  if (flags & 0x2) field += 4;
  if (flags & 0x8) {
    header.duration = tfhd.getUint32(field);
    field += 4;
  }
  if (flags & 0x10) {
    header.size = tfhd.getUint32(field);
    field += 4;
  }
  if (flags & 0x20) header.flags = tfhd.getUint32(field);
  return header;
}

/** Whether a track's own tables are empty because its packets come in pieces. */
export function isFragmented(moov: DataView): boolean {
  return findPath(moov, "mvex") !== undefined;
}
