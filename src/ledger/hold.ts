import type { BatchName } from "../shot/id.ts";
import type { ProcessIdentity } from "../world/process-identity.ts";
import type { Connection, StoredText } from "./connection.ts";
import type { HeldByAnother } from "./ledger.ts";
import { isNeighbour, parseOwner, showOwner } from "./owner.ts";

/** A holder shows that it lives this often; one that cannot be looked at is given up after this long. Real time. */
export const HEARTBEAT_MS = 20_000;
const STALE_MS = 60_000;

interface HoldRow {
  readonly owner: StoredText;
  readonly since: number;
  readonly heartbeat: number;
}

/**
 * Takes a batch for this process, inside a transaction that writes the ledger. A dead holder of this machine is
 * replaced at once. One elsewhere (another host, another container, the time before a reboot) cannot be looked at and
 * is replaced when its heartbeat is old.
 *
 * @param id - names this holding among all; unguessable
 * @returns who holds it, or undefined when it is ours now
 */
export function takeHold(
  sql: Connection,
  batch: BatchName,
  id: string,
  me: ProcessIdentity,
  isAlive: (identity: ProcessIdentity) => boolean,
  now: number,
): HeldByAnother | undefined {
  const row = sql.all<HoldRow>(
    "SELECT CAST(owner AS BLOB) AS owner, since, heartbeat FROM main.hold WHERE batch = ?",
    batch,
  )[0];
  if (row) {
    const holder = parseOwner(row.owner);
    const lives = isNeighbour(holder, me) ? isAlive(holder) : now - row.heartbeat < STALE_MS;
    if (lives) {
      // A heartbeat ahead of our clock would never grow old: from now on it is as old as this look.
      if (row.heartbeat > now) sql.run("UPDATE main.hold SET heartbeat = ? WHERE batch = ?", now, batch);
      return { outcome: "busy", pid: holder.pid, host: holder.host, since: row.since };
    }
  }
  sql.run(
    `INSERT INTO main.hold (batch, id, owner, since, heartbeat) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (batch) DO UPDATE
     SET id = excluded.id, owner = excluded.owner, since = excluded.since, heartbeat = excluded.heartbeat`,
    batch,
    id,
    showOwner(me),
    now,
    now,
  );
  return undefined;
}

export function isHeld(sql: Connection, batch: BatchName, id: string): boolean {
  return sql.all("SELECT 1 FROM main.hold WHERE batch = ? AND id = ?", batch, id).length > 0;
}

export function beat(sql: Connection, batch: BatchName, id: string, now: number): void {
  sql.run("UPDATE main.hold SET heartbeat = ? WHERE batch = ? AND id = ?", now, batch, id);
}

/** Lets go of a batch; nothing happens when it is no longer ours. */
export function dropHold(sql: Connection, batch: BatchName, id: string): void {
  sql.run("DELETE FROM main.hold WHERE batch = ? AND id = ?", batch, id);
}
