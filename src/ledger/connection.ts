import Database from "libsql";

type Value = string | number | null;

/** One SQLite connection, with its statements kept. Every call is synchronous and throws what libsql throws. */
export class Connection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  /** @param busyMs - how long a call may wait for another process's lock, with the whole process standing still */
  constructor(path: string, busyMs: number) {
    this.#database = new Database(path, { timeout: busyMs });
  }

  /**
   * All rows; `Row` is taken on trust, as the tables are STRICT. Always to the end, never the first row alone: a
   * statement that is left half-read may keep its lock on the file. Texts are asked for as `CAST(... AS BLOB)` and read
   * with `utf8`: a damaged one that is not UTF-8 any more makes libsql 0.5.29 abort the whole process.
   */
  all<Row>(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#statement(sql).all([...values]) as Row[];
  }

  /** @returns how many rows were changed */
  run(sql: string, ...values: readonly Value[]): number {
    return this.#statement(sql).run([...values]).changes;
  }

  /** Runs several statements without values. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  pragma(name: string): number | string | undefined {
    const rows = this.#database.pragma(name) as readonly Readonly<Record<string, number | string>>[];
    return Object.values(rows[0] ?? {})[0];
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): Database.Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** A text as it comes when it is asked for as bytes. */
export type StoredText = ArrayBuffer;

/** Whatever is not UTF-8 in it shows as U+FFFD. */
export function utf8(text: StoredText): string {
  return Buffer.from(text).toString("utf8");
}

/** SQLite's name for what went wrong, such as `SQLITE_BUSY`; undefined when it did not come from SQLite. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && code.startsWith("SQLITE_")) return code;
  // libsql throws this one without a code: https://www.sqlite.org/rescode.html#cantopen is 14
  return error.message.startsWith("ConnectionFailed(") ? "SQLITE_CANTOPEN" : undefined;
}
