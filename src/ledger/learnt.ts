import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { WorkKind } from "./ledger.ts";

/** What is learnt of each kind of work, and how many of the latest figures are kept. */
const LEARNT = {
  /** enough to know a distribution by, and recent enough to follow the vendor's changes */
  duration: { column: "tookMs", kept: 200 },
  /** prices change seldom: the latest few say all */
  charge: { column: "credits", kept: 20 },
} as const;

/** Takes in one more figure; the oldest beyond those that are kept goes. */
export function learn(sql: Connection, what: keyof typeof LEARNT, kind: WorkKind, figure: number): void {
  const { column, kept } = LEARNT[what];
  sql.run(`INSERT INTO account.${what} (kind, ${column}) VALUES (?, ?)`, kind, figure);
  sql.run(
    `DELETE FROM account.${what} WHERE kind = ? AND id <=
       (SELECT id FROM account.${what} WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    kind,
    kind,
    kept,
  );
}

/** All figures that are kept, by kind, oldest first. */
export function readLearnt(sql: Connection, what: keyof typeof LEARNT): ReadonlyMap<WorkKind, readonly number[]> {
  const figures = new Map<WorkKind, number[]>();
  const rows = sql.all<{ kind: StoredText; figure: number }>(
    `SELECT CAST(kind AS BLOB) AS kind, ${LEARNT[what].column} AS figure FROM account.${what} ORDER BY id`,
  );
  for (const { kind: bytes, figure } of rows) {
    const kind = utf8(bytes) as WorkKind;
    const known = figures.get(kind);
    if (known) known.push(figure);
    else figures.set(kind, [figure]);
  }
  return figures;
}
