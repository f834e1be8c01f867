import type { Clock } from "../world/clock.ts";
import { type Connection, type StoredText, utf8 } from "./connection.ts";
import type { PauseReason, Terms } from "./ledger.ts";

/**
 * What the vendor's refusals have taught about the account, for all its processes: a pause, and lower caps that grow
 * back. Moments are epoch milliseconds.
 */
export interface GateState {
  readonly pausedAt: number;
  readonly pausedUntil: number;
  readonly reason: PauseReason | undefined;
  /** refusals that each came soon after the pause before them had ended */
  readonly inRow: number;
  readonly starts: LoweredCap | undefined;
  readonly running: LoweredCap | undefined;
}

/** A cap below what the terms allow, growing by one a clean step until it reaches them. */
export interface LoweredCap {
  readonly cap: number;
  readonly full: number;
  readonly since: number;
  /** nominal */
  readonly stepMs: number;
}

export const OPEN_GATE: GateState = {
  pausedAt: 0,
  pausedUntil: 0,
  reason: undefined,
  inRow: 0,
  starts: undefined,
  running: undefined,
};

/** How far a cap falls after a 429, and the least it falls to. */
const LOWER = { factor: 0.7, floor: 2 } as const;
const RUNNING_STEP_MS = 30_000;
/** Nobody says how long maintenance takes; the vendor's clients wait a minute or more. */
const MAINTENANCE_MS = 60_000;
const LONGEST_DOUBLED_MS = 5 * 60_000;
/** Outside this range a Retry-After is a mistake. */
const RETRY_AFTER_MS = { least: 1_000, most: 15 * 60_000 } as const;

export interface Refusal {
  readonly reason: PauseReason;
  /** nominal; undefined when the vendor did not say */
  readonly retryAfterMs: number | undefined;
  readonly now: number;
  /** starts of the account in the window that ends now */
  readonly startsInWindow: number;
  readonly terms: Pick<Terms, "starts" | "windowMs" | "running">;
  /** nominal, keeps processes from coming back in one instant */
  readonly jitterMs: number;
}

/**
 * The gate after a refusal. One that arrives while the pause is on was on its way before it began, and only lengthens
 * it. With fewer starts in the window than allowed, it cannot be the starts that were too many: the running are.
 */
export function closeGate(before: GateState, refusal: Refusal, clock: Pick<Clock, "lasting">): GateState {
  const state = mendGate(before, refusal.now);
  const { now, reason, terms } = refusal;
  const onTheWay = now < state.pausedUntil;
  const soonAfter = now - state.pausedUntil < clock.lasting(terms.windowMs);
  const inRow = onTheWay ? state.inRow : soonAfter ? state.inRow + 1 : 1;

  const usualMs = reason === "rate" ? terms.windowMs : MAINTENANCE_MS;
  const doubledMs = Math.min(usualMs * 2 ** (inRow - 1), Math.max(usualMs, LONGEST_DOUBLED_MS));
  const lengthMs = Math.max(doubledMs, askedMs(refusal.retryAfterMs)) + refusal.jitterMs;
  const pausedUntil = Math.max(state.pausedUntil, Math.ceil(now + clock.lasting(lengthMs)));
  const paused = { pausedAt: now, pausedUntil, reason, inRow };

  const [starts, running] = [regrown(state.starts, now, clock), regrown(state.running, now, clock)];
  const again = (lowered: LoweredCap | undefined) => lowered && { ...lowered, since: pausedUntil };
  if (reason !== "rate" || onTheWay) return { ...paused, starts: again(starts), running: again(running) };

  const startsCap = capNow(starts, terms.starts, now, clock);
  if (refusal.startsInWindow >= startsCap) {
    const lower = { cap: lowered(startsCap), full: terms.starts, since: pausedUntil, stepMs: terms.windowMs };
    return { ...paused, starts: lower, running: again(running) };
  }
  const runningCap = capNow(running, terms.running, now, clock);
  const lower = { cap: lowered(runningCap), full: terms.running, since: pausedUntil, stepMs: RUNNING_STEP_MS };
  return { ...paused, starts: again(starts), running: lower };
}

/** What a cap of the terms comes to now. */
export function capNow(
  lowered: LoweredCap | undefined,
  terms: number,
  now: number,
  clock: Pick<Clock, "lasting">,
): number {
  const still = regrown(lowered, now, clock);
  return still ? Math.min(terms, still.cap) : terms;
}

/** The same with its growth so far written out; undefined once it has grown back. */
function regrown(lowered: LoweredCap | undefined, now: number, clock: Pick<Clock, "lasting">): LoweredCap | undefined {
  if (!lowered) return undefined;
  const steps = Math.max(0, Math.floor((now - lowered.since) / clock.lasting(lowered.stepMs)));
  const cap = lowered.cap + steps;
  return cap >= lowered.full
    ? undefined
    : { ...lowered, cap, since: lowered.since + steps * clock.lasting(lowered.stepMs) };
}

/** A clock that was set back must not stretch a pause: what lies ahead of now is moved so that it begins now. */
export function mendGate(state: GateState, now: number): GateState {
  const aheadMs = state.pausedAt - now;
  if (aheadMs <= 0) return state;
  const back = (cap: LoweredCap | undefined) => cap && { ...cap, since: cap.since - aheadMs };
  return {
    ...state,
    pausedAt: now,
    pausedUntil: state.pausedUntil - aheadMs,
    starts: back(state.starts),
    running: back(state.running),
  };
}

export function readGate(sql: Connection): GateState {
  const body = sql.all<{ body: StoredText }>("SELECT CAST(body AS BLOB) AS body FROM account.gate WHERE id = 1")[0]
    ?.body;
  return body === undefined ? OPEN_GATE : { ...OPEN_GATE, ...(JSON.parse(utf8(body)) as GateState) };
}

export function writeGate(sql: Connection, state: GateState): void {
  sql.run(
    "INSERT INTO account.gate (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    JSON.stringify(state),
  );
}

function lowered(cap: number): number {
  return Math.max(LOWER.floor, Math.floor(cap * LOWER.factor));
}

function askedMs(retryAfterMs: number | undefined): number {
  if (retryAfterMs === undefined || Number.isNaN(retryAfterMs)) return 0;
  return Math.min(Math.max(retryAfterMs, RETRY_AFTER_MS.least), RETRY_AFTER_MS.most);
}
