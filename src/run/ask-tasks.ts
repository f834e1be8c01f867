import PQueue from "p-queue";
import type { FoundTask } from "../plan/place-tasks.ts";
import type { MadeResult, RecordOutcome } from "../provider/outcome.ts";
import type { Provider } from "../provider/provider.ts";
import type { TaskId } from "../shot/id.ts";
import type { World } from "../world/world.ts";
import { backoffMs } from "./backoff.ts";

/** A task with what the vendor says of it. */
export interface AskedTask extends FoundTask {
  /** undefined while there is no file */
  readonly result: MadeResult | undefined;
  /** why it failed; empty otherwise */
  readonly message: string;
}

/**
 * A task that leads to no take.
 *
 * - `unknown`: the vendor does not know it under this key; it may be no task at all
 * - `expired`: older than the vendor keeps anything
 * - `untold`: nobody could say
 */
export interface MissingTask {
  readonly task: TaskId;
  readonly why: "unknown" | "expired" | "untold";
  readonly message: string;
}

export interface Inquiry {
  readonly found: readonly AskedTask[];
  readonly missing: readonly MissingTask[];
  /** the vendor's words when it refused the key: the rest was not asked */
  readonly keyRefused: string | undefined;
}

/** Looking costs nothing, but the vendor counts calls: few at a time. */
const AT_A_TIME = 6;
const MOST_ATTEMPTS = 5;

/** Asks the vendor for the record of every task. */
export async function askTasks(
  tasks: readonly TaskId[],
  provider: Pick<Provider, "recordInfo">,
  world: Pick<World, "clock" | "chance">,
  signal: AbortSignal,
): Promise<Inquiry> {
  const queue = new PQueue({ concurrency: AT_A_TIME });
  let keyRefused: string | undefined;
  const askOne = async (task: TaskId): Promise<AskedTask | MissingTask> => {
    for (let attempt = 1; ; attempt++) {
      if (signal.aborted || keyRefused !== undefined) return { task, why: "untold", message: "it was not asked about" };
      const outcome = await provider.recordInfo(task, signal);
      if (outcome.outcome === "deferred" && outcome.cause === "key") keyRefused ??= outcome.message;
      const isOpen = outcome.outcome === "unclear" || outcome.outcome === "deferred";
      if (!isOpen || attempt === MOST_ATTEMPTS) return sorted(task, outcome);
      await world.clock.sleep(backoffMs(attempt, world.chance, outcome.retryAfterMs), signal).catch(() => undefined);
    }
  };
  const answers = await Promise.all(tasks.map((task) => queue.add(() => askOne(task))));
  return {
    found: answers.flatMap((answer) => ("why" in answer ? [] : [answer])),
    missing: answers.flatMap((answer) => ("why" in answer ? [answer] : [])),
    keyRefused,
  };
}

function sorted(task: TaskId, outcome: RecordOutcome): AskedTask | MissingTask {
  switch (outcome.outcome) {
    case "pending":
    case "failed":
    case "made": {
      const { echo, createdAt } = outcome;
      const result = outcome.outcome === "made" ? outcome.result : undefined;
      const message = outcome.outcome === "failed" ? outcome.message : "";
      return { task, state: outcome.outcome, echo, createdAt, result, message };
    }
    case "invisible":
      return { task, why: "unknown", message: outcome.message };
    case "expired":
      return { task, why: "expired", message: outcome.message };
    default:
      return { task, why: "untold", message: outcome.message };
  }
}
