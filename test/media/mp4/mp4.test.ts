import { expect, test } from "vitest";
import { BrokenMp4, boxesIn, readHeader } from "../../../src/media/mp4/boxes.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import { readSampleTables } from "../../../src/media/mp4/samples.ts";
import { shownTimes } from "../../../src/media/mp4/times.ts";

function box(type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = parts.map((part) => (part instanceof Uint8Array ? part : words(part)));
  const bytes = body.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([words([bytes]), Buffer.from(type, "latin1"), ...body]);
}

/** 32-bit numbers, the first byte the largest. */
function words(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    if (value < 0) bytes.writeInt32BE(value, index * 4);
    else bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const files = (bytes: Uint8Array) => ({
  stat: async () => ({ kind: "file" as const, bytes: bytes.length, changedAt: 0 }),
  open: async () => ({
    read: async (start: number, { length }: Uint8Array) => bytes.subarray(start, start + length),
    close: async () => {},
  }),
});

test("a header of 64 bits and one that reaches to the end are understood", () => {
  const long = Buffer.concat([words([1]), Buffer.from("mdat"), words([0, 24]), words([0, 0])]);
  expect(readHeader(view(long), 0, 24)).toEqual({ type: "mdat", start: 0, headerBytes: 16, bytes: 24 });
  expect(
    readHeader(
      view(box("mdat")).byteLength ? view(Buffer.concat([words([0]), Buffer.from("mdat")])) : view(long),
      100,
      900,
    ),
  ).toMatchObject({ bytes: 800 });
});

test("a box that ends behind the file's end, or is smaller than its header, breaks the file", () => {
  expect(() => readHeader(view(box("moov", [1, 2])), 0, 12)).toThrow(BrokenMp4);
  expect(() => readHeader(view(Buffer.concat([words([4]), Buffer.from("free")])), 0, 99)).toThrow(
    /smaller than its own header/,
  );
  expect(() => boxesIn(view(Buffer.concat([words([99]), Buffer.from("trak"), words([0])])))).toThrow(/cut off/);
});

test("packets are found through chunks of different lengths", () => {
  const stbl = Buffer.concat([
    box("stts", [0, 1, 5, 512]),
    box("ctts", [0, 2, 1, 1024, 4, -256]),
    box("stsc", [0, 2, 1, 2, 1, 3, 1, 1]),
    box("stsz", [0, 0, 5, 10, 20, 30, 40, 50]),
    box("stco", [0, 3, 1000, 2000, 3000]),
  ]);
  const samples = readSampleTables(view(stbl));
  expect([...samples.offsets]).toEqual([1000, 1010, 2000, 2030, 3000]);
  expect([...samples.shownAfter]).toEqual([1024, -256, -256, -256, -256]);
});

test("lies about counts are refused before memory is taken for them", () => {
  const stsz = (count: number, uniform: number) => view(Buffer.concat([box("stsz", [0, uniform, count])]));
  expect(() => readSampleTables(stsz(4_000_000_000, 1))).toThrow(/claims 4000000000 packets/);
  expect(() => readSampleTables(stsz(1_000_000, 0))).toThrow(/shorter than its own count/);
});

test("a table that ends too early is a broken file and no crash", async () => {
  const trak = box(
    "trak",
    box("tkhd", [0, 0]),
    box("mdia", box("mdhd", [0, 0]), box("hdlr", [0]), box("minf", box("stbl", box("stsd", [0, 0])))),
  );
  const file = Buffer.concat([box("moov", box("mvhd", [0, 0, 0, 1000, 0]), trak)]);
  await expect(readMp4(files(file), "x.mp4")).rejects.toThrow(BrokenMp4);
});

test("a file of nothing but boxes is given up, not read for hours", async () => {
  const empty = box("free");
  let reads = 0;
  const endless = {
    stat: async () => ({ kind: "file" as const, bytes: 2 ** 40, changedAt: 0 }),
    open: async () => ({
      read: async () => {
        reads += 1;
        return Buffer.concat([empty, empty]);
      },
      close: async () => {},
    }),
  };
  await expect(readMp4(endless, "x.mp4")).rejects.toThrow("the file has more than 400000 boxes");
  expect(reads).toBeLessThanOrEqual(400_001);
});

test("a pause before the picture and a cut beginning move what is shown", () => {
  const samples = {
    ...{ count: 3, offsets: new Float64Array(3), sizes: new Uint32Array(3) },
    ...{ durations: Uint32Array.of(512, 512, 512), shownAfter: Int32Array.of(1024, 1024, 1024) },
    keys: Uint8Array.of(1, 0, 0),
  };
  const track = {
    ...({ kind: "picture", timescale: 12288, codec: "avc1", descriptions: 1 } as const),
    ...{ description: new Uint8Array(), decoderConfig: new Uint8Array(), upright: true },
    samples,
  };
  const plain = shownTimes({ ...track, edits: [{ length: 125, from: 1024 }] }, { timescale: 1000 });
  expect([...plain.ticks]).toEqual([0, 512, 1024]);
  expect(plain).toMatchObject({ first: 0, end: 1536, hides: false });
  const late = shownTimes(
    {
      ...track,
      edits: [
        { length: 1000, from: -1 },
        { length: 125, from: 1024 },
      ],
    },
    { timescale: 1000 },
  );
  expect(late).toMatchObject({ first: 12288, end: 12288 + 1536, hides: false });
  const cut = shownTimes({ ...track, edits: [{ length: 83, from: 1536 }] }, { timescale: 1000 });
  expect(cut).toMatchObject({ first: 0, hides: true });
  const none = shownTimes({ ...track, edits: [] }, { timescale: 1000 });
  expect(none).toMatchObject({ first: 1024, end: 2560, hides: false });
});
