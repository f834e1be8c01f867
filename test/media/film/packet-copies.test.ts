import { expect, test } from "vitest";
import { openPacketCopies, type PacketCopies } from "../../../src/media/film/packet-copies.ts";

/** Bytes that no other packet has. */
function packetOf(index: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (index * 37 + at * 11) % 256);
}

/** Whether a whole packet is the first that is kept. */
function isFirst(copies: PacketCopies, packet: Uint8Array): boolean {
  const isSame = copies.isFirst(packet, 0, packet.length, 0);
  expect(Buffer.compare(copies.firstBytes(), packet) === 0).toBe(isSame);
  return isSame;
}

/** Takes packets and drops the first ones so that never more than some are kept; says which were not themselves any more. */
function wrongOf(sizes: readonly number[], most: number): readonly number[] {
  const copies = openPacketCopies(100);
  const wrong: number[] = [];
  let taken = 0;
  const drop = () => {
    const first = copies.first();
    if (!first) return;
    taken += first.bytes;
    const isItself = first.end === taken && isFirst(copies, packetOf(first.packet, first.bytes));
    const isAnother = first.bytes > 0 && isFirst(copies, packetOf(first.packet + 1, first.bytes));
    if (!isItself || isAnother) wrong.push(first.packet);
    copies.drop();
  };
  let kept = 0;
  for (const [index, bytes] of sizes.entries()) {
    copies.add(0, index, packetOf(index, bytes));
    for (kept++; kept > most; kept--) drop();
  }
  while (copies.first()) drop();
  return wrong;
}

test.for([
  { what: "small ones, round and round", sizeOf: (index: number) => 1 + (index % 7), most: 5 },
  { what: "some that leave no room at the end", sizeOf: (index: number) => 20 + (index % 23), most: 2 },
  { what: "as many bytes as there is memory", sizeOf: () => 25, most: 4 },
  { what: "more than there is memory", sizeOf: (index: number) => (index % 50 === 0 ? 500 : 30), most: 9 },
  { what: "one after another", sizeOf: (index: number) => 1 + (index % 99), most: 0 },
  { what: "some without a byte", sizeOf: (index: number) => ((index * 7) % 3 === 0 ? 0 : (index * 13) % 60), most: 2 },
])("copies are what was taken: $what", ({ sizeOf, most }) => {
  expect(
    wrongOf(
      Array.from({ length: 1000 }, (_, index) => sizeOf(index)),
      most,
    ),
  ).toEqual([]);
});

test("a packet without a byte keeps no place, wherever it came", () => {
  const copies = openPacketCopies(100);
  const add = (packet: number, bytes: number) => copies.add(0, packet, packetOf(packet, bytes));
  add(0, 10);
  copies.drop();
  add(1, 0);
  add(2, 95);
  add(3, 8);
  copies.drop();
  expect(isFirst(copies, packetOf(2, 95))).toBe(true);
  copies.drop();
  expect(isFirst(copies, packetOf(3, 8))).toBe(true);
});

test("packets without a byte come out in their order", () => {
  const copies = openPacketCopies(100);
  for (const [packet, bytes] of [0, 0, 40, 0, 90, 0].entries()) copies.add(0, packet, packetOf(packet, bytes));
  const seen: number[] = [];
  for (let first = copies.first(); first; first = copies.first()) {
    if (isFirst(copies, packetOf(first.packet, first.bytes))) seen.push(first.packet);
    copies.drop();
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a packet is compared in stretches, wherever they lie", () => {
  const copies = openPacketCopies(100);
  copies.add(0, 0, packetOf(0, 30));
  copies.add(0, 1, packetOf(1, 60));
  copies.drop();
  const piece = Uint8Array.of(9, 9, 9, ...packetOf(1, 60).subarray(20, 50));
  expect(copies.isFirst(piece, 3, 30, 20)).toBe(true);
  expect(copies.isFirst(piece, 3, 30, 19)).toBe(false);
  expect(copies.isFirst(piece, 2, 30, 20)).toBe(false);
  // Behind its end other packets lie.
  expect(copies.isFirst(packetOf(1, 61), 0, 61, 0)).toBe(false);
});
