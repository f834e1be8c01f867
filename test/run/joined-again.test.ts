import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import { openMedia } from "../../src/media/open-media.ts";
import { npmFonts } from "../../src/world/npm-font.ts";
import type { Render } from "../../src/world/render.ts";
import type { World } from "../../src/world/world.ts";
import { MARKED } from "../media/marked-clip.ts";
import { readFrames } from "../media/read-film.ts";
import { findBuilds, openStudio, type Studio, world } from "../media/studio.ts";
import { type BatchOnDisk, type ClipOnDisk, joinOnDisk, putOnDisk } from "./film-on-disk.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;
const RATE = { numerator: 24, denominator: 1 };
const SIZE = { width: MARKED.width, height: MARKED.height };
const FRAMES = 24;

/** Two usual clips, and between them one of another size and a dissolve: one piece is rendered. */
async function openBatch(studio: Studio, about: (shot: string) => string = () => "", sequence = "") {
  const clips = new Map<string, ClipOnDisk>();
  for (const [index, name] of ["a", "odd", "c"].entries()) {
    const filters = name === "odd" ? { filters: "scale=320:180:flags=neighbor" } : {};
    const path = await studio.make({ name, number: index + 1, frames: FRAMES, ...filters });
    clips.set(name, { path, frames: FRAMES, rate: RATE, size: SIZE });
  }
  return putOnDisk(join(studio.folder, "batch"), manifestOf(about, sequence), clips);
}

function manifestOf(about: (shot: string) => string = () => "", sequence = ""): string {
  const shots = ["a", "odd", "c"].map((id) => `  - { id: ${id}, prompt: p${about(id)} }\n`).join("");
  const shown = "shots: [a, odd, { shot: c, transition: dissolve, transition_seconds: 0.25 }]";
  return `shots:\n${shots}sequences:\n  - { id: film, ${shown}${sequence} }\n`;
}

/** The same tools in a world that is a little other than the real one. */
function mediaIn(other: Partial<Pick<World, "files" | "render">>) {
  return openMedia(tools, { ...world, ...other }, npmFonts());
}

async function seenOf(studio: Studio, path: string): Promise<readonly string[]> {
  const seen = await readFrames(tools.ffmpeg.path, world, studio.folder, path);
  return seen.map(({ clip, frame }) => `${clip}:${frame}`);
}

const range = (clip: number, from: number, end: number) =>
  Array.from({ length: end - from }, (_, index) => `${clip}:${from + index}`);

const below = (batch: BatchOnDisk, folder: string) => readdir(join(batch.batchFolder, folder)).catch(() => []);

test.concurrent("a film that is left while a piece is rendered leaves nothing half made and no ffmpeg behind", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const batch = await openBatch(studio);
  const leave = new AbortController();
  // As slow as it would be watched, so that it is left in its midst.
  const slow: Render = (job) =>
    world.render(job.graph === undefined ? job : { ...job, graph: job.graph.replace(/\[v\]$/, ",realtime[v]") });
  const joining = joinOnDisk(batch, mediaIn({ render: slow }), SIZE, leave.signal);
  while ((await below(batch, "work/pieces")).length === 0) await sleep(5);
  expect(await runningOn(studio)).not.toBe("");
  leave.abort();
  const left = await joining;
  expect(left).toMatchObject({ result: { result: "done" }, figures: undefined });
  expect(await below(batch, "work/pieces")).toEqual([]);
  expect(await below(batch, "films")).toEqual([]);
  expect((await below(batch, "work")).filter((name) => name.startsWith("join"))).toEqual([]);
  expect(await runningOn(studio)).toBe("");

  const joined = await joinOnDisk(batch, studio.media, SIZE);
  expect(joined).toMatchObject({ result: { result: "done" }, figures: { way: "fast" } });
  expect(await below(batch, "work/pieces")).toHaveLength(1);
});

