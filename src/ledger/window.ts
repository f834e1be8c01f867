import type { Clock } from "../world/clock.ts";
import type { ProcessIdentity } from "../world/process-identity.ts";
import type { Connection, StoredText } from "./connection.ts";
import { isNeighbour, parseOwner } from "./owner.ts";

/** How long a task may still be running for the vendor when nobody is left who would hear of its end; nominal. */
const FORGOTTEN_MS = 30 * 60_000;

/**
 * Pulls starts that lie ahead of the clock back to now, as after the clock was set back: they count in full from now
 * on, and no longer than that. To be called before the window is read.
 */
export function mendWindow(sql: Connection, now: number): void {
  sql.run("UPDATE account.start SET windowAt = ? WHERE windowAt > ?", now, now);
}

/** Moments of all intents in the window that ends now, oldest first: refused ones too, as the vendor counts them. */
export function startsInWindow(
  sql: Connection,
  now: number,
  windowMs: number,
  clock: Pick<Clock, "lasting">,
): number[] {
  return sql
    .all<{ windowAt: number }>(
      "SELECT windowAt FROM account.start WHERE windowAt > ? ORDER BY windowAt",
      now - clock.lasting(windowMs),
    )
    .map(({ windowAt }) => windowAt);
}

/**
 * Tasks that the vendor may be working on. A place is kept when its process dies, for the task goes on without it; it
 * is given up when nobody has settled it for half an hour.
 */
export function countRunning(
  sql: Connection,
  now: number,
  me: ProcessIdentity,
  isAlive: (identity: ProcessIdentity) => boolean,
  clock: Pick<Clock, "lasting">,
): number {
  const old = now - clock.lasting(FORGOTTEN_MS);
  const rows = sql.all<{ windowAt: number; owner: StoredText }>(
    "SELECT windowAt, CAST(owner AS BLOB) AS owner FROM account.start WHERE state IN ('intended', 'running')",
  );
  return rows.filter(({ windowAt, owner }) => {
    if (windowAt > old) return true;
    const process = parseOwner(owner);
    return isNeighbour(process, me) && isAlive(process);
  }).length;
}
