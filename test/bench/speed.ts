import { createReadStream, rmSync } from "node:fs";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Demand } from "../media/demands.ts";
import { hashesOf, readPackets } from "../media/packets.ts";
import { world } from "../media/studio.ts";
import { putOnDisk } from "../run/film-on-disk.ts";
import { type Cost, costOf, median } from "./cost.ts";
import { CLIPS, FRAMES, type LargeClips, largeClip, PIXELS, type Size } from "./large-clips.ts";
import type { BenchTerms } from "./terms.ts";

const PROGRAM = resolve("dist/callsheet.mjs");

/** Times the floor's wall that a join with sound may take, and its CPU against ffmpeg's copy of the same clips. */
const LIMITS = {
  "720p": { wall: 14, cpu: 1.2 },
  "1080p": { wall: 6, cpu: 0.6 },
  "4k": { wall: 3, cpu: 0.3 },
} as const;

/** Of so many clips or more a film is held to the ratios of CPU and wall. */
const FEWEST_BOUNDED = 60;

/**
 * What a join costs beside writing the same bytes (`cat`, then fsync) and beside ffmpeg's own copy, by the built program as
 * a person starts it: its start, its ledger and its checks are in every figure but one. Beside a bare copy stands what
 * `callsheet join` takes more than `callsheet status` of the same manifest; the whole is told below it.
 */
export async function speed(terms: BenchTerms): Promise<void> {
  const counts = terms.counts ?? [10, 60, 300];
  for (const size of terms.sizes) {
    const measured: Measured[] = [];
    for (const count of counts) measured.push(await compare(terms, { size }, count, `${count} clips in ${size}`));
    const [least, most] = [measured[0], measured.at(-1)];
    if (least && most && least !== most)
      terms.tell({ title: `from ${least.count} to ${most.count} clips in ${size}`, demands: growth(least, most) });
    const usual = measured.find(({ count }) => count >= 60) ?? most;
    if (usual)
      terms.tell({
        title: `${usual.count} clips in ${size}, other ways`,
        demands: await otherWays(terms, size, usual),
      });
    if (size === "720p")
      terms.tell({ title: "transitions of 12 frames in 720p", demands: await transitionCosts(terms) });
    await compare(terms, { size, mute: true }, usual?.count ?? 60, `${usual?.count} mute clips in ${size}`);
  }
}

