import { crc32 } from "node:zlib";
import type { BatchName } from "../shot/id.ts";
import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { LedgerEvent, Recorded } from "./event.ts";
import { LedgerError } from "./ledger.ts";
import { LEDGER_FILE } from "./migrations.ts";

/** Every event this version knows; an object, so that the compiler asks for a new one here too. */
const KNOWN: Readonly<Record<LedgerEvent["event"], true>> = {
  submitting: true,
  submitted: true,
  deferred: true,
  refused: true,
  unconfirmed: true,
  made: true,
  failed: true,
  lost: true,
  downloaded: true,
  checked: true,
  "rejected-file": true,
  upgrading: true,
  "upgrade-deferred": true,
  upgraded: true,
  "upgrade-refused": true,
  adopted: true,
  salvaged: true,
  forgotten: true,
  "run-started": true,
  "run-ended": true,
  renamed: true,
  joined: true,
};

interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly body: StoredText;
  readonly crc: number;
}

interface BatchRow {
  readonly events: number;
  readonly last: number;
}

/** Adds events to a batch, inside a transaction that writes the ledger. */
export function appendEvents<E extends LedgerEvent>(
  sql: Connection,
  batch: BatchName,
  events: readonly E[],
  at: number,
): readonly Recorded<E>[] {
  if (events.length === 0) return [];
  const last = sql.all<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM main.event")[0]?.seq ?? 0;
  const recorded = events.map((event, index) => ({ seq: last + 1 + index, at, event }));
  for (const { seq, event } of recorded) {
    const body = JSON.stringify(event);
    sql.run(
      "INSERT INTO main.event (seq, batch, at, body, crc) VALUES (?, ?, ?, ?, ?)",
      seq,
      batch,
      at,
      body,
      checksum(seq, batch, at, Buffer.from(body)),
    );
  }
  sql.run(
    `INSERT INTO main.batch (name, events, last) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET events = events + excluded.events, last = excluded.last`,
    batch,
    events.length,
    last + events.length,
  );
  return recorded;
}

/**
 * All events of a batch, oldest first.
 *
 * @throws LedgerError when one of them was damaged, is missing or unknown: a history with a hole could buy a shot twice
 */
export function loadEvents(sql: Connection, batch: BatchName, path: string): readonly Recorded[] {
  const events = eventsAfter(sql, batch, 0, path);
  const counted = sql.all<BatchRow>("SELECT events, last FROM main.batch WHERE name = ?", batch)[0];
  const expected = counted ?? { events: 0, last: 0 };
  if (events.length !== expected.events || (events.at(-1)?.seq ?? 0) !== expected.last) {
    throw damaged(path, `batch ${batch} has ${events.length} events, it should have ${expected.events}`);
  }
  return events;
}

/** Names of all batches that have events. */
export function batchNames(sql: Connection): readonly BatchName[] {
  const rows = sql.all<{ name: StoredText }>("SELECT CAST(name AS BLOB) AS name FROM main.batch ORDER BY name");
  return rows.map(({ name }) => utf8(name) as BatchName);
}

/** The events of a batch beyond a sequence number; each is checked, but not whether any are missing. */
export function eventsAfter(sql: Connection, batch: BatchName, after: number, path: string): readonly Recorded[] {
  const rows = sql.all<EventRow>(
    "SELECT seq, at, CAST(body AS BLOB) AS body, crc FROM main.event WHERE batch = ? AND seq > ? ORDER BY seq",
    batch,
    after,
  );
  return rows.map(({ seq, at, body, crc }, index) => {
    // With the right number of rows, this leaves none out: a damaged index could lead to one row twice.
    if (index > 0 && seq <= (rows[index - 1]?.seq ?? 0))
      throw damaged(path, `event ${seq} of batch ${batch} is there twice`);
    if (checksum(seq, batch, at, new Uint8Array(body)) !== crc)
      throw damaged(path, `event ${seq} of batch ${batch} fails its checksum`);
    const event: unknown = JSON.parse(utf8(body));
    if (isKnown(event)) return { seq, at, event };
    const fix = "Update callsheet and run the same command again.";
    const name = JSON.stringify((event as { event?: unknown } | null)?.event);
    throw new LedgerError(
      `${path} holds an event that this callsheet does not know: ${name}, number ${seq}`,
      path,
      fix,
    );
  });
}

/** What a stored event was sealed with; undefined when there is none of that number in the batch. */
export function checksumOf(sql: Connection, batch: BatchName, seq: number): number | undefined {
  return sql.all<{ crc: number }>("SELECT crc FROM main.event WHERE seq = ? AND batch = ?", seq, batch)[0]?.crc;
}

function damaged(path: string, what: string): LedgerError {
  return new LedgerError(`${path} is damaged: ${what}`, path, LEDGER_FILE.wayOut);
}

/** The checksum has vouched for the rest: it is what some callsheet of this version wrote. */
function isKnown(value: unknown): value is LedgerEvent {
  if (typeof value !== "object" || value === null || !("event" in value)) return false;
  return typeof value.event === "string" && Object.hasOwn(KNOWN, value.event);
}

/** CRC-32 over the whole row: SQLite's pages have none. */
function checksum(seq: number, batch: string, at: number, body: Uint8Array): number {
  return crc32(body, crc32(`${seq}\n${batch}\n${at}\n`));
}
