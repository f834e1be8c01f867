import { expect, test } from "vitest";
import { openSpotChecks } from "../../../src/media/film/spot-checks.ts";
import type { OpenFile } from "../../../src/world/files.ts";
import { PAGE_BYTES } from "../../../src/world/page-memory.ts";

const PIECE = 4 * PAGE_BYTES;

/** A film whose every byte tells where it is. */
function filmOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) % 251);
}

/** Writes a film in pieces to a disk that keeps another one, and looks at it meanwhile. */
async function faultsOf(film: Uint8Array, kept: Uint8Array, first = 0): Promise<readonly string[]> {
  const file: OpenFile = {
    async read(start, memory) {
      const found = kept.subarray(start, start + memory.length);
      memory.set(found);
      return memory.subarray(0, found.length);
    },
    close: async () => {},
  };
  const spots = openSpotChecks(file);
  for (let from = first; from < film.length; from += PIECE) await spots.border(film.slice(from, from + PIECE), from);
  await spots.end();
  await spots.close();
  return spots.faults();
}

/** The film with one stretch as the disk has it. */
function keptAs(film: Uint8Array, start: number, stretch: Uint8Array): Uint8Array {
  const kept = film.slice();
  kept.set(stretch, start);
  return kept;
}

test.for([
  { what: "whole pieces", bytes: 5 * PIECE },
  { what: "an odd end", bytes: 5 * PIECE + 777 },
  { what: "an end of pages and a bit", bytes: 5 * PIECE + PAGE_BYTES + 1 },
  { what: "less than a page", bytes: 5 },
])("a disk that holds what was written has no faults: $what", async ({ bytes }) => {
  const film = filmOf(bytes);
  expect(await faultsOf(film, film)).toEqual([]);
  // What came before the first piece is somebody else's to look at.
  if (bytes > PIECE) expect(await faultsOf(film, keptAs(film, 0, new Uint8Array(PIECE)), PIECE)).toEqual([]);
});

const film = filmOf(5 * PIECE + 777);
const lost = new Uint8Array(PIECE);
const byte = new Uint8Array(1);

test.for([
  { what: "the first piece", kept: keptAs(film, 0, lost), first: 0, elsewhere: true },
  { what: "one in the midst", kept: keptAs(film, 2 * PIECE, lost), first: 2 * PIECE - PAGE_BYTES, elsewhere: true },
  {
    what: "the beginning of one",
    kept: keptAs(film, 2 * PIECE, byte),
    first: 2 * PIECE - PAGE_BYTES,
    elsewhere: false,
  },
  { what: "the end of one", kept: keptAs(film, 3 * PIECE - 1, byte), first: 3 * PIECE - PAGE_BYTES, elsewhere: false },
  {
    what: "the film's last byte",
    kept: keptAs(film, film.length - 1, byte),
    first: 5 * PIECE - PAGE_BYTES,
    elsewhere: true,
  },
  { what: "the film's end", kept: film.subarray(0, -1), first: 5 * PIECE - PAGE_BYTES, elsewhere: true },
  { what: "all of it", kept: new Uint8Array(), first: 0, elsewhere: true },
])("a disk that lost $what is found out", async ({ kept, first, elsewhere }) => {
  const more = elsewhere ? " and elsewhere" : "";
  expect(await faultsOf(film, kept)).toEqual([`its disk does not hold what was written at byte ${first}${more}`]);
});

test("pieces that were written in each other's place are found", async () => {
  const [one, other] = [film.slice(PIECE, 2 * PIECE), film.slice(3 * PIECE, 4 * PIECE)];
  expect(await faultsOf(film, keptAs(keptAs(film, PIECE, other), 3 * PIECE, one))).toEqual([
    `its disk does not hold what was written at byte ${PIECE - PAGE_BYTES} and elsewhere`,
  ]);
});
