import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFiles } from "../../src/world/node-files.ts";
import { removeAbandoned } from "../../src/world/store-file.ts";

async function folderWith(names: readonly string[], onTestFinished: (tidy: () => Promise<void>) => void) {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-files-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) await writeFile(join(folder, name), "");
  return folder;
}

test("a ledger that a killed process was making is taken away once nobody can be making it", async ({
  onTestFinished,
}) => {
  const names = ["ledger.db", "ledger.db.new-1", "ledger.db.new-1-journal", "ledger.db.new-2", "other.db.new-1"];
  const folder = await folderWith(names, onTestFinished);
  const longAgo = new Date(Date.now() - 61_000);
  for (const name of names.filter((each) => !each.endsWith("new-2")))
    await utimes(join(folder, name), longAgo, longAgo);
  removeAbandoned(join(folder, "ledger.db"));
  expect((await readdir(folder)).toSorted()).toEqual(["ledger.db", "ledger.db.new-2", "other.db.new-1"]);
});

test("what a killed write left is taken away, and nothing else", async ({ onTestFinished }) => {
  const kept = ["summary.json", "notes.tmp", "take-1.720p.mp4.part"];
  const folder = await folderWith([...kept, "summary.json.0a1b2c3d.tmp"], onTestFinished);
  await openFiles().write(join(folder, "clips/a/take-1.json"), "{}");
  await writeFile(join(folder, "clips/a/take-1.json.00000000.tmp"), "");
  await openFiles().removeLeftovers(folder, 60_000);
  expect(await readdir(folder)).toContain("summary.json.0a1b2c3d.tmp");
  await openFiles().removeLeftovers(folder, 0);
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
    [...kept, "clips", "clips/a", "clips/a/take-1.json"].toSorted(),
  );
  await openFiles().removeLeftovers(join(folder, "never made"), 0);
});
