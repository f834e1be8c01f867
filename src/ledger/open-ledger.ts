import type { BatchName } from "../shot/id.ts";
import type { ProcessIdentity } from "../world/process-identity.ts";
import type { World } from "../world/world.ts";
import type { Connection } from "./connection.ts";
import type { Recorded } from "./event.ts";
import { appendEvents, batchNames, loadEvents } from "./events.ts";
import { capNow, closeGate, mendGate, readGate, writeGate } from "./gate.ts";
import { beat, dropHold, HEARTBEAT_MS, isHeld, takeHold } from "./hold.ts";
import { type IntentBook, readIntents } from "./intent-book.ts";
import { learn, readLearnt } from "./learnt.ts";
import {
  type AccountState,
  type Hold,
  HoldLostError,
  type Ledger,
  LedgerError,
  LedgerWriteError,
  type Terms,
} from "./ledger.ts";
import { showOwner } from "./owner.ts";
import { reserveStart } from "./reserve.ts";
import { isSettling, type Settled, settlementOf, settlementsOf } from "./settlement.ts";
import {
  missedSettlements,
  missingStarts,
  recordStart,
  settleStart,
  spendingByDay,
  spentOnDayOf,
  spentSince,
} from "./spending.ts";
import { Store } from "./store.ts";
import { readUploads, rememberUpload } from "./uploads.ts";
import { countRunning, mendWindow, startsInWindow } from "./window.ts";

export interface LedgerOptions {
  /** absolute path of `output/ledger.db` */
  readonly path: string;
  /** absolute path of the file that all output folders of the account share */
  readonly accountPath: string;
  /** this process */
  readonly identity: ProcessIdentity;
  /** asked only about processes of this machine and boot */
  isAlive(identity: ProcessIdentity): boolean;
  /** false: for reading only; what is not there counts as empty, and nothing is made */
  readonly create: boolean;
}

/** The terms a 429 is judged by when this process has not reserved anything yet. @see docs/decisions.md, rate gate */
const USUAL_TERMS: Pick<Terms, "starts" | "windowMs" | "running"> = { starts: 18, windowMs: 10_500, running: 60 };
const PAUSE_JITTER_MS = 2_000;

interface Holding {
  readonly id: string;
  readonly heart: NodeJS.Timeout;
}

/**
 * Opens the ledger in SQLite.
 *
 * @throws LedgerError when a file is damaged, foreign or of a newer version; nothing was changed
 * @throws LedgerWriteError when a file cannot be made or opened
 */
