import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { AccountState, WorkKind } from "./ledger.ts";

/** Enough to know a distribution by, and recent enough to follow the vendor's changes. */
const KEPT = 200;

export function learnDuration(sql: Connection, kind: WorkKind, tookMs: number): void {
  sql.run("INSERT INTO account.duration (kind, tookMs) VALUES (?, ?)", kind, tookMs);
  sql.run(
    `DELETE FROM account.duration WHERE kind = ? AND id <=
       (SELECT id FROM account.duration WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    kind,
    kind,
    KEPT,
  );
}

export function readDurations(sql: Connection): AccountState["durations"] {
  const durations = new Map<WorkKind, number[]>();
  const rows = sql.all<{ kind: StoredText; tookMs: number }>(
    "SELECT CAST(kind AS BLOB) AS kind, tookMs FROM account.duration ORDER BY id",
  );
  for (const { kind: bytes, tookMs } of rows) {
    const kind = utf8(bytes) as WorkKind;
    const known = durations.get(kind);
    if (known) known.push(tookMs);
    else durations.set(kind, [tookMs]);
  }
  return durations;
}
