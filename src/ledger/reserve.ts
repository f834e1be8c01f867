import type { BatchName } from "../shot/id.ts";
import { isAbove } from "../shot/price.ts";
import type { Clock } from "../world/clock.ts";
import type { ProcessIdentity } from "../world/process-identity.ts";
import type { Connection } from "./connection.ts";
import type { Intent } from "./event.ts";
import { appendEvents } from "./events.ts";
import { capNow, mendGate, readGate, writeGate } from "./gate.ts";
import type { Reservation, Terms } from "./ledger.ts";
import { showOwner } from "./owner.ts";
import { recordStart, spentByRun, spentOnDayOf } from "./spending.ts";
import { countRunning, mendWindow, startsInWindow } from "./window.ts";

/** When a place comes free nobody knows; this is how soon to ask again, nominal. */
const ASK_AGAIN_MS = 1_000;

export interface Applicant {
  /** absolute path of the ledger that asks */
  readonly ledger: string;
  readonly batch: BatchName;
  readonly intent: Intent;
  readonly terms: Terms;
  readonly me: ProcessIdentity;
  isAlive(identity: ProcessIdentity): boolean;
}

/**
 * Judges one intent and writes it if it may go: start, place, spending and event at once. To be called inside a
 * transaction that has both files locked, or two processes would be given the same place.
 *
 * @param now - read after the locks were taken
 */
export function reserveStart(sql: Connection, applicant: Applicant, now: number, clock: Clock): Reservation {
  const { intent, terms, me } = applicant;
  const over = overCap(sql, intent.credits, terms, now);
  if (over) return over;

  const stored = readGate(sql);
  const gate = mendGate(stored, now);
  if (gate !== stored) writeGate(sql, gate);
  if (now < gate.pausedUntil) return wait("pause", nominal(gate.pausedUntil - now, clock));

  mendWindow(sql, now);
  const starts = startsInWindow(sql, now, terms.windowMs, clock);
  const startsCap = Math.max(1, capNow(gate.starts, terms.starts, now, clock));
  if (starts.length >= startsCap) {
    // Once this one has left the window, fewer than the cap are in it.
    const leaving = starts[starts.length - startsCap] ?? now;
    return wait("window", nominal(leaving + clock.lasting(terms.windowMs) - now, clock));
  }
  const runningCap = Math.max(1, capNow(gate.running, terms.running, now, clock));
  if (countRunning(sql, now, me, applicant.isAlive, clock) >= runningCap) return wait("running", ASK_AGAIN_MS);

  recordStart(sql, {
    token: intent.token,
    at: now,
    run: terms.run,
    ledger: applicant.ledger,
    batch: applicant.batch,
    credits: intent.credits,
    owner: showOwner(me),
  });
  const [recorded] = appendEvents(sql, applicant.batch, [intent], now);
  if (!recorded) throw new Error("one event was appended and none came back");
  return { outcome: "granted", recorded };
}

/** Caps come before waiting: nobody should wait a quarter of an hour to hear that there is no money. */
function overCap(sql: Connection, credits: number, terms: Terms, now: number): Reservation | undefined {
  const caps = [
    { cap: "run", capCredits: terms.runCap, spent: () => spentByRun(sql, terms.run) },
    { cap: "day", capCredits: terms.dayCap, spent: () => spentOnDayOf(sql, now) },
  ] as const;
  for (const { cap, capCredits, spent } of caps) {
    if (capCredits === undefined) continue;
    const spentCredits = spent();
    if (isAbove(spentCredits + credits, capCredits)) return { outcome: "over", cap, capCredits, spentCredits };
  }
  return undefined;
}

function wait(because: "window" | "pause" | "running", waitMs: number): Reservation {
  return { outcome: "wait", because, waitMs };
}

/** Real milliseconds as nominal ones, rounded up: a caller that sleeps so long is not too early. */
function nominal(realMs: number, clock: Clock): number {
  return Math.max(1, Math.ceil(realMs / clock.lasting(1)));
}
