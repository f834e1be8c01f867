import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a command took, with all that it started. */
export interface Cost {
  readonly wallSeconds: number;
  /** user and system time of the whole tree, as it was waited for */
  readonly cpuSeconds: number;
  /** bytes given to `write`, of the whole tree */
  readonly writtenBytes: number;
  /** largest sum of resident memory that was seen, every 20 ms */
  readonly peakBytes: number;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ticks a second of /proc, which no Linux that Node runs on has otherwise. */
const TICKS = 100;

/** Runs a command and sums up its tree. One at a time: the kernel adds children that were waited for to this process. */
export async function costOf(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly watchMemory?: boolean;
  } = {},
): Promise<Cost> {
  const before = childrenSoFar();
  const written = writtenSoFar();
  const startedAt = performance.now();
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: options.environment ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let [stdout, stderr, peakBytes] = ["", "", 0];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const watching = setInterval(
    () => {
      if (child.pid !== undefined) peakBytes = Math.max(peakBytes, residentBytes(child.pid));
    },
    options.watchMemory ? 20 : 1_000,
  );
  const exitCode = await new Promise<number | null>((settle, fail) => {
    child.on("error", fail);
    child.on("close", settle);
  }).finally(() => clearInterval(watching));
  return {
    ...{ exitCode, stdout, stderr, peakBytes },
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: childrenSoFar() - before,
    writtenBytes: writtenSoFar() - written,
  };
}

/** Fields 16 and 17 behind the name, which may hold spaces. @see proc_pid_stat(5) */
function childrenSoFar(): number {
  const [, fields = ""] = /\) (.*)/s.exec(readFileSync("/proc/self/stat", "latin1")) ?? [];
  const numbers = fields.split(" ").map(Number);
  return ((numbers[13] ?? 0) + (numbers[14] ?? 0)) / TICKS;
}

function writtenSoFar(): number {
  return Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "latin1"))?.[1] ?? 0);
}

function residentBytes(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const [, , parent = "0"] = /\) (\S) (\d+)/.exec(readProc(name, "stat")) ?? [];
    parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number): boolean => pid === root || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  return [...parents.keys()]
    .filter(isOurs)
    .reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}`, "status"))?.[1] ?? 0) * 1024, 0);
}

/** Empty where the process has ended meanwhile. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
