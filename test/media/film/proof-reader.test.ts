import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProofReader } from "../../../src/media/film/proof-reader.ts";
import { readMp4 } from "../../../src/media/mp4/mp4.ts";
import type { NewTag } from "../../../src/media/mp4/new-track.ts";
import { writeMp4 } from "../../../src/media/mp4/write-mp4.ts";
import type { Files } from "../../../src/world/files.ts";
import { openFiles } from "../../../src/world/node-files.ts";
import { openMemoryFiles } from "../../run/model/memory-files.ts";
import { reel } from "../mp4/reel.ts";

/** Two clips of a second, the first frame of each larger than what is written at once. */
const PARTS = [
  { path: "one.mp4", first: 0, end: 24 },
  { path: "two.mp4", first: 0, end: 24 },
];
const sizeOf = (frame: number) => (frame % 24 === 0 ? 3_000_000 : 200_000 + frame);

/** Writes a film on a disk that changes what it is given, with the reader behind the pen. */
async function proofOf(
  change: (film: Uint8Array, from: number) => void,
  tags: readonly NewTag[] = [],
): Promise<readonly string[]> {
  const { disk, movie } = reel(sizeOf);
  const files = openMemoryFiles(disk);
  async function* changed(bytes: AsyncIterable<Uint8Array>) {
    let from = 0;
    for await (const piece of bytes) {
      const copy = piece.slice();
      change(copy, from);
      from += piece.length;
      yield copy;
    }
  }
  const broken: Files = {
    ...files,
    appendStream: (path, bytes, options) => files.appendStream(path, changed(bytes), options),
  };
  const proof = openProofReader(broken, "film.mp4");
  await writeMp4(broken, "film.mp4", { ...movie, tags }, { onlooker: proof });
  await proof.close();
  return proof.faults(PARTS);
}

async function placeOf(track: number, packet: number): Promise<number> {
  const { disk, movie } = reel(sizeOf);
  const files = openMemoryFiles(disk);
  await writeMp4(files, "film.mp4", movie);
  const { tracks } = await readMp4(files, "film.mp4");
  return tracks[track]?.samples.offsets[packet] ?? 0;
}

/** Flips one bit at a place of the film. */
function flip(place: number) {
  return (piece: Uint8Array, from: number) => {
    if (place < from || place >= from + piece.length) return;
    piece[place - from] = (piece[place - from] ?? 0) ^ 1;
  };
}

test("a film that holds what was taken has no faults, however long its head is", async () => {
  expect(await proofOf(() => {})).toEqual([]);
  const long = [{ tag: "©nam", value: "long ".repeat(1_000_000) }];
  expect(await proofOf(() => {}, long)).toEqual([]);
  expect(await proofOf(flip(6_000_000), long)).toEqual(["the packets of clip 1 are not those of one.mp4"]);
});

test.for([
  { what: "the first byte of a large packet", track: 0, packet: 0, at: 0, clip: 1 },
  { what: "its last byte", track: 0, packet: 24, at: 2_999_999, clip: 2 },
  { what: "a byte of a small packet", track: 0, packet: 30, at: 5, clip: 2 },
  { what: "the last byte of the last frame", track: 0, packet: 47, at: 200_046, clip: 2 },
])(
  "one bit of $what that became another on its way to the disk is found, and its clip named",
  async ({ track, packet, at, clip }) => {
    const path = clip === 1 ? "one.mp4" : "two.mp4";
    expect(await proofOf(flip((await placeOf(track, packet)) + at))).toEqual([
      `the packets of clip ${clip} are not those of ${path}`,
    ]);
  },
);

test("one bit of the sound that became another on its way to the disk is found", async () => {
  expect(await proofOf(flip((await placeOf(1, 94)) + 2))).toEqual([
    "1 packets of its sound are not those that went in",
  ]);
});

test("a disk that keeps nothing of what comes late is found out", async () => {
  const late = await placeOf(0, 40);
  const lost = (piece: Uint8Array, from: number) => {
    if (from > late) piece.fill(0);
  };
  expect(await proofOf(lost)).toEqual([
    "the packets of clip 2 are not those of two.mp4",
    expect.stringMatching(/^\d+ packets of its sound are not those that went in$/),
  ]);
});

test("a disk that takes a piece and does not keep it is found out", async () => {
  const { disk, movie } = reel(sizeOf);
  const files = openMemoryFiles(disk);
  const lost = await placeOf(0, 40);
  const forgetful: Files = {
    ...files,
    async open(path) {
      const file = await files.open(path);
      return {
        ...file,
        async read(start, memory) {
          const found = await file.read(start, memory);
          return path === "film.mp4" ? found.fill(0, Math.min(found.length, Math.max(0, lost - start))) : found;
        },
      };
    },
  };
  const proof = openProofReader(forgetful, "film.mp4");
  await writeMp4(forgetful, "film.mp4", movie, { onlooker: proof });
  await proof.close();
  expect(proof.faults(PARTS)).toEqual([
    expect.stringMatching(/^its disk does not hold what was written at byte \d+ and elsewhere$/),
  ]);
});

/** 72 MB: so large that it is written past the system's memory, and looked at on the disk itself. */
const LARGE = 1_500_000;

test("a large film is the same on a disk and found whole, and a bit flipped on its way is found", async ({
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-proof-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { disk, movie } = reel(() => LARGE);
  const memory = openMemoryFiles(disk);
  await writeMp4(memory, "film.mp4", movie);
  const wanted = Buffer.from(disk.get("film.mp4") ?? []);

  const written = async (spoil: (piece: Uint8Array, from: number) => void) => {
    const path = join(folder, "film.mp4");
    const files = openFiles();
    let from = 0;
    async function* spoiled(bytes: AsyncIterable<Uint8Array>) {
      for await (const piece of bytes) {
        spoil(piece, from); // in its own memory, which a disk can take directly
        from += piece.length;
        yield piece;
      }
    }
    const onDisk: Pick<Files, "open" | "stat" | "appendStream"> = {
      open: (each, options) => (each === "a.mp4" ? memory.open(each) : files.open(each, options)),
      stat: files.stat,
      appendStream: (each, bytes, options) => files.appendStream(each, spoiled(bytes), options),
    };
    const proof = openProofReader(onDisk, path);
    await writeMp4(onDisk, path, movie, { onlooker: proof });
    await proof.close();
    return { isSame: wanted.equals(await readFile(path)), faults: proof.faults(PARTS) };
  };
  expect(await written(() => {})).toEqual({ isSame: true, faults: [] });
  expect(await written(flip(64_000_000))).toEqual({
    isSame: false,
    faults: ["the packets of clip 2 are not those of two.mp4"],
  });
});