/** Command lines of programs that have a file of the studio open. */
async function runningOn({ folder }: Studio): Promise<string> {
  // The pattern is no match of itself.
  const pattern = `${folder.slice(0, -1)}[${folder.slice(-1)}]`;
  const list = `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null; echo; done | grep '${pattern}' || true`;
  return (await world.processes.run("sh", ["-c", list])).stdout.trim();
}

test.concurrent("where only a gain or the target of loudness changed, no piece is rendered again and the picture stays", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const batch = await openBatch(studio, undefined, ", loudness: -20");
  let rendered = 0;
  const counting: Render = (job) => {
    if (job.output.includes("/work/pieces/")) rendered++;
    return world.render(job);
  };
  const media = mediaIn({ render: counting });
  const first = await joinOnDisk(batch, media, SIZE);
  expect(first.result).toEqual({ result: "done" });
  expect(rendered).toBe(1);
  const pieces = await identities(join(batch.batchFolder, "work/pieces"));
  const picture = await packetsOf(first.path);

  const softer = (shot: string) => (shot === "c" ? ", native_sound: { gain_db: -9 }" : "");
  const hashes = [first.film.filmHash];
  for (const manifest of [manifestOf(softer, ", loudness: -20"), manifestOf(softer, ", loudness: -26")]) {
    await world.files.write(batch.manifestPath, manifest);
    const again = await joinOnDisk(batch, media, SIZE);
    expect(again.result).toEqual({ result: "done" });
    expect(again.film.filmHash).not.toBe(hashes.at(-1));
    hashes.push(again.film.filmHash);
    expect(await packetsOf(again.path)).toBe(picture);
    const target = manifest.includes("-26") ? -26 : -20;
    expect(again.figures?.loudness).toMatchObject({ targetLufs: target });
    expect(Math.abs((again.figures?.loudness?.after.integratedLufs ?? 0) - target)).toBeLessThanOrEqual(0.5);
  }
  expect(await identities(join(batch.batchFolder, "work/pieces"))).toEqual(pieces);
  expect(rendered).toBe(1);
});

/** Names, inodes and times of the files in a folder. */
async function identities(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const { ino, mtimeMs, size } = await stat(join(folder, name));
      return `${name} ${ino} ${mtimeMs} ${size}`;
    }),
  );
}

/** MD5 of all packets of the picture, by ffmpeg. */
async function packetsOf(film: string): Promise<string> {
  const args = ["-v", "error", "-i", film, "-map", "0:v", "-c", "copy", "-f", "md5", "-"];
  return (await world.processes.run(tools.ffmpeg.path, args)).stdout;
}

test.concurrent("a film of mixed clips that our writer spoils is encoded alike throughout and joined by ffmpeg, exact, and says why", async ({
  expect,
  onTestFinished,
}) => {
  const studio = await openStudio(tools, onTestFinished);
  const batch = await openBatch(studio, undefined, ", loudness: off");
  const manifest = await readFile(batch.manifestPath, "utf8");
  await world.files.write(batch.manifestPath, manifest.replace(/shots: \[.*?\]/, "shots: [a, odd, c]"));
  const media = mediaIn({
    files: {
      ...world.files,
      appendStream: (path, bytes, options) =>
        world.files.appendStream(path, path.endsWith(".mp4.part") ? spoiled(bytes) : bytes, options),
    },
  });
  const joined = await joinOnDisk(batch, media, SIZE);
  expect(joined.result).toEqual({ result: "done" });
  expect(joined.figures).toMatchObject({ way: "sure", copiedFrames: 0, sound: "encoded" });
  expect(joined.figures?.doubts).toHaveLength(1);
  const wanted = [...range(1, 0, 24), ...range(2, 0, 24), ...range(3, 0, 24)];
  expect(await seenOf(studio, joined.path)).toEqual(wanted);
});

/** One bit in the midst of each piece that is written is another. */
async function* spoiled(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    piece[piece.length >> 1] = (piece[piece.length >> 1] ?? 0) ^ 1;
    yield piece;
  }
}