interface Measured {
  readonly count: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

function growth(least: Measured, most: Measured): readonly Demand[] {
  const perClip = ({ cpuSeconds, count }: Measured) => cpuSeconds / count;
  return [
    limit("CPU a clip, many / few", 1.3, perClip(most) / perClip(least)),
    limit("memory a clip more, MB", 0.6, (most.peakBytes - least.peakBytes) / 1e6 / (most.count - least.count)),
  ];
}

/** The same clips with their sound encoded once, with levels brought together, and all encoded anew. */
async function otherWays(terms: BenchTerms, size: Size, usual: Measured): Promise<readonly Demand[]> {
  const gain = (index: number) => (index === 0 ? ", native_sound: { gain_db: -1 }" : "");
  const cpuOf = async (about: About) => (await joinOnce(terms, size, usual.count, about)).cpuSeconds;
  return [
    await tried("join CPU / CPU of encoding the sound once", async (what) =>
      limit(what, 1 / 8, usual.cpuSeconds / (await cpuOf({ loudness: "off", shot: gain }))),
    ),
    await tried("join CPU with loudness on / off", async (what) =>
      told(what, (await cpuOf({ loudness: -14 })) / usual.cpuSeconds),
    ),
    await tried("join CPU / CPU of encoding all, veryfast", async (what) =>
      limit(what, 1 / 100, usual.cpuSeconds / (((await encodeAgain(terms, size)) * usual.count) / 2)),
    ),
  ];
}

/** Beside one encoding of the whole film with the same settings, its transitions and its sound. */
async function transitionCosts(terms: BenchTerms): Promise<readonly Demand[]> {
  const kinds = [
    { what: "dissolve CPU / full, a key frame every 24", most: 0.35, gop: 24, kind: "dissolve" },
    { what: "dissolve CPU / full, a key frame every 48", most: undefined, gop: 48, kind: "dissolve" },
    { what: "hold CPU / full, one key frame a clip", most: 0.2, gop: undefined, kind: "hold" },
  ] as const;
  const demands: Demand[] = [];
  for (const { what, most, gop, kind } of kinds) {
    const clips: LargeClips = { size: "720p", ...(gop ? { gop } : {}) };
    demands.push(
      await tried(what, async () => {
        const keys = `, transition: ${kind}, transition_seconds: 0.5`;
        const batch = await putLarge(terms, clips, TRANSITION_CLIPS, { loudness: "off", sequence: keys });
        try {
          const { cpuSeconds } = await joinLarge(batch);
          const value = cpuSeconds / (await mixAll(terms, batch, kind === "hold"));
          return most === undefined ? told(what, value) : limit(what, most, value);
        } finally {
          await rm(batch.folder, { recursive: true, force: true });
        }
      }),
    );
  }
  return demands;
}

const TRANSITION_CLIPS = 4;

/** CPU seconds of ffmpeg's own film of the same transitions: one graph of all clips, with the settings of rendered pieces. */
async function mixAll({ tools }: BenchTerms, { paths, folder }: LargeBatch, isHeld: boolean): Promise<number> {
  const graph: string[] = [];
  let [picture, sound] = ["0:v", "0:a"];
  for (let index = 1; index < paths.length; index++) {
    // A held frame plays before its clip, so that the film keeps its length.
    const held = isHeld ? "tpad=start_mode=clone:start=12," : "";
    const quiet = isHeld ? "adelay=500:all=1," : "";
    const seconds = isHeld ? 8 * index - 0.5 : 7.5 * index;
    graph.push(`[${index}:v]${held}settb=1/24,setpts=N[v${index}]`, `[${index}:a]${quiet}anull[a${index}]`);
    graph.push(`[${picture}]settb=1/24,setpts=N[p${index}]`);
    graph.push(`[p${index}][v${index}]xfade=transition=fade:duration=0.5:offset=${seconds}[x${index}]`);
    graph.push(`[${sound}][a${index}]acrossfade=d=0.5[y${index}]`);
    [picture, sound] = [`x${index}`, `y${index}`];
  }
  const cost = await costOf(tools.ffmpeg.path, [
    ...["-v", "error", "-nostdin", "-y", ...paths.flatMap((path) => ["-i", path])],
    ...["-filter_complex", graph.join(";"), "-map", `[${picture}]`, "-map", `[${sound}]`, "-r", "24"],
    ...["-c:v", "libx264", "-preset", "medium", "-crf", "16", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "48"],
    ...["-c:a", "aac", "-b:a", "192k", join(folder, "mixed.mp4")],
  ]);
  if (cost.exitCode !== 0) throw new Error(cost.stderr);
  return cost.cpuSeconds;
}

/** What could not be measured is not met. */
async function tried(what: string, measure: (what: string) => Promise<Demand>): Promise<Demand> {
  return measure(what).catch((error: unknown) => {
    const [said = ""] = (error instanceof Error ? error.message : `${error}`).split("\n").slice(-3);
    return { what, demand: "to be measured", measured: said.slice(0, 80), isMet: false };
  });
}

async function joinOnce(terms: BenchTerms, size: Size, count: number, about: About): Promise<Cost> {
  const batch = await putLarge(terms, { size }, count, about);
  try {
    await joinLarge(batch); // the facts of the clips are known from now on
    return await joinLarge(batch);
  } finally {
    await rm(batch.folder, { recursive: true, force: true });
  }
}

/** CPU seconds of two clips through ffmpeg's concat filter. */
async function encodeAgain({ tools }: BenchTerms, size: Size): Promise<number> {
  const inputs = [0, 1].map((index) => largeClip(tools.ffmpeg.path, { size }, index));
  const cost = await costOf(tools.ffmpeg.path, [
    ...["-v", "error", "-nostdin", "-y"],
    ...(await Promise.all(inputs)).flatMap((path) => ["-i", path]),
    ...["-filter_complex", "[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]", "-map", "[v]", "-map", "[a]"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-f", "mp4", join(CLIPS, "again.mp4")],
  ]);
  if (cost.exitCode !== 0) throw new Error(cost.stderr);
  return cost.cpuSeconds;
}

/** What the manifest says beyond the usual. */
interface About {
  readonly loudness: "off" | number;
  /** keys of a shot */
  readonly shot?: (index: number) => string;
  /** keys of the sequence */
  readonly sequence?: string;
}

interface LargeBatch {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly inputBytes: number;
  readonly film: string;
  /** folder of what is known of its clips */
  readonly facts: string;
}

async function compare(terms: BenchTerms, kind: LargeClips, count: number, title: string): Promise<Measured> {
  const batch = await putLarge(terms, kind, count, { loudness: "off" });
  const rounds: { floor: Cost; copy: Cost; status: Cost; join: Cost; cold: Cost; watched: Cost }[] = [];
  try {
    await joinLarge(batch); // which also finds out what this machine's ffmpeg can do
    for (let round = 0; round < terms.rounds; round++) {
      const floor = await floorOf(batch);
      const copy = await copyOf(terms, batch);
      const status = await callsheet("status", batch);
      await away(batch.film);
      const join = await joinLarge(batch);
      await rm(batch.facts, { recursive: true });
      await away(batch.film);
      const cold = await joinLarge(batch);
      await away(batch.film);
      rounds.push({ floor, copy, status, join, cold, watched: await joinLarge(batch, { watchMemory: true }) });
    }
    const ratio = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
    const joins = rounds.map(({ join }) => join);
    const peakBytes = Math.max(...rounds.map(({ watched }) => watched.peakBytes));
    const limits = LIMITS[kind.size];
    // What a film takes whatever its length is most of a short one.
    const bounded = count >= FEWEST_BOUNDED ? limit : (what: string, _: number, value: number) => told(what, value);
    const cpu = median(joins.map(({ cpuSeconds }) => cpuSeconds));
    const demands: readonly Demand[] = [
      bounded(
        "join wall / (cat + fsync) wall",
        kind.mute ? 2.5 : limits.wall,
        ratio(({ floor, join }) => join.wallSeconds / floor.wallSeconds),
      ),
      bounded(
        "joining CPU / ffmpeg copy CPU",
        limits.cpu,
        ratio(({ copy, status, join }) => (join.cpuSeconds - status.cpuSeconds) / copy.cpuSeconds),
      ),
      told(
        "the same with the program's start and ledger",
        ratio(({ copy, join }) => join.cpuSeconds / copy.cpuSeconds),
      ),
      limit(
        "bytes written / bytes of the clips",
        1.1,
        ratio(({ join }) => join.writtenBytes / batch.inputBytes),
      ),
      limit("peak memory, MB", 300, peakBytes / 1e6),
      limit(
        "reading a cold clip, ms CPU",
        10,
        ratio(({ cold, join }) => ((cold.cpuSeconds - join.cpuSeconds) * 1000) / count),
      ),
      told("join CPU a clip, ms", (cpu * 1000) / count),
      told("join wall, s", median(joins.map(({ wallSeconds }) => wallSeconds))),
      told("cat + fsync wall, s", median(rounds.map(({ floor }) => floor.wallSeconds))),
      await samePackets(terms, batch),
    ];
    terms.tell({ title, demands });
    return { count, cpuSeconds: cpu, peakBytes };
  } finally {
    await rm(batch.folder, { recursive: true, force: true });
  }
}

async function putLarge({ tools }: BenchTerms, kind: LargeClips, count: number, about: About): Promise<LargeBatch> {
  const paths: string[] = [];
  for (let index = 0; index < count; index++) paths.push(await largeClip(tools.ffmpeg.path, kind, index));
  const folder = join(CLIPS, `batch-${crypto.randomUUID()}`);
  // However the bench ends: a batch in 4K is larger than most disks have room for twice.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true });
  const { shot = () => "", sequence: more = "" } = about;
  const shots = paths.map((_, index) => `  - { id: s${index}, prompt: Shot ${index}${shot(index)} }\n`).join("");
  const order = paths.map((_, index) => `s${index}`).join(", ");
  const sequence = `{ id: film, size: ${kind.size}, loudness: ${about.loudness}${more}, shots: [${order}] }`;
  const rate = { numerator: 24, denominator: 1 };
  const files = paths.map(
    (path, index) => [`s${index}`, { path, frames: FRAMES, rate, size: PIXELS[kind.size] }] as const,
  );
  const { batchFolder } = await putOnDisk(
    folder,
    `name: film\nshots:\n${shots}sequences:\n  - ${sequence}\n`,
    new Map(files),
  );
  const sizes = await Promise.all(paths.map(async (path) => (await world.files.stat(path))?.bytes ?? 0));
  const inputBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return {
    folder,
    paths,
    inputBytes,
    film: join(batchFolder, "films/film.mp4"),
    facts: join(batchFolder, "work/facts"),
  };
}

/** To watch it took 46 ms of a join of a second, and nothing of the floor: what is timed is not watched. */
interface Watch {
  readonly watchMemory: boolean;
}

/** `callsheet join` as it was built, without key or network. */
function joinLarge(batch: LargeBatch, watch?: Watch): Promise<Cost> {
  return callsheet("join", batch, watch);
}

async function callsheet(
  command: "join" | "status",
  { folder, paths }: LargeBatch,
  { watchMemory }: Watch = { watchMemory: false },
): Promise<Cost> {
  await warm(paths);
  const { PATH = "" } = process.env;
  const environment = { PATH, HOME: folder, XDG_STATE_HOME: join(folder, "state") };
  const cost = await costOf(process.execPath, [PROGRAM, command, "film.yaml"], {
    cwd: folder,
    environment,
    watchMemory,
  });
  if (cost.exitCode !== 0) throw new Error(`${command} ended with ${cost.exitCode}:\n${cost.stdout}${cost.stderr}`);
  return cost;
}

/** Takes a large file away, and waits until the disk has done so: else whoever syncs next is charged with it. */
async function away(path: string): Promise<void> {
  await rm(path);
  const folder = await open(dirname(path));
  await folder.sync();
  await folder.close();
}

/** Has the clips in memory: what a machine forgets meanwhile would be charged to whoever comes next. */
async function warm(paths: readonly string[]): Promise<void> {
  for (const path of paths) for await (const _ of createReadStream(path, { highWaterMark: 2 ** 20 }));
}

async function floorOf({ folder, paths }: LargeBatch): Promise<Cost> {
  await warm(paths);
  const out = join(folder, "floor.bin");
  const list = join(folder, "floor.txt");
  await writeFile(list, paths.map((path) => `${path}\0`).join(""));
  // The same bytes, once, on the disk when it ends.
  const cost = await costOf("sh", ["-c", `xargs -0 cat < "${list}" > "${out}" && sync "${out}"`]);
  await away(out);
  if (cost.exitCode !== 0) throw new Error(cost.stderr);
  return cost;
}

async function copyOf({ tools }: BenchTerms, { folder, paths }: LargeBatch): Promise<Cost> {
  await warm(paths);
  const out = join(folder, "copy.mp4");
  const list = join(folder, "copy.txt");
  await writeFile(list, paths.map((path) => `file '${path}'\n`).join(""));
  const cost = await costOf(tools.ffmpeg.path, [
    ...["-v", "error", "-nostdin", "-y", "-f", "concat", "-safe", "0", "-i", list],
    ...["-c", "copy", "-movflags", "+faststart", out],
  ]);
  await away(out);
  if (cost.exitCode !== 0) throw new Error(cost.stderr);
  return cost;
}

/** That what was fast is also right. */
async function samePackets({ tools }: BenchTerms, { paths, film }: LargeBatch): Promise<Demand> {
  const ffmpeg = tools.ffmpeg.path;
  const own: string[] = [];
  for (const path of paths) own.push(...hashesOf(await readPackets(ffmpeg, world, path, "v:0")));
  const found = hashesOf(await readPackets(ffmpeg, world, film, "v:0"));
  const changed = own.filter((hash, index) => found[index] !== hash).length + Math.abs(found.length - own.length);
  return {
    what: "packets of the picture that changed",
    demand: "0",
    measured: `${changed} of ${own.length}`,
    isMet: changed === 0,
  };
}

function limit(what: string, most: number, value: number): Demand {
  return { what, demand: `at most ${most}`, measured: value.toPrecision(3), isMet: value <= most };
}

/** A figure without a demand. */
function told(what: string, value: number): Demand {
  return { what, demand: "", measured: value.toPrecision(3), isMet: true };
}
