import { chmod, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNames } from "../../../src/media/tools/capabilities.ts";
import { findTools } from "../../../src/media/tools/tools.ts";
import { npmBinaries } from "../../../src/world/npm-binaries.ts";
import type { Processes } from "../../../src/world/process.ts";
import { world } from "../studio.ts";

const npm = npmBinaries();

type Cleaner = (done: () => Promise<void>) => void;

async function openFolder(onTestFinished: Cleaner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-tools-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A stand-in for a build: it names itself and its filters, and can do nothing else. */
async function writeBuild(path: string, program: string, filters: readonly string[]): Promise<void> {
  const list = filters.map((name) => ` ... ${name} V->V Words.`).join("\n");
  const lines = [
    "#!/bin/sh",
    `case "$2" in`,
    `-version) echo '${program} version 9.9-test Copyright' ;;`,
    `-filters) echo '${list}' ;;`,
    "esac",
  ];
  await writeFile(path, `${lines.join("\n")}\n`);
  await chmod(path, 0o755);
}

test("the npm binaries are found without a PATH and can do all that is required", async () => {
  const { tools, missing } = await findTools({}, world, { npm });
  expect(tools?.ffmpeg).toMatchObject({ source: "npm", path: npm.ffmpeg });
  expect(tools?.ffprobe.version).not.toBe("");
  expect(missing(["encoder:libx264", "filter:tpad", "filter:loudnorm", "muxer:mp4"])).toEqual([]);
});

test("the 2018 build is known to lack xfade", async () => {
  const { missing } = await findTools({}, world, { npm });
  expect(missing(["filter:xfade", "filter:acrossfade"])).toEqual(["filter:xfade"]);
});

test("a variable that points to nothing ends the search", async () => {
  const { tools, tried, missing } = await findTools({ ...process.env, FFMPEG_PATH: "/nowhere/ffmpeg" }, world, { npm });
  expect(tools).toBeUndefined();
  expect(tried.filter(({ program }) => program === "ffmpeg")).toEqual([
    { program: "ffmpeg", source: "FFMPEG_PATH", path: "/nowhere/ffmpeg", failure: "no such file" },
  ]);
  expect(missing(["encoder:aac"])).toEqual(["encoder:aac"]);
});

test("everything that was tried is told with its reason", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  await writeFile(join(folder, "ffmpeg"), "#!/bin/sh\necho broken >&2\nexit 3\n");
  await chmod(join(folder, "ffmpeg"), 0o755);
  const { tools, tried } = await findTools({ PATH: folder }, world, { npm: { ffmpeg: undefined, ffprobe: undefined } });
  expect(tools).toBeUndefined();
  expect(tried.map(({ program, source, failure }) => `${program} ${source}: ${failure}`)).toEqual([
    "ffmpeg PATH: it does not start: broken",
    "ffmpeg npm: no binary for this platform is installed",
    "ffprobe PATH: not there",
    "ffprobe npm: no binary for this platform is installed",
  ]);
});

test("a later build that can do what is needed is taken before an earlier one that cannot", async ({
  onTestFinished,
}) => {
  const folder = await openFolder(onTestFinished);
  await writeBuild(join(folder, "ffmpeg"), "ffmpeg", ["scale", "xfade"]);
  await writeBuild(join(folder, "ffprobe"), "ffprobe", []);
  const usual = await findTools({ PATH: folder }, world, { npm });
  expect(usual.tools?.ffmpeg.source).toBe("npm");
  expect(usual.tried[0]).toMatchObject({ source: "PATH", failure: "lacks what a later one has" });
  const xfade = await findTools({ PATH: folder }, world, { npm, needed: ["filter:xfade"] });
  expect(xfade.tools?.ffmpeg).toMatchObject({ source: "PATH", version: "9.9-test" });
  expect(xfade.tools?.ffprobe.source).toBe("PATH");
});

test("a second search starts no program, and a changed binary is looked at again", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  await writeBuild(join(folder, "ffmpeg"), "ffmpeg", ["scale"]);
  await writeBuild(join(folder, "ffprobe"), "ffprobe", []);
  const cacheFile = join(folder, "tools.json");
  let starts = 0;
  const processes: Processes = {
    run(...args) {
      starts++;
      return world.processes.run(...args);
    },
  };
  const search = () =>
    findTools(
      { PATH: folder },
      { files: world.files, processes },
      { npm: { ffmpeg: undefined, ffprobe: undefined }, needed: [], cacheFile },
    );
  const first = await search();
  expect(starts).toBe(6);
  const second = await search();
  expect(starts).toBe(6);
  expect(second.tools).toEqual(first.tools);

  await writeBuild(join(folder, "ffmpeg"), "ffmpeg", ["scale", "xfade"]);
  expect((await search()).missing(["filter:xfade"])).toEqual([]);
  await writeFile(cacheFile, "{ not json");
  expect((await search()).tools?.ffmpeg.version).toBe("9.9-test");
});

test("npm's binaries run even if they came without the right to", async ({ onTestFinished }) => {
  if (!npm.ffprobe) throw new Error("the optional packages are not installed");
  await chmod(npm.ffprobe, 0o644);
  onTestFinished(() => chmod(npm.ffprobe ?? "", 0o755));
  const again = npmBinaries();
  const outcome = await world.processes.run(again.ffprobe ?? "", ["-version"]);
  expect(outcome.exitCode).toBe(0);
});

test("names are read from lists of old and new builds", () => {
  expect(readNames(" ------\n V....D libx264   H.264\n ..C concat N->N Join.\n T.. tpad  V->V Pad.\n")).toEqual([
    "libx264",
    "concat",
    "tpad",
  ]);
  expect(readNames(" D.. = Demuxing supported\n  E mp4   MP4\n DE mov,mp4,m4a  QuickTime\n  Ed alsa  ALSA\n")).toEqual([
    "mp4",
    "mov",
    "mp4",
    "m4a",
    "alsa",
  ]);
});

test("a path with spaces and quotes is no trouble", async ({ onTestFinished }) => {
  if (!npm.ffprobe) throw new Error("the optional packages are not installed");
  const folder = await openFolder(onTestFinished);
  const path = join(folder, "it's a probe");
  await cp(npm.ffprobe, path);
  await chmod(path, 0o755);
  const { tools } = await findTools({ ...process.env, FFPROBE_PATH: path }, world, { npm });
  expect(tools?.ffprobe).toMatchObject({ source: "FFPROBE_PATH", path });
});
