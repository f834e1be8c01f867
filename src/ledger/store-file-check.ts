import { storeFileSize } from "../world/store-file.ts";
import type { Connection } from "./connection.ts";
import { LedgerError } from "./ledger.ts";
import type { FileKind } from "./migrations.ts";

/**
 * Makes sure that an attached file is ours, whole, and of the newest version, bringing an older one forward.
 *
 * @param path - undefined for a file in memory, which is empty and only needs to be built
 * @throws LedgerError when it is something else, cut short or newer; nothing was changed
 */
export function checkFile(sql: Connection, kind: FileKind, path: string | undefined): void {
  const newest = kind.migrations.length;
  sql.exec("BEGIN");
  try {
    // Takes the shared lock, behind which nobody can write: header and size belong together.
    sql.all(`SELECT count(*) FROM ${kind.schema}.sqlite_master`);
    if (path !== undefined) refuseForeign(sql, kind, path);
  } finally {
    sql.exec("ROLLBACK");
  }
  if (versionOf(sql, kind) < newest) migrate(sql, kind);
  if (path !== undefined) refuseIncomplete(sql, kind, path);
}

/** Builds a file that is empty and opened by itself, whatever it will be called once attached. */
export function buildFile(sql: Connection, kind: FileKind): void {
  migrate(sql, { ...kind, schema: "main" });
}

function refuseForeign(sql: Connection, kind: FileKind, path: string): void {
  const bytes = storeFileSize(path);
  const pages = Number(sql.pragma(`${kind.schema}.page_count`)) * Number(sql.pragma(`${kind.schema}.page_size`));
  // SQLite itself takes a file shorter than its smallest page for a new one, and fills a page cut short with zeros.
  const expected = Math.max(pages, SMALLEST_PAGE_BYTES);
  if (typeof bytes !== "number" || bytes < expected) {
    throw new LedgerError(`${path} is damaged: ${bytes} bytes long, it should have ${expected}`, path, kind.wayOut);
  }
  const id = Number(sql.pragma(`${kind.schema}.application_id`));
  if (id !== kind.applicationId) {
    const fix = "Move that file elsewhere, or name another output folder with --output.";
    throw new LedgerError(
      `${path} is a SQLite file, but not one of callsheet's ${kind.schema === "main" ? "ledgers" : "account files"}`,
      path,
      fix,
    );
  }
  const version = versionOf(sql, kind);
  if (version < 1 || version > kind.migrations.length) {
    const fix = "Update callsheet and run the same command again.";
    throw new LedgerError(
      `${path} has version ${version}, this callsheet knows versions up to ${kind.migrations.length}`,
      path,
      version < 1 ? kind.wayOut : fix,
    );
  }
}

function refuseIncomplete(sql: Connection, kind: FileKind, path: string): void {
  // Counted by SQLite, not read: a damaged name may not be text any more.
  const missing = kind.tables.filter(
    (table) =>
      sql.all(`SELECT 1 FROM ${kind.schema}.sqlite_master WHERE type = 'table' AND name = ?`, table).length === 0,
  );
  const found = missing.length > 0 ? `no table ${missing.join(", ")}` : structure(sql, kind);
  if (found !== "ok") throw new LedgerError(`${path} is damaged: ${found}`, path, kind.wayOut);
}

/** @see SQLite file format, "page size" */
const SMALLEST_PAGE_BYTES = 512;

/** SQLite's own look at every page; rows are judged by their checksums when they are read. */
function structure(sql: Connection, kind: FileKind): string {
  return String(sql.pragma(`${kind.schema}.quick_check(1)`));
}

function versionOf(sql: Connection, kind: FileKind): number {
  return Number(sql.pragma(`${kind.schema}.user_version`));
}

function migrate(sql: Connection, kind: FileKind): void {
  sql.exec("BEGIN IMMEDIATE");
  try {
    // Read again behind the lock: another process may have just done it.
    for (const step of kind.migrations.slice(versionOf(sql, kind))) sql.exec(step(kind.schema));
    sql.exec(`PRAGMA ${kind.schema}.application_id = ${kind.applicationId}`);
    sql.exec(`PRAGMA ${kind.schema}.user_version = ${kind.migrations.length}`);
    sql.exec("COMMIT");
  } catch (error) {
    if (sql.inTransaction) sql.exec("ROLLBACK");
    throw error;
  }
}
