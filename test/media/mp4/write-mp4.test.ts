import { expect, test } from "vitest";
import { boxesIn, findPath, readUint64 } from "../../../src/media/mp4/boxes.ts";
import { moovBox } from "../../../src/media/mp4/moov-writer.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import { PIECE_BYTES } from "../../../src/media/mp4/packet-stream.ts";
import { captionTrack, chapterTrack } from "../../../src/media/mp4/text-track.ts";
import { shownTimes } from "../../../src/media/mp4/times.ts";
import { writeMp4 } from "../../../src/media/mp4/write-mp4.ts";
import { openMemoryFiles } from "../../run/model/memory-files.ts";
import { reel } from "./reel.ts";

test("what is written is read back packet for packet, with its times, and the table of contents stands in front", async () => {
  const { disk, movie } = reel();
  const files = openMemoryFiles(disk);
  await writeMp4(files, "film.mp4", movie);
  const film = disk.get("film.mp4") ?? new Uint8Array();
  expect(boxesIn(new DataView(film.buffer, film.byteOffset, film.byteLength)).map(({ type }) => type)).toEqual([
    "ftyp",
    "moov",
    "mdat",
  ]);

  const read = await readMp4(files, "film.mp4");
  for (const [index, track] of movie.tracks.entries()) {
    const found = read.tracks[index];
    if (!found) throw new Error("a track is missing");
    const { samples } = found;
    const packets = Array.from(samples.offsets, (at, packet) => film.subarray(at, at + (samples.sizes[packet] ?? 0)));
    const source = disk.get("a.mp4") ?? new Uint8Array();
    const wanted = track.packets.data.map((data) =>
      data instanceof Uint8Array ? data : source.subarray(data.start, data.start + data.bytes),
    );
    expect(packets.map((packet) => [...packet])).toEqual(wanted.map((packet) => [...packet]));
    expect([...samples.durations]).toEqual([...track.packets.durations]);
    expect([...samples.shownAfter]).toEqual([...(track.packets.shownAfter ?? new Uint32Array(95))]);
    expect([...samples.keys]).toEqual([...(track.packets.keys ?? new Uint8Array(95).fill(1))]);
    expect(found.edits).toEqual(track.edits);
    expect(Buffer.from(found.description)).toEqual(Buffer.from(track.description));
    expect(shownTimes(found, read)).toMatchObject({ first: 0 });
  }
});

test("picture and sound of one moment lie together", async () => {
  const { disk, movie } = reel();
  await writeMp4(openMemoryFiles(disk), "film.mp4", movie);
  const { tracks } = await readMp4(openMemoryFiles(disk), "film.mp4");
  const [picture, sound] = tracks.map(({ samples }) => samples.offsets);
  if (!picture || !sound) throw new Error("a track is missing");
  // Half a second each: 12 frames, then 24 packets of sound, then the next 12 frames.
  expect(sound[0]).toBeGreaterThan(picture[11] ?? 0);
  expect(sound[23]).toBeLessThan(picture[12] ?? 0);
});

test("who looks on is told each packet before it is written, and each piece when it is", async () => {
  // Some are put together before they are written, others are written in several pieces.
  const { disk, movie } = reel((frame) => (frame % 5 === 0 ? 300_000 : 40_000));
  const files = openMemoryFiles(disk);
  const filmNow = () => disk.get("film.mp4") ?? new Uint8Array();
  const taken: { track: number; packet: number; bytes: Uint8Array; before: number }[] = [];
  const pieces: number[] = [];
  let told = 0;
  await writeMp4(files, "film.mp4", movie, {
    onlooker: {
      async begin(file) {
        expect(pieces).toEqual([]);
        expect(file.headBytes).toBeLessThanOrEqual(filmNow().length);
        expect(file.bytes).toBeGreaterThan(filmNow().length);
        expect(file.direct).toBe(false);
      },
      take: (track, packet, bytes) => taken.push({ track, packet, bytes: bytes.slice(), before: filmNow().length }),
      async follow(piece, from) {
        expect(from).toBe(told);
        told += piece.length;
        pieces.push(piece.length);
        expect(Buffer.compare(filmNow().subarray(from, told), piece)).toBe(0);
        // Nothing was written behind it yet, as this disk takes one piece at a time.
        expect(filmNow().length).toBe(told);
      },
    },
  });
  expect(told).toBe(filmNow().length);
  expect(pieces.slice(0, -1)).toEqual(pieces.slice(1).map(() => PIECE_BYTES));
  const { tracks } = await readMp4(files, "film.mp4");
  const film = filmNow();
  expect(taken).toHaveLength(48 + 95);
  for (const { track, packet, bytes: is, before } of taken) {
    const start = tracks[track]?.samples.offsets[packet] ?? 0;
    expect(Buffer.compare(film.subarray(start, start + is.length), is)).toBe(0);
    expect(before).toBeLessThanOrEqual(start);
  }
});

test("the same tracks give the same bytes", async () => {
  const { disk, movie } = reel();
  for (const name of ["one.mp4", "two.mp4"]) await writeMp4(openMemoryFiles(disk), name, movie);
  expect(disk.get("one.mp4")).toEqual(disk.get("two.mp4"));
});

test("a file that is shorter than its packets is not copied as far as it goes", async () => {
  const { disk, movie } = reel();
  disk.set("a.mp4", new Uint8Array(1_000));
  await expect(writeMp4(openMemoryFiles(disk), "film.mp4", movie)).rejects.toThrow("a.mp4 ends before byte");
});

test("in a file of more than 4 GiB places and lengths take 64 bits", () => {
  const { movie } = reel();
  const long = {
    ...movie,
    duration: 2 ** 33,
    tracks: movie.tracks.map((track) => ({ ...track, edits: [{ length: 2 ** 33, from: 0 }] })),
  };
  const layout = { sizes: Uint32Array.of(1), chunks: [{ first: 0, count: 1 }], places: Float64Array.of(5 * 2 ** 30) };
  const [moov] = boxesIn(viewOf(moovBox(long, [layout, layout], true)));
  const trak = moov && boxesIn(moov.body).find(({ type }) => type === "trak")?.body;
  const co64 = trak && findPath(trak, "mdia", "minf", "stbl", "co64");
  const mvhd = moov && findPath(moov.body, "mvhd");
  const elst = trak && findPath(trak, "edts", "elst");
  expect(co64 && readUint64(co64, 8)).toBe(5 * 2 ** 30);
  expect(mvhd && [mvhd.getUint8(0), readUint64(mvhd, 24)]).toEqual([1, 2 ** 33]);
  expect(elst && readUint64(elst, 8)).toBe(2 ** 33);
});

test("words fill their track: silence between captions is said too", () => {
  const terms = {
    timescale: 24,
    duration: 48,
    playedTicks: 96_000,
    language: "de",
    name: "Captions",
    shownSize: undefined,
  };
  const { packets } = captionTrack(
    [
      { start: 6, end: 24, text: "Grüße" },
      { start: 24, end: 30, text: "二" },
    ],
    terms,
  );
  const words = packets.data.map((data) =>
    data instanceof Uint8Array ? Buffer.from(data.subarray(2)).toString() : "",
  );
  expect(words).toEqual(["", "Grüße", "二", ""]);
  expect([...packets.durations]).toEqual([6, 18, 6, 18]);
  expect(chapterTrack([], terms).packets.data).toHaveLength(1);
});

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
