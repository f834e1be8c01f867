import type { Sha256 } from "../shot/id.ts";
import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { AccountState } from "./ledger.ts";

/** The vendor deletes uploads after days; the addresses are kept somewhat longer and then dropped. */
const KEPT_MS = 30 * 24 * 3600_000;

export function rememberUpload(sql: Connection, sha256: Sha256, url: string, now: number): void {
  sql.run(
    `INSERT INTO account.upload (sha256, url, at) VALUES (?, ?, ?)
     ON CONFLICT (sha256) DO UPDATE SET url = excluded.url, at = excluded.at`,
    sha256,
    url,
    now,
  );
  sql.run("DELETE FROM account.upload WHERE at < ?", now - KEPT_MS);
}

export function readUploads(sql: Connection): AccountState["uploads"] {
  const rows = sql.all<{ sha256: StoredText; url: StoredText; at: number }>(
    "SELECT CAST(sha256 AS BLOB) AS sha256, CAST(url AS BLOB) AS url, at FROM account.upload",
  );
  return new Map(rows.map(({ sha256, url, at }) => [utf8(sha256) as Sha256, { url: utf8(url), at }]));
}
