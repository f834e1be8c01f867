import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hashInPassing } from "../../../src/media/mp4/hash-in-passing.ts";
import { openMemoryFiles } from "../../run/model/memory-files.ts";

const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

/** Stretches of the file that another reader reads, first byte and one past the last. */
const READERS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  nothing: [],
  "all at once": [[0, BYTES.length]],
  "piece by piece": [
    [0, 1_000_000],
    [1_000_000, BYTES.length],
  ],
  "the middle alone": [[1_400_000, 1_400_010]],
  "some twice, and some again that came before": [
    [10, 500],
    [400, 900],
    [20, 30],
    [900, 2_999_999],
  ],
};

test.each(Object.entries(READERS))("a file of which a reader reads %s has its hash", async (_, stretches) => {
  const hash = hashInPassing(openMemoryFiles(new Map([["film", BYTES]])), "film");
  for (const [start, end] of stretches) await hash.onRead(start, BYTES.subarray(start, end));
  expect(await hash.digest(BYTES.length)).toBe(SHA256);
});

test("a hash is of what was read, not of what the disk holds afterwards", async () => {
  const hash = hashInPassing(openMemoryFiles(new Map([["film", BYTES]])), "film");
  await hash.onRead(0, new Uint8Array(BYTES.length));
  expect(await hash.digest(BYTES.length)).not.toBe(SHA256);
});
