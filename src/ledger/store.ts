import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { diskFailure } from "../world/disk-failure.ts";
import { createStoreFile, makePrivate, makeStoreFolder, removeAbandoned, storeFileSize } from "../world/store-file.ts";
import type { World } from "../world/world.ts";
import { Connection } from "./connection.ts";
import { inWords, isBusy, type StorePaths } from "./failure.ts";
import { LedgerError, LedgerWriteError } from "./ledger.ts";
import { ACCOUNT_FILE, type FileKind, LEDGER_FILE } from "./migrations.ts";
import { buildFile, checkFile } from "./store-file-check.ts";

export interface StoreOptions extends StorePaths {
  /** false: reading only, and a missing file counts as an empty one */
  readonly create: boolean;
}

/** Which of the two files a job writes: a commit over both costs twice as much. */
export type Scope = "ledger" | "account" | "both";

interface Job {
  readonly scope: Scope;
  work(sql: Connection, now: number): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** How long one call may stand still for another process's lock, in real milliseconds, and how often it is called. */
const BUSY = { standMs: 1000, tries: 20, pauseMs: 60 } as const;

/** A statement that changes nothing but takes the file's write lock, and that lock alone. */
const LOCK = {
  ledger: "UPDATE main.batch SET events = events WHERE 0",
  account: "UPDATE account.gate SET body = body WHERE 0",
} as const;

/**
 * The two files as one SQLite connection. Reads see one moment; writes are jobs, and all that were asked for in the
 * same turn of the event loop share one commit. A job may run more than once, so it touches nothing but the store.
 */
export class Store {
  readonly #sql: Connection;
  readonly #options: StoreOptions;
  readonly #world: Pick<World, "clock" | "chance">;
  #waiting: Job[] = [];
  #draining: Promise<void> | undefined;

  private constructor(sql: Connection, options: StoreOptions, world: Pick<World, "clock" | "chance">) {
    this.#sql = sql;
    this.#options = options;
    this.#world = world;
  }

  /** @throws LedgerError, LedgerWriteError */
  static async open(options: StoreOptions, world: Pick<World, "clock" | "chance">): Promise<Store> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return new Store(connect(options, world), options, world);
      } catch (error) {
        if (!isBusy(error) || attempt >= BUSY.tries) throw inWords(error, "reading", options, LEDGER_FILE.wayOut);
        await wait(BUSY.pauseMs);
      }
    }
  }

  async read<T>(job: (sql: Connection, now: number) => T): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#sql.exec("BEGIN");
        return job(this.#sql, this.#world.clock.now());
      } catch (error) {
        if (!isBusy(error) || attempt >= BUSY.tries) throw inWords(error, "reading", this.#options, LEDGER_FILE.wayOut);
      } finally {
        if (this.#sql.inTransaction) this.#sql.exec("ROLLBACK");
      }
      await this.#pause();
    }
  }

  /** @returns what the job returned, once it is durable */
  async write<T>(scope: Scope, work: (sql: Connection, now: number) => T): Promise<T> {
    if (!this.#options.create) throw new Error("this ledger was opened for reading only");
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ scope, work, resolve: (result) => resolve(result as T), reject });
      this.#draining ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    await this.#draining;
    this.#sql.close();
  }

  async #drain(): Promise<void> {
    // Lets everyone of this turn hand in what they have.
    await new Promise((next) => setImmediate(next));
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting;
      this.#waiting = [];
      await this.#commit(jobs);
    }
    this.#draining = undefined;
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const results = this.#transact(jobs);
        jobs.forEach((job, index) => {
          job.resolve(results[index]);
        });
        return;
      } catch (error) {
        if (isBusy(error) && attempt < BUSY.tries) {
          await this.#pause();
        } else if (jobs.length > 1 && !isBusy(error)) {
          // One job's failure is not the others': each gets a commit of its own.
          for (const job of jobs) await this.#commit([job]);
          return;
        } else {
          for (const job of jobs) job.reject(inWords(error, "writing", this.#options, LEDGER_FILE.wayOut));
          return;
        }
      }
    }
  }

  /** Locks first and reads after: a transaction that reads before it writes can be refused half-way. */
  #transact(jobs: readonly Job[]): readonly unknown[] {
    const sql = this.#sql;
    const scopes = new Set(jobs.map(({ scope }) => scope));
    const [scope] = scopes;
    if (scope === undefined) return [];
    if (scopes.size > 1 || scope === "both") sql.exec("BEGIN IMMEDIATE");
    try {
      if (!sql.inTransaction && scope !== "both") {
        sql.exec("BEGIN");
        sql.run(LOCK[scope]);
      }
      const changesBefore = changes(sql);
      const now = this.#world.clock.now();
      const results = jobs.map((job) => job.work(sql, now));
      // An empty commit over both files would still be synced.
      sql.exec(changes(sql) === changesBefore ? "ROLLBACK" : "COMMIT");
      return results;
    } catch (error) {
      if (sql.inTransaction) sql.exec("ROLLBACK");
      throw error;
    }
  }

  /** Uneven, so that two processes do not keep meeting. */
  async #pause(): Promise<void> {
    await wait(BUSY.pauseMs * (0.5 + this.#world.chance.number()));
  }
}

