import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { openSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/open-simulator.ts";
import { openProcesses } from "../../src/world/execa-processes.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { npmBinaries } from "../../src/world/npm-binaries.ts";
import { npmFont } from "../../src/world/npm-font.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openHttp } from "../../src/world/undici-http.ts";

const SPEED = 2000;
export const FONT = npmFont();
const ON_PATH = ["ffmpeg", "ffprobe"].every(runs);
/** The machine's own tools, else those that came with npm. */
export const FFMPEG = ON_PATH ? "ffmpeg" : (npmBinaries().ffmpeg ?? "ffmpeg");
export const FFPROBE = ON_PATH ? "ffprobe" : (npmBinaries().ffprobe ?? "ffprobe");
/** Every build at hand: clips must be drawn by the oldest as by the newest. */
export const BUILDS: readonly string[] = [...new Set([FFMPEG, npmBinaries().ffmpeg ?? FFMPEG])];

function runs(program: string): boolean {
  try {
    execFileSync(program, ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export function realWorld(speed = SPEED) {
  const clock = openClock(speed);
  return { clock, chance: openChance(), files: openFiles(), http: openHttp(clock), processes: openProcesses(clock) };
}

/** A folder that is gone with the test. */
export async function temporaryFolder(onTestFinished: TestContext["onTestFinished"]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "simulator-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A simulator that hurries, answers without delay and draws as little as it can; closed with the test. */
export async function simulate(
  onTestFinished: TestContext["onTestFinished"],
  options: Partial<SimulatorOptions> = {},
): Promise<Simulator> {
  const cacheFolder = options.cacheFolder ?? (await temporaryFolder(onTestFinished));
  const speed = options.speed ?? SPEED;
  const world = realWorld(speed);
  const simulator = await openSimulator(
    {
      port: 0,
      speed,
      clips: "tiny",
      tools: { ffmpeg: FFMPEG },
      font: FONT,
      cacheFolder,
      latencyMs: [0, 0],
      seed: 7,
      ...options,
    },
    world,
  );
  onTestFinished(async () => {
    await simulator.close();
    await world.http.close();
  });
  return simulator;
}

const HEADERS = { authorization: "Bearer key", "user-agent": "Mozilla/5.0 callsheet-test" };

export async function post(simulator: Pick<Simulator, "origin">, path: string, content: unknown) {
  const headers = { ...HEADERS, "content-type": "application/json" };
  const response = await fetch(simulator.origin + path, { method: "POST", headers, body: JSON.stringify(content) });
  return response.json() as Promise<Answer>;
}

export async function get(simulator: Pick<Simulator, "origin">, path: string) {
  return (await fetch(simulator.origin + path, { headers: HEADERS })).json() as Promise<Answer>;
}

interface Answer {
  readonly code: number;
  readonly msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
}

/** Submits and polls until the take has ended; gives its record. */
export async function made(simulator: Pick<Simulator, "origin">, content: Readonly<Record<string, unknown>> = {}) {
  const request = { prompt: "A lighthouse", model: "veo3_fast", ...content };
  const { data } = await post(simulator, "/api/v1/veo/generate", request);
  return ended(simulator, data.taskId);
}

export async function ended(simulator: Pick<Simulator, "origin">, taskId: string) {
  for (;;) {
    const { data } = await get(simulator, `/api/v1/veo/record-info?taskId=${taskId}`);
    if (data.successFlag !== 0) return data;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
