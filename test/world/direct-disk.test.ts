import { constants } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDirectAppender } from "../../src/world/direct-disk.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { PAGE_BYTES, pageMemory } from "../../src/world/page-memory.ts";

const files = openFiles();

async function openFolder(onTestFinished: (tidy: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-direct-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Pages whose every byte tells where it is. */
function counting(memory: Uint8Array, from = 0): Uint8Array {
  for (let index = 0; index < memory.length; index++) memory[index] = ((from + index) * 31) % 251;
  return memory;
}

/** Whether the disk of a folder takes direct I/O, found out without anything of ours. */
async function takesDirect(folder: string): Promise<boolean> {
  const flags = constants.O_WRONLY | constants.O_CREAT | (constants.O_DIRECT ?? Number.NaN);
  const file = await open(join(folder, "probe"), flags).catch(() => undefined);
  const memory = new Uint8Array(new ArrayBuffer(PAGE_BYTES, { maxByteLength: PAGE_BYTES }));
  const wrote = await file?.write(memory).catch(() => undefined);
  await file?.close();
  return wrote?.bytesWritten === PAGE_BYTES;
}

test("whole pages in page memory go directly where the disk takes that, anything else is left to the usual way", async ({
  onTestFinished,
}) => {
  const folder = await openFolder(onTestFinished);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
  const appender = await openDirectAppender(join(folder, "film"), flags, 0o666);
  const memory = counting(pageMemory(3 * PAGE_BYTES));
  const whole = (await takesDirect(folder)) ? PAGE_BYTES : 0;
  expect(await appender.append(memory)).toBe(3 * whole);
  expect(await appender.append(memory.subarray(0, 2 * PAGE_BYTES + 5))).toBe(2 * whole);
  expect(await appender.append(memory.subarray(0, 100))).toBe(0);
  await appender.close();
});

test.for([
  { what: "pages and an odd end", pieces: [2 * PAGE_BYTES, 2 * PAGE_BYTES, 777] },
  { what: "an odd piece in the midst", pieces: [PAGE_BYTES, 100, PAGE_BYTES] },
  { what: "less than a page", pieces: [5] },
  { what: "nothing", pieces: [] },
])("a file appended directly holds what it was given: $what", async ({ pieces }, { onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  for (const memoryOf of [pageMemory, (bytes: number) => new Uint8Array(bytes + 8).subarray(8)]) {
    const path = join(folder, "film");
    const memories = [memoryOf(2 * PAGE_BYTES), memoryOf(2 * PAGE_BYTES)] as const;
    async function* stream() {
      let from = 0;
      for (const [index, length] of pieces.entries()) {
        // In turns: the last piece may still be on its way.
        yield counting(memories[index % 2 === 0 ? 0 : 1].subarray(0, length), from);
        from += length;
      }
    }
    const told: Buffer[] = [];
    await files.appendStream(path, stream(), {
      restart: true,
      direct: true,
      async onWritten(piece, before) {
        expect(before).toBe(Buffer.concat(told).length);
        told.push(Buffer.from(piece));
      },
    });
    const length = pieces.reduce((sum, each) => sum + each, 0);
    expect(Buffer.compare(await readFile(path), counting(new Uint8Array(length)))).toBe(0);
    expect(Buffer.compare(Buffer.concat(told), counting(new Uint8Array(length)))).toBe(0);
  }
});

test("a file read directly gives any stretch of it, and as much as there is", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const path = join(folder, "film");
  const bytes = counting(new Uint8Array(3 * PAGE_BYTES + 500));
  await writeFile(path, bytes);
  const file = await files.open(path, { direct: true });
  for (const [start, memory] of [
    [0, pageMemory(2 * PAGE_BYTES)],
    [2 * PAGE_BYTES, pageMemory(2 * PAGE_BYTES)],
    [4 * PAGE_BYTES, pageMemory(PAGE_BYTES)],
    [7, pageMemory(PAGE_BYTES)],
    [PAGE_BYTES, new Uint8Array(PAGE_BYTES + 8).subarray(8)],
    [PAGE_BYTES, new Uint8Array(33)],
  ] as const) {
    const found = await file.read(start, memory);
    expect(Buffer.compare(found, bytes.subarray(start, start + memory.length)), `${start}`).toBe(0);
  }
  await file.close();
});

test("where the source of a file breaks off, all that came before is on the disk", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const path = join(folder, "film");
  const memories = [pageMemory(2 * PAGE_BYTES), pageMemory(2 * PAGE_BYTES)] as const;
  async function* stream() {
    yield counting(memories[0]);
    yield counting(memories[1], 2 * PAGE_BYTES);
    throw new Error("no more");
  }
  await expect(files.appendStream(path, stream(), { restart: true, direct: true })).rejects.toThrow("no more");
  expect(Buffer.compare(await readFile(path), counting(new Uint8Array(4 * PAGE_BYTES)))).toBe(0);
});

test.for([{ direct: false }, { direct: true }])(
  "who is told what was written may end the writing: $direct",
  async ({ direct }, { onTestFinished }) => {
    const path = join(await openFolder(onTestFinished), "film");
    async function* stream() {
      for (;;) yield counting(pageMemory(PAGE_BYTES));
    }
    const onWritten = async (_: Uint8Array, before: number) => {
      if (before >= 3 * PAGE_BYTES) throw new Error("enough");
    };
    await expect(files.appendStream(path, stream(), { restart: true, direct, onWritten })).rejects.toThrow("enough");
  },
);
