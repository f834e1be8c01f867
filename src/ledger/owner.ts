import type { ProcessIdentity } from "../world/process-identity.ts";
import { type StoredText, utf8 } from "./connection.ts";

/** A process as it is written into a row. */
export function showOwner(identity: ProcessIdentity): string {
  return JSON.stringify(identity);
}

export function parseOwner(text: StoredText): ProcessIdentity {
  return JSON.parse(utf8(text)) as ProcessIdentity;
}

/** Whether one can tell if the other lives: same machine, same boot, and pids mean the same to both. */
export function isNeighbour(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.host === b.host && a.bootId === b.bootId && a.pidNamespace === b.pidNamespace;
}
