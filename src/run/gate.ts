import Bottleneck from "bottleneck";
import type { Intent, Recorded } from "../ledger/event.ts";
import type { Reservation, Terms } from "../ledger/ledger.ts";
import type { RunContext } from "./context.ts";
import type { DiskSpace } from "./disk-problem.ts";

/** The vendor refuses beyond 20 starts in 10 s an account; the margin covers the way there. @see docs/decisions.md, rate gate */
export const DEFAULT_LIMITS = { starts: 18, seconds: 10.5, running: 60 };

/** Starts that leave together arrive bunched; this much apart they keep their order on the wire too. */
const SPACING_MS = 100;

/** A place may come free at any moment and nobody calls: look again at least this often. */
const LONGEST_NAP_MS = 2_000;

const LOWEST_PRIORITY = 9;

export type Leave =
  | Extract<Reservation, { outcome: "granted" | "over" }>
  /** the run stopped buying, or what was to be bought is wanted no longer */
  | { readonly outcome: "drained" }
  /** what would be bought might find no room on the disk */
  | ({ readonly outcome: "no-room" } & DiskSpace);

/** The one door through which everything goes that costs money. */
export interface Gate {
  /**
   * Waits its turn and then for the account's leave. When it is granted, the intent is on disk and in the run's view.
   *
   * @param waiting - how many steps wait behind this one; the most awaited goes first
   */
  pass(intent: Intent, waiting: number): Promise<Leave>;
}

/** What the run knows of an intent that stands at the gate. */
export interface Doorkeeper {
  /** true once the run has stopped buying: whoever still waits is sent away */
  isShut(): boolean;
  /** whether it is still wanted: while it waited, others may have bought what it was to buy */
  isDue(intent: Intent): boolean;
  /** how much of the disk must be free before it may go */
  bytesBefore(intent: Intent): number;
  /** takes the granted intent in; before the next one is asked about, so that none is judged by an older view */
  accept(recorded: Recorded<Intent>): void;
}

/**
 * Bottleneck orders and spaces the calls of this process; the guarantee is the account's sliding log of intents, which
 * the ledger keeps for all processes and across restarts.
 */
export function openGate(context: RunContext, keeper: Doorkeeper): Gate {
  const { clock } = context.world;
  const limits = { ...DEFAULT_LIMITS, ...context.manifest.limits };
  const terms: Terms = {
    runCap: context.caps.run?.credits,
    dayCap: context.caps.day?.credits,
    run: context.run,
    starts: limits.starts,
    windowMs: limits.seconds * 1000,
    running: limits.running,
  };
  const limiter = new Bottleneck({ maxConcurrent: 1, minTime: clock.lasting(SPACING_MS) });

  const reserve = async (intent: Intent): Promise<Leave> => {
    for (;;) {
      const isWanted = !context.drain.aborted && !keeper.isShut() && keeper.isDue(intent);
      if (!isWanted) return { outcome: "drained" };
      const neededBytes = keeper.bytesBefore(intent);
      const freeBytes = await context.world.files.freeBytes(context.batchFolder);
      if (freeBytes < neededBytes) return { outcome: "no-room", neededBytes, freeBytes };
      const reservation = await context.ledger.reserve(context.manifest.name, intent, terms);
      if (reservation.outcome === "granted") keeper.accept(reservation.recorded);
      if (reservation.outcome !== "wait") return reservation;
      const { because, waitMs } = reservation;
      context.watch({ news: "waiting", because, waitMs });
      // A drain ends the nap early; the loop then sees it.
      await clock.sleep(Math.min(waitMs, LONGEST_NAP_MS), context.drain).catch(() => undefined);
    }
  };
  return {
    pass: (intent, waiting) =>
      limiter.schedule({ priority: Math.max(0, LOWEST_PRIORITY - waiting) }, () => reserve(intent)),
  };
}
