import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";

/** Names one process among all that ever ran: a bare pid is given out again, and containers count their own. */
export interface ProcessIdentity {
  readonly host: string;
  /** one boot of the machine; empty where the system does not tell */
  readonly bootId: string;
  /** the set of processes that can see each other's pids; empty where the system has only one or does not tell */
  readonly pidNamespace: string;
  readonly pid: number;
  /** as the system counts it, only good for comparing; empty where it does not tell */
  readonly processStartTime: string;
}

/** This process. Linux tells all of it; elsewhere host and pid have to do. */
export function processIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    bootId: quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? "",
    pidNamespace: quietly(() => readlinkSync("/proc/self/ns/pid")) ?? "",
    pid: process.pid,
    processStartTime: readStat(process.pid)?.startTime ?? "",
  };
}

/**
 * Whether a process of this machine still runs. Only meaningful for an identity of the same host, boot and pid
 * namespace. A process that ended but was not yet collected by its parent counts as ended.
 */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  if (stat) {
    if (stat.state === "Z" || stat.state === "X") return false;
    return identity.processStartTime === "" || identity.processStartTime === stat.startTime;
  }
  if (quietly(() => readFileSync("/proc/self/stat")) !== undefined) return false;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** @see proc(5), `/proc/pid/stat`: state is field 3, start time in clock ticks since boot is field 22 */
function readStat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (text === undefined) return undefined;
  // Field 2 is the program's name in brackets and may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
