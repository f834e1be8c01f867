import { sqliteCode } from "./connection.ts";
import { LedgerError, LedgerWriteError } from "./ledger.ts";

/** The files a failure may be about. */
export interface StorePaths {
  readonly path: string;
  readonly accountPath: string;
}

/** SQLite's answers that say that the content is not what it should be. */
const DAMAGE = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_TOOBIG"];

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}

/**
 * Puts an error of the store into words.
 *
 * @param doing - while reading, every answer of SQLite that is not about the disk means damage: the statements
 *   themselves are known to be good, so a missing column, say, is a schema that was overwritten
 * @returns the error as it came when it is none of SQLite's: a bug of ours
 */
export function inWords(error: unknown, doing: "reading" | "writing", paths: StorePaths, wayOut: string): unknown {
  const code = sqliteCode(error);
  // Nothing but stored rows is parsed in here.
  const isDamagedRow = error instanceof SyntaxError;
  if (code === undefined && !isDamagedRow) return error;
  const what = paths.path === paths.accountPath ? paths.path : `${paths.path} (with ${paths.accountPath})`;
  const cause = { cause: error };
  if (isBusy(error)) {
    const fix =
      "See which callsheet still runs or was stopped half-way (ps, jobs), end it, and run the same command again.";
    return new LedgerWriteError(`${what} is kept locked by another process`, "busy", paths.path, fix, cause);
  }
  if (code === undefined) {
    return new LedgerError(`${what} is damaged: a row is no longer JSON`, paths.path, wayOut, cause);
  }
  if (code.startsWith("SQLITE_FULL")) {
    const fix = "Make room on the disk and run the same command again: what was acknowledged so far is kept.";
    return new LedgerWriteError(`no room left on the disk for ${what}`, "full", paths.path, fix, cause);
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    const fix =
      "Make both files and their folders readable and writable for this user, and run the same command again.";
    return new LedgerWriteError(`${what} may not be opened or written (${code})`, "denied", paths.path, fix, cause);
  }
  if (code.startsWith("SQLITE_IOERR")) {
    const fix = "Look after the disk (room, quota, errors in the system's log), and run the same command again.";
    return new LedgerWriteError(`the disk failed on ${what} (${code})`, "io", paths.path, fix, cause);
  }
  if (doing === "reading" || DAMAGE.some((damage) => code.startsWith(damage))) {
    return new LedgerError(`${what} is damaged: ${(error as Error).message}`, paths.path, wayOut, cause);
  }
  return error;
}
