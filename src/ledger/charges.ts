import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { AccountState, WorkKind } from "./ledger.ts";

/** Prices change seldom: the latest few say all. */
const KEPT = 20;

export function learnCharge(sql: Connection, kind: WorkKind, credits: number): void {
  sql.run("INSERT INTO account.charge (kind, credits) VALUES (?, ?)", kind, credits);
  sql.run(
    `DELETE FROM account.charge WHERE kind = ? AND id <=
       (SELECT id FROM account.charge WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    kind,
    kind,
    KEPT,
  );
}

export function readCharges(sql: Connection): AccountState["charges"] {
  const charges = new Map<WorkKind, number[]>();
  const rows = sql.all<{ kind: StoredText; credits: number }>(
    "SELECT CAST(kind AS BLOB) AS kind, credits FROM account.charge ORDER BY id",
  );
  for (const { kind: bytes, credits } of rows) {
    const kind = utf8(bytes) as WorkKind;
    charges.set(kind, [...(charges.get(kind) ?? []), credits]);
  }
  return charges;
}
