import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { openStudio, type Studio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = "name: film\nshots:\n  - { id: b, prompt: A hall }\n";

/** Puts a link to a file of the person's own in the place of one of ours. */
async function plant(studio: Studio, name: string): Promise<string> {
  const theirs = await studio.write(`theirs/${name.replaceAll("/", "_")}`, "mine");
  const path = join(studio.folder, name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(studio.folder, theirs), path);
  return theirs;
}

test.concurrent("links that wait where a run writes are replaced, and what they lead to is left; a folder's is followed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  // Without a ledger, clips that lie there would be a ledger that was lost.
  expect(await studio.callsheet("run", "film.yaml", "--quiet")).toMatchObject({ exitCode: 0 });
  await studio.write("film.yaml", `${FILM}  - { id: a, prompt: A harbour }\n`);
  await mkdir(join(studio.folder, "disk"));
  await symlink(join(studio.folder, "disk"), join(studio.folder, "output/film/clips/a"));
  for (const name of ["summary.json", "films/film.mp4"]) {
    await rename(join(studio.folder, "output/film", name), join(studio.folder, `old-${name.replace("/", "-")}`));
  }
  const planted = [
    ...["clips/a/take-1.720p.mp4.part", "clips/a/take-1.720p.mp4.part.json", "clips/a/take-1.json", "summary.json"],
    ...["films/film.mp4", "films/film.mp4.part"],
  ];
  const theirs = await Promise.all(planted.map((name) => plant(studio, `output/film/${name}`)));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  for (const name of theirs) expect(await studio.read(name), name).toBe("mine");
  const made = ["disk/take-1.720p.mp4", "disk/take-1.json", "output/film/summary.json", "output/film/films/film.mp4"];
  for (const name of made) expect((await lstat(join(studio.folder, name))).isFile(), name).toBe(true);
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", frames: 384 }]);
});

/** A disk of its own on every Linux. */
const OTHER_DISK = "/dev/shm";

test.skipIf(!existsSync(OTHER_DISK))(
  "films may lie on another disk, with all that lies beside them",
  { concurrent: true },
  async ({ onTestFinished }) => {
    const studio = await openStudio(onTestFinished);
    const films = await mkdtemp(join(OTHER_DISK, "callsheet-films-"));
    onTestFinished(() => rm(films, { recursive: true, force: true }));
    expect((await stat(films)).dev).not.toBe((await stat(studio.folder)).dev);
    await studio.write("film.yaml", FILM);
    await mkdir(join(studio.folder, "output/film"), { recursive: true });
    await symlink(films, join(studio.folder, "output/film/films"));
    const ran = await studio.callsheet("run", "film.yaml");
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
    expect(await readdir(films)).toEqual(["film.jpg", "film.mp4"]);
    expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", beside: ["films/film.jpg"] }]);
  },
);

test.concurrent("a ledger may be a link to one elsewhere; one to anything else is refused and that left as it is", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const ledger = join(studio.folder, "output/ledger.db");
  await plant(studio, "output/ledger.db");
  const theirs = join(studio.folder, "theirs/output_ledger.db");
  await chmod(theirs, 0o644);
  const foreign = await studio.callsheet("run", "film.yaml");
  expect(foreign).toMatchObject({ exitCode: 6, stdout: "" });
  expect([await readFile(theirs, "utf8"), (await stat(theirs)).mode & 0o777]).toEqual(["mine", 0o644]);

  await rename(theirs, `${theirs}.away`);
  const dead = await studio.callsheet("run", "film.yaml");
  expect(dead).toMatchObject({ exitCode: 6, stdout: "" });
  expect(dead.stderr).toContain("output/ledger.db is a link that leads nowhere [ledger-damaged]");
  await expect(stat(theirs)).rejects.toThrow("ENOENT");
  expect(studio.bought()).toEqual([]);

  await rename(ledger, join(studio.folder, "dead-link"));
  expect(await studio.callsheet("run", "film.yaml", "--quiet")).toMatchObject({ exitCode: 0 });
  await rename(ledger, join(studio.folder, "disk.db"));
  await symlink(join(studio.folder, "disk.db"), ledger);
  expect(await studio.callsheet("run", "film.yaml", "--force", "b", "--quiet")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A hall", "A hall"]);
  expect((await studio.summary("film")).credits.total.spent).toBe(120);
});