function changes(sql: Connection): number {
  return sql.all<{ n: number }>("SELECT total_changes() AS n")[0]?.n ?? 0;
}

function connect(options: StoreOptions, world: Pick<World, "chance">): Connection {
  const path = present(options.path, LEDGER_FILE, options, world);
  const accountPath = present(options.accountPath, ACCOUNT_FILE, options, world);
  const sql = new Connection(path ?? ":memory:", BUSY.standMs);
  try {
    take(sql, LEDGER_FILE, path, options);
    take(sql, ACCOUNT_FILE, accountPath, options);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** TRUNCATE and FULL: see docs/decisions.md, "Store". Both are settings of the connection, for each of its files. */
function take(sql: Connection, kind: FileKind, path: string | undefined, options: StoreOptions): void {
  try {
    if (kind.schema === "account") sql.run("ATTACH DATABASE ? AS account", path ?? ":memory:");
    if (path !== undefined) sql.pragma(`${kind.schema}.journal_mode = TRUNCATE`);
    sql.exec(`PRAGMA ${kind.schema}.synchronous = FULL`);
    checkFile(sql, kind, path);
  } catch (error) {
    if (isBusy(error)) throw error;
    const only = path ?? (kind.schema === "main" ? options.path : options.accountPath);
    throw inWords(error, "reading", { path: only, accountPath: only }, kind.wayOut);
  }
}

/** The path when the file is there, made if need be; undefined when it is not and must not be made. */
function present(
  path: string,
  kind: FileKind,
  { create }: StoreOptions,
  { chance }: Pick<World, "chance">,
): string | undefined {
  try {
    const found = storeFileSize(path);
    if (found === "folder") {
      throw new LedgerError(
        `${path} is a folder, not a file`,
        path,
        "Move that folder elsewhere and run the same command again.",
      );
    }
    if (found === "dead link") {
      throw new LedgerError(
        `${path} is a link that leads nowhere`,
        path,
        "Bring back what it led to, or take the link away to begin anew.",
      );
    }
    if (found === 0) throw new LedgerError(`${path} is damaged: it is empty`, path, kind.wayOut);
    if (found === undefined && !create) return undefined;
    if (found === undefined) {
      makeStoreFolder(dirname(path), kind.schema === "account" ? "private" : "shared");
      createStoreFile(path, `${path}.new-${chance.token()}`, (temporary) => build(temporary, kind));
    }
    if (create) {
      makePrivate(path);
      removeAbandoned(path);
    }
    return path;
  } catch (error) {
    if (error instanceof LedgerError || !isSystemError(error)) throw error;
    const failure = diskFailure(error);
    const reason = failure === undefined || failure === "link" ? "denied" : failure;
    const fix =
      reason === "full"
        ? "Make room on the disk and run the same command again."
        : "Make its folder writable for this user, or name another one with --output (for the account file: XDG_STATE_HOME).";
    throw new LedgerWriteError(`${path} cannot be made: ${error.message}`, reason, path, fix, { cause: error });
  }
}

function build(temporary: string, kind: FileKind): void {
  const sql = new Connection(temporary, BUSY.standMs);
  try {
    buildFile(sql, kind);
  } finally {
    sql.close();
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string" && "syscall" in error;
}
