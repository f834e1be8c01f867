import type { BatchName } from "../shot/id.ts";
import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { Intent, Recorded } from "./event.ts";
import type { DaySpending, Settlement, SpentSince } from "./ledger.ts";
import type { Settled } from "./settlement.ts";

/** An intent as the account sees it: one start, one place among the running, and its credits. */
export interface Start {
  readonly token: string;
  readonly at: number;
  readonly run: string;
  readonly ledger: string;
  readonly batch: BatchName;
  readonly credits: number;
  readonly owner: string;
}

/** Counts an intent from now on, in state `intended` until it is settled. */
export function recordStart(sql: Connection, start: Start): void {
  sql.run(
    `INSERT INTO account.start (token, at, windowAt, day, run, ledger, batch, credits, state, owner)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'intended', ?)`,
    start.token,
    start.at,
    start.at,
    localDay(start.at),
    start.run,
    start.ledger,
    start.batch,
    start.credits,
    start.owner,
  );
}

/**
 * Says what became of an intent. A task that runs on belongs to whoever says so, as after a restart. A token that is
 * not there is let pass: the account file may have been begun anew meanwhile.
 */
export function settleStart(sql: Connection, token: string, outcome: Settlement, owner: string): void {
  if (outcome === "running") {
    // Said again by the same process it changes nothing, and costs no commit.
    sql.run(
      "UPDATE account.start SET state = ?1, owner = ?2 WHERE token = ?3 AND (state <> ?1 OR owner <> ?2)",
      outcome,
      owner,
      token,
    );
  } else {
    sql.run("UPDATE account.start SET state = ? WHERE token = ?", outcome, token);
  }
}

/**
 * Where the account's file still has an intent open, or unconfirmed, of which the ledger knows more.
 *
 * @param settlements - by token, of one batch
 */
export function missedSettlements(sql: Connection, settlements: ReadonlyMap<string, Settlement>): readonly Settled[] {
  const rows = sql.all<{ token: StoredText; state: StoredText }>(
    `SELECT CAST(token AS BLOB) AS token, CAST(state AS BLOB) AS state FROM account.start
     WHERE state IN ('intended', 'running', 'unconfirmed')`,
  );
  return rows.flatMap((row) => {
    const [token, state] = [utf8(row.token), utf8(row.state)];
    const outcome = settlements.get(token);
    // Intended and running are the same to the caps; whoever polls the task makes it theirs.
    const agrees = outcome === state || (outcome === "running" && state === "intended");
    return outcome === undefined || agrees ? [] : [{ token, outcome }];
  });
}

/**
 * Intents of today that a batch's ledger tells of and the account's file does not: it was removed, or stands elsewhere
 * since. Without them the day's cap would begin anew.
 *
 * @param events - of one batch
 */
export function missingStarts(sql: Connection, events: readonly Recorded[], now: number): readonly Recorded<Intent>[] {
  const today = localDay(now);
  return events.filter((recorded): recorded is Recorded<Intent> => {
    const { event, at } = recorded;
    const isIntent = event.event === "submitting" || event.event === "upgrading";
    if (!isIntent || localDay(at) !== today) return false;
    return sql.all("SELECT 1 FROM account.start WHERE token = ?", event.token).length === 0;
  });
}

/** Credits of a run's intents that count. */
export function spentByRun(sql: Connection, run: string): number {
  return sum(
    sql,
    "SELECT coalesce(sum(credits), 0) AS n FROM account.start WHERE run = ? AND state <> 'unbought'",
    run,
  );
}

/** Credits of all intents of the account that count, on the local calendar day of a moment. */
export function spentOnDayOf(sql: Connection, at: number): number {
  return sum(
    sql,
    "SELECT coalesce(sum(credits), 0) AS n FROM account.start WHERE day = ? AND state <> 'unbought'",
    localDay(at),
  );
}

export function spendingByDay(sql: Connection): readonly DaySpending[] {
  const rows = sql.all<Omit<DaySpending, "day"> & { readonly day: StoredText }>(
    `SELECT CAST(day AS BLOB) AS day, sum(credits) AS credits, count(*) AS purchases,
       coalesce(sum(credits) FILTER (WHERE state = 'unconfirmed'), 0) AS unconfirmedCredits
     FROM account.start WHERE state <> 'unbought' GROUP BY day ORDER BY day`,
  );
  return rows.map((row) => ({ ...row, day: utf8(row.day) }));
}

export function spentSince(sql: Connection, at: number): SpentSince {
  const [found] = sql.all<SpentSince>(
    `SELECT coalesce(sum(credits) FILTER (WHERE state IN ('running', 'made')), 0) AS charged,
       coalesce(sum(credits) FILTER (WHERE state IN ('intended', 'unconfirmed')), 0) AS open,
       coalesce(sum(credits) FILTER (WHERE state = 'failed'), 0) AS failed
     FROM account.start WHERE at >= ?`,
    at,
  );
  return found ?? { charged: 0, open: 0, failed: 0 };
}

/** `YYYY-MM-DD` where the machine stands. */
function localDay(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function sum(sql: Connection, query: string, value: string): number {
  return sql.all<{ n: number }>(query, value)[0]?.n ?? 0;
}
