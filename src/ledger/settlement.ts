import type { ShotId } from "../shot/id.ts";
import type { LedgerEvent, Recorded } from "./event.ts";
import type { Settlement } from "./ledger.ts";

/** What became of an intent, by the token that names it in the account's file. */
export interface Settled {
  readonly token: string;
  readonly outcome: Settlement;
}

/** The token of the latest intent by shot, then by take number, upgrades also by resolution. */
export type Intents = ReadonlyMap<ShotId, ReadonlyMap<string, string>>;

/** The intents after further events of the same batch. */
export function noteIntents(intents: Intents, events: readonly Recorded[]): Intents {
  return events.reduce((noted, { event }) => noteIntent(noted, event), intents);
}

/**
 * What an event says about the intent it is about: this one rule decides what counts against the caps and whether a
 * task still runs. Undefined for an event that changes neither, and for one whose intent is unknown.
 */
export function settlementOf(event: LedgerEvent, intents: Intents): Settled | undefined {
  const outcome = outcomeOf(event);
  if (!outcome || !("take" in event)) return undefined;
  const token = intents.get(event.shot)?.get(keyOf(event));
  return token === undefined ? undefined : { token, outcome };
}

/** Whether an event settles the intent it is about. */
export function isSettling(event: LedgerEvent): boolean {
  return outcomeOf(event) !== undefined;
}

/** The latest word on every intent of a batch that has been answered, by token. */
export function settlementsOf(events: readonly Recorded[]): ReadonlyMap<string, Settlement> {
  let intents: Intents = new Map();
  const latest = new Map<string, Settlement>();
  for (const recorded of events) {
    const settled = settlementOf(recorded.event, intents);
    if (settled) latest.set(settled.token, settled.outcome);
    intents = noteIntents(intents, [recorded]);
  }
  return latest;
}

function outcomeOf(event: LedgerEvent): Settlement | undefined {
  switch (event.event) {
    case "submitted":
    case "adopted":
      return "running";
    case "failed":
      return "failed";
    // A lost one counts as well: it was paid for.
    case "made":
    case "lost":
    case "upgraded":
      return "made";
    case "deferred":
    case "refused":
    case "forgotten":
    case "upgrade-deferred":
      return "unbought";
    case "unconfirmed":
      return "unconfirmed";
    case "upgrade-refused":
      return event.isUnbought ? "unbought" : "made";
    default:
      return undefined;
  }
}

function noteIntent(intents: Intents, event: LedgerEvent): Intents {
  switch (event.event) {
    case "submitting":
    case "upgrading": {
      const ofShot = new Map(intents.get(event.shot)).set(keyOf(event), event.token);
      return new Map(intents).set(event.shot, ofShot);
    }
    // A take that was found again stands on no intent; one that was put off under its number is not its.
    case "salvaged": {
      const ofShot = new Map(intents.get(event.shot));
      ofShot.delete(keyOf(event));
      return new Map(intents).set(event.shot, ofShot);
    }
    case "renamed": {
      const moved = new Map(intents);
      moved.delete(event.shot);
      return moved.set(event.to, intents.get(event.shot) ?? new Map());
    }
    default:
      return intents;
  }
}

function keyOf(event: LedgerEvent & { readonly take: number }): string {
  return event.event.startsWith("upgrad") && "resolution" in event
    ? `${event.take} ${event.resolution}`
    : `${event.take}`;
}
