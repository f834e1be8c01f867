import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findTools } from "../../src/media/tools/tools.ts";
import type { Summary } from "../../src/report/summary.ts";
import type { ClipMode } from "../../src/simulator/clip.ts";
import { parseFaults } from "../../src/simulator/faults.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open-simulator.ts";
import { openProcesses } from "../../src/world/execa-processes.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { npmBinaries } from "../../src/world/npm-binaries.ts";
import { npmFont } from "../../src/world/npm-font.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openHttp } from "../../src/world/undici-http.ts";
import { KNOWN_TOOLS } from "../known-tools.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PROGRAM = join(REPOSITORY, "dist/callsheet.mjs");
/** Clips that any test drew serve all later ones. */
const DRAWN_CLIPS = join(REPOSITORY, "node_modules/.cache/callsheet-test-clips");
/** Nobody may ever find this in a file. */
export const KEY = "test-key-5f1d0c0ffee0";
/** Fast enough for tests, slow enough that the machine and not the clock decides nothing. */
const SPEED = 60;

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** everything on stderr so far */
  readonly stderr: () => string;
}

/** A folder, a simulated vendor and the built program, all gone when the test is over. */
export interface Studio {
  readonly folder: string;
  readonly vendor: Simulator;
  /** paths of the programs that look at what was made */
  readonly tools: { readonly ffmpeg: string; readonly ffprobe: string };
  /** writes a file below the folder and gives its relative name back */
  write(name: string, text: string | Uint8Array): Promise<string>;
  read(name: string): Promise<string>;
  /** `callsheet ARGS` with the vendor's address and a key; `--speed` is added to commands that take it */
  callsheet(...args: readonly string[]): Promise<Ran>;
  /** a command line that callsheet showed, given to a shell as it is */
  paste(line: string): Promise<Ran>;
  /** a variable that is undefined is not there */
  start(args: readonly string[], environment?: Readonly<Record<string, string | undefined>>): RunningCommand;
  summary(batch: string): Promise<Summary>;
  /** what the vendor was asked to make: prompts of takes and extensions, `4k of PROMPT` for upgrades, in order */
  bought(): readonly string[];
  /** lets days of the vendor's go by at once */
  later(days: number): void;
  /** a picture that the vendor was sent, by its SHA-256 */
  vendorUpload(sha256: string): Promise<Buffer | undefined>;
}

export interface StudioOptions {
  readonly clips?: ClipMode;
  /** fault file of the simulator, as YAML */
  readonly faults?: string;
  readonly balance?: number;
  /** makes task ids, and so burned clips, the same as in the test's last run, which drew them already */
  readonly seed?: number;
  /** of the vendor and, by `--speed`, of the program; default `SPEED` */
  readonly speed?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** as on an account's first day: else it is known what ffmpeg can do, which six starts of it would have to tell */
  readonly asksTools?: boolean;
}

type OnFinished = (tidy: () => Promise<void>) => void;

export async function openStudio(onTestFinished: OnFinished, options: StudioOptions = {}): Promise<Studio> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-"));
  const { speed = SPEED } = options;
  const clock = openClock(speed);
  let aheadMs = 0;
  const vendorClock = { ...clock, now: () => clock.now() + aheadMs };
  const world = {
    clock,
    chance: openChance(),
    files: openFiles(),
    http: openHttp(clock),
    processes: openProcesses(openClock(1)),
  };
  const { tools } = await findTools(process.env, world, { npm: npmBinaries(), cacheFile: KNOWN_TOOLS });
  if (!tools) throw new Error("no ffmpeg: neither on PATH nor from npm");
  if (!options.asksTools) {
    const account = join(folder, "state/callsheet");
    await mkdir(account, { recursive: true, mode: 0o700 });
    await cp(KNOWN_TOOLS, join(account, "ffmpeg.json"));
  }
  const faults = parseFaults(options.faults ?? "{}", "faults.yaml");
  if (!faults.ok) throw new Error(JSON.stringify(faults.problems));
  const vendor = await openSimulator(
    {
      port: 0,
      speed,
      clips: options.clips ?? "tiny",
      tools: { ffmpeg: tools.ffmpeg.path },
      font: npmFont(),
      cacheFolder: DRAWN_CLIPS,
      latencyMs: [0, 0],
      faults: faults.value,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.balance === undefined ? {} : { balance: options.balance }),
    },
    { ...world, clock: vendorClock },
  );
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of children) child.kill("SIGKILL");
    await vendor.close();
    await world.http.close();
    await rm(folder, { recursive: true, force: true });
  });

  const startProgram = (
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
  ): RunningCommand => {
    const startedAt = performance.now();
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        XDG_STATE_HOME: join(folder, "state"),
        ...(process.env["FFMPEG_PATH"] ? { FFMPEG_PATH: process.env["FFMPEG_PATH"] } : {}),
        ...(process.env["FFPROBE_PATH"] ? { FFPROBE_PATH: process.env["FFPROBE_PATH"] } : {}),
        KIE_API_URL: vendor.origin,
        KIE_API_KEY: KEY,
        ...options.environment,
        ...environment,
      },
    });
    children.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (text) => (stdout += text));
    child.stderr?.on("data", (text) => (stderr += text));
    const ended = new Promise<Ran>((settle) => {
      child.on("close", (exitCode) => {
        children.delete(child);
        settle({ exitCode, stdout, stderr, tookMs: performance.now() - startedAt });
      });
    });
    return { child, ended, stderr: () => stderr };
  };
  const start: Studio["start"] = (args, environment = {}) =>
    startProgram(process.execPath, [PROGRAM, ...args], environment);

  return {
    folder,
    vendor,
    tools: { ffmpeg: tools.ffmpeg.path, ffprobe: tools.ffprobe.path },
    async write(name, text) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return name;
    },
    read: (name) => readFile(join(folder, name), "utf8"),
    callsheet: (...args) => start(withSpeed(args, speed)).ended,
    paste: (line) => {
      const program = `callsheet() { "${process.execPath}" "${PROGRAM}" "$@"; }`;
      return startProgram("sh", ["-c", `${program}\n${line}`], {}).ended;
    },
    start: (args, environment) => start(withSpeed(args, speed), environment),
    summary: async (batch) =>
      JSON.parse(await readFile(join(folder, "output", batch, "summary.json"), "utf8")) as Summary,
    later: (days) => {
      aheadMs += clock.lasting(days * 24 * 3_600_000);
    },
    vendorUpload: (sha256) => readFile(join(DRAWN_CLIPS, "uploads", sha256)).catch(() => undefined),
    bought: () => {
      const { tasks } = vendor.purchases();
      // An upgrade goes by the id of its take.
      const prompts = new Map(tasks.flatMap(({ task, prompt }) => (prompt === undefined ? [] : [[task, prompt]])));
      return tasks.map(({ prompt, of, resolution }) => prompt ?? `${resolution} of ${prompts.get(of ?? "")}`);
    },
  };
}

function withSpeed(args: readonly string[], speed: number): readonly string[] {
  const takesSpeed = ["run", "adopt", "salvage"].includes(args[0] ?? "");
  return takesSpeed && !args.includes("--speed") ? [...args, "--speed", String(speed)] : args;
}