export async function openLedger(options: LedgerOptions, world: Pick<World, "clock" | "chance">): Promise<Ledger> {
  const { path, identity: me, isAlive } = options;
  const { clock, chance } = world;
  const store = await Store.open(options, world);
  const holdings = new Map<BatchName, Holding>();
  const books = new Map<BatchName, IntentBook>();
  let terms = USUAL_TERMS;

  const settleAll = (sql: Connection, settled: readonly Settled[]): void => {
    for (const { token, outcome } of settled) settleStart(sql, token, outcome, showOwner(me));
  };

  /**
   * An account file that missed a settlement (it could not be written, or an older callsheet died between the two), or
   * that knows nothing of what this batch bought today.
   */
  const mendAccount = async (batch: BatchName): Promise<void> => {
    const { settlements, missed, missing } = await store.read((sql, now) => {
      const events = loadEvents(sql, batch, path);
      const settlements = settlementsOf(events);
      return {
        settlements,
        missed: missedSettlements(sql, settlements),
        missing: missingStarts(sql, events, now),
      };
    });
    if (missed.length + missing.length === 0) return;
    await store.write("account", (sql) => {
      for (const { at, event } of missing) {
        const { token, credits } = event;
        // By which run it was sent its event does not say; a run's own cap begins with the run.
        recordStart(sql, { token, at, run: "", ledger: path, batch, credits, owner: showOwner(me) });
        const outcome = settlements.get(token);
        if (outcome) settleAll(sql, [{ token, outcome }]);
      }
      settleAll(sql, missed);
    });
  };

  const release = async (batch: BatchName, holding: Holding): Promise<void> => {
    if (holdings.get(batch) !== holding) return;
    holdings.delete(batch);
    clearInterval(holding.heart);
    // A hold that cannot be taken down is that of a dead process soon, and replaced at once. What ended a run on a full
    // disk has more to say than this.
    await store.write("ledger", (sql) => dropHold(sql, batch, holding.id)).catch(() => undefined);
  };

  return {
    batches: () => store.read((sql) => batchNames(sql)),

    load: (batch) => store.read((sql) => loadEvents(sql, batch, path)),

    async append(batch, events) {
      const writeAlone = () =>
        store.write("ledger", (sql, now): readonly Recorded[] => appendEvents(sql, batch, events, now));
      if (!events.some(isSettling)) return writeAlone();
      try {
        return await store.write("both", (sql, now): readonly Recorded[] => {
          const book = readIntents(sql, batch, books.get(batch), path);
          books.set(batch, book);
          settleAll(
            sql,
            events.flatMap((event) => settlementOf(event, book.intents) ?? []),
          );
          return appendEvents(sql, batch, events, now);
        });
      } catch (error) {
        // What happened is not lost for the account's sake: when that file fails, the next hold makes up for it.
        if (error instanceof LedgerWriteError || error instanceof LedgerError) return writeAlone();
        throw error;
      }
    },

    async reserve(batch, intent, theirTerms) {
      terms = theirTerms;
      const holding = holdings.get(batch);
      if (!holding) throw new Error(`reserve: batch ${batch} is not held by this process`);
      return store.write("both", (sql, now) => {
        if (!isHeld(sql, batch, holding.id)) throw new HoldLostError(batch);
        return reserveStart(sql, { ledger: path, batch, intent, terms: theirTerms, me, isAlive }, now, clock);
      });
    },

    settle: (token, outcome) => store.write("account", (sql) => settleStart(sql, token, outcome, showOwner(me))),

    pause(reason, retryAfterMs) {
      const jitterMs = chance.number() * PAUSE_JITTER_MS;
      return store.write("account", (sql, now) => {
        mendWindow(sql, now);
        const starts = startsInWindow(sql, now, terms.windowMs, clock).length;
        const refusal = { reason, retryAfterMs, now, startsInWindow: starts, terms, jitterMs };
        writeGate(sql, closeGate(readGate(sql), refusal, clock));
      });
    },

    account: () =>
      store.read((sql, now): AccountState => {
        const gate = mendGate(readGate(sql), now);
        const isPaused = now < gate.pausedUntil;
        const startsNow = gate.starts && capNow(gate.starts, gate.starts.full, now, clock);
        return {
          pausedUntil: isPaused ? gate.pausedUntil : undefined,
          pauseReason: isPaused ? gate.reason : undefined,
          startsNow: startsNow === gate.starts?.full ? undefined : startsNow,
          spentToday: spentOnDayOf(sql, now),
          running: countRunning(sql, now, me, isAlive, clock),
          uploads: readUploads(sql),
          durations: readLearnt(sql, "duration"),
          charges: readLearnt(sql, "charge"),
        };
      }),

    spending: () => store.read((sql) => spendingByDay(sql)),

    spentSince: (at) => store.read((sql) => spentSince(sql, at)),

    rememberUpload: (sha256, url) => store.write("account", (sql, now) => rememberUpload(sql, sha256, url, now)),

    learn: (kind, tookMs) => store.write("account", (sql) => learn(sql, "duration", kind, tookMs)),

    learnCharge: (kind, credits) => store.write("account", (sql) => learn(sql, "charge", kind, credits)),

    async hold(batch) {
      const id = chance.token();
      const other = await store.write("ledger", (sql, now) => takeHold(sql, batch, id, me, isAlive, now));
      if (other) return other;
      const heart = setInterval(() => {
        // A beat that cannot be written is missed; `reserve` looks whether the batch is still ours.
        store.write("ledger", (sql, now) => beat(sql, batch, id, now)).catch(() => undefined);
      }, HEARTBEAT_MS).unref();
      const holding = { id, heart };
      holdings.set(batch, holding);
      try {
        await mendAccount(batch);
      } catch (error) {
        await release(batch, holding);
        throw error;
      }
      return { outcome: "held", release: () => release(batch, holding) } satisfies Hold;
    },

    async close() {
      try {
        for (const [batch, holding] of [...holdings]) await release(batch, holding);
      } finally {
        await store.close();
      }
    },
  };
}
