import { lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskFailure } from "../../src/world/disk-failure.ts";
import { openFiles } from "../../src/world/node-files.ts";

const files = openFiles();

async function* bytes(text: string) {
  yield Buffer.from(text);
}

/** A folder in which `planted` is a link to a file of the person's, or to one that is not there. */
async function openTrap(onTestFinished: (tidy: () => Promise<void>) => void) {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-links-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [theirs, planted, dangling] = [join(folder, "theirs"), join(folder, "planted"), join(folder, "dangling")];
  await writeFile(theirs, "mine");
  await symlink(theirs, planted);
  await symlink(join(folder, "nothing"), dangling);
  return { folder, theirs, planted, dangling };
}

test("nothing is appended through a link, and the error says what stands there", async ({ onTestFinished }) => {
  const { folder, theirs, planted, dangling } = await openTrap(onTestFinished);
  for (const path of [planted, dangling]) {
    for (const write of [
      () => files.appendStream(path, bytes("more"), { restart: false }),
      () => files.appendLine(path, "more"),
    ]) {
      const error = await write().catch((reason: unknown) => reason);
      expect(diskFailure(error), String(error)).toBe("link");
      expect(String(error)).toContain(path);
    }
  }
  expect(await readFile(theirs, "utf8")).toBe("mine");
  expect(await files.list(folder)).not.toContain("nothing");
});

test("what is written anew takes the place of a link and leaves what it led to", async ({ onTestFinished }) => {
  const trap = await openTrap(onTestFinished);
  await files.appendStream(trap.planted, bytes("ours"), { restart: true });
  await files.write(trap.dangling, "ours");
  for (const path of [trap.planted, trap.dangling]) {
    expect((await lstat(path)).isFile()).toBe(true);
    expect(await readFile(path, "utf8")).toBe("ours");
  }
  const again = await openTrap(onTestFinished);
  await writeFile(join(again.folder, "film.part"), "film");
  await files.publish(join(again.folder, "film.part"), again.planted);
  await files.remove(again.dangling);
  expect(await readFile(again.planted, "utf8")).toBe("film");
  for (const { folder, theirs } of [trap, again]) {
    expect(await readFile(theirs, "utf8")).toBe("mine");
    expect(await files.list(folder)).not.toContain("nothing");
  }
});

test("a folder may be a link: a person keeps clips on another disk", async ({ onTestFinished }) => {
  const { folder } = await openTrap(onTestFinished);
  await files.makeFolder(join(folder, "disk"));
  await symlink(join(folder, "disk"), join(folder, "clips"));
  await files.write(join(folder, "clips", "a.json"), "{}");
  await files.appendStream(join(folder, "clips", "a.part"), bytes("x"), { restart: true });
  expect(await files.list(join(folder, "disk"))).toEqual(["a.json", "a.part"]);
  // Only the link goes.
  await files.remove(join(folder, "clips"));
  expect(await files.list(join(folder, "disk"))).toHaveLength(2);
});

test("what is private stays so, whatever the process may give away, and after it was written anew", async ({
  onTestFinished,
}) => {
  const before = process.umask(0);
  onTestFinished(async () => void process.umask(before));
  const { folder } = await openTrap(onTestFinished);
  const path = join(folder, "state", "a.json");
  await files.write(path, "1", { private: true });
  await files.write(path, "2", { private: true });
  await files.appendStream(path, bytes("3"), { restart: false });
  await files.appendLine(join(folder, "state", "journal"), "4");
  const modeOf = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
  expect(await Promise.all(["state", "state/a.json", "state/journal"].map(modeOf))).toEqual(["700", "600", "600"]);
});
