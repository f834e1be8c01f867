/** One of the two SQLite files: what it is called inside a connection, how it is recognised and how it is built. */
export interface FileKind {
  readonly schema: "main" | "account";
  /** @see SQLite file format, "application id" */
  readonly applicationId: number;
  /** step `n` takes a file from version `n` to `n + 1`; a released step is never edited */
  readonly migrations: readonly ((schema: string) => string)[];
  /** tables that must be there at the newest version; a flipped bit in the schema page can make one vanish */
  readonly tables: readonly string[];
  /** what to do when the file cannot be read */
  readonly wayOut: string;
}

export const LEDGER_FILE: FileKind = {
  schema: "main",
  applicationId: 0x4353_4c47, // "CSLG"
  tables: ["event", "batch", "hold"],
  wayOut:
    "Put back a copy of the file from before the damage. Without one, move it aside: the clips on disk stay, and callsheet salvage MANIFEST takes them in again, with --tasks FILE what https://kie.ai/logs shows besides. It buys nothing.",
  migrations: [
    (schema) => `
      CREATE TABLE ${schema}.event (
        seq INTEGER PRIMARY KEY,
        batch TEXT NOT NULL,
        at INTEGER NOT NULL,
        body TEXT NOT NULL,
        crc INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX ${schema}.event_of_batch ON event (batch, seq);
      CREATE TRIGGER ${schema}.event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
      CREATE TRIGGER ${schema}.event_is_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
      -- How many events a batch has and which is its last one: without it, a lost row would go unnoticed.
      CREATE TABLE ${schema}.batch (
        name TEXT PRIMARY KEY,
        events INTEGER NOT NULL,
        last INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE ${schema}.hold (
        batch TEXT PRIMARY KEY,
        id TEXT NOT NULL,
        owner TEXT NOT NULL,
        since INTEGER NOT NULL,
        heartbeat INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  ],
};

export const ACCOUNT_FILE: FileKind = {
  schema: "account",
  applicationId: 0x4353_4143, // "CSAC"
  tables: ["start", "gate", "upload", "duration", "charge"],
  wayOut:
    "Move it aside and run again in a quarter of a minute: it holds the rate window, the day's spending and learnt durations, no purchases. The next run of each batch tells it again what that batch bought today; until then the day's cap does not know of it.",
  migrations: [
    (schema) => `
      -- One row an intent. "at" is the true moment; "windowAt" is the same, pulled back when the clock is set back.
      CREATE TABLE ${schema}.start (
        token TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        windowAt INTEGER NOT NULL,
        day TEXT NOT NULL,
        run TEXT NOT NULL,
        ledger TEXT NOT NULL,
        batch TEXT NOT NULL,
        credits REAL NOT NULL,
        state TEXT NOT NULL,
        owner TEXT NOT NULL
      ) STRICT;
      CREATE INDEX ${schema}.start_in_window ON start (windowAt);
      CREATE INDEX ${schema}.start_of_day ON start (day);
      CREATE INDEX ${schema}.start_of_run ON start (run);
      CREATE INDEX ${schema}.start_open ON start (state) WHERE state IN ('intended', 'running');
      CREATE TABLE ${schema}.gate (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
      CREATE TABLE ${schema}.upload (sha256 TEXT PRIMARY KEY, url TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
      CREATE TABLE ${schema}.duration (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        tookMs REAL NOT NULL
      ) STRICT;
      CREATE INDEX ${schema}.duration_of_kind ON duration (kind, id);`,
    (schema) => `
      -- What the vendor took for one purchase of a kind, as far as that could be seen.
      CREATE TABLE ${schema}.charge (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        credits REAL NOT NULL
      ) STRICT;
      CREATE INDEX ${schema}.charge_of_kind ON charge (kind, id);`,
  ],
};
