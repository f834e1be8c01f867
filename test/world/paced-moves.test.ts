import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Pace } from "../../src/world/disk-pace.ts";
import { openPaced, readTextPaced, statPaced } from "../../src/world/paced-moves.ts";

const inThisThread: Pace = async (_, now) => now();
const inAnother: Pace = (_, __, later) => later();

test.for([
  { where: "in this thread", pace: inThisThread },
  { where: "in another", pace: inAnother },
])("a file is looked up, read and closed $where", async ({ pace }, { onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-paced-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "clip");
  await expect(statPaced(pace, path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(openPaced(pace, path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readTextPaced(pace, path)).rejects.toMatchObject({ code: "ENOENT" });
  await writeFile(path, "0123456789");
  expect(await statPaced(pace, path)).toMatchObject({ size: 10 });
  expect(await readTextPaced(pace, path)).toBe("0123456789");

  const file = await openPaced(pace, path);
  const memory = new Uint8Array(4);
  expect(Buffer.from(await file.read(3, memory)).toString()).toBe("3456");
  expect(Buffer.from(await file.read(8, memory)).toString()).toBe("89");
  expect(await file.read(10, memory)).toHaveLength(0);
  await file.close();
  await file.close();
  await expect(file.read(0, memory)).rejects.toThrow(`${path} was closed`);

  // Nobody writes to it, and nobody is waited for.
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const pipe = await openPaced(pace, join(folder, "pipe"));
  await expect(pipe.read(0, memory)).rejects.toMatchObject({ code: "ESPIPE" });
  await pipe.close();
});
