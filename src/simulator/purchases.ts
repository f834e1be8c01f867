import type { Call } from "./exchange.ts";
import { balanceOf, type Charge, creditsIn, type Job, type State } from "./state.ts";

/** Everything that happened, for a test or a person to look at: `GET /simulator/purchases`. */
export interface Purchases {
  /** credits that can still be spent */
  readonly balance: number;
  readonly openingBalance: number;
  /** credits of jobs under way, and of jobs that ended well */
  readonly held: number;
  readonly spent: number;
  /** all calls since this simulator began, and the buying ones of earlier ones on the same journal */
  readonly calls: readonly Call[];
  readonly charges: readonly Charge[];
  readonly tasks: readonly TaskLine[];
  readonly files: FilesServed;
  readonly callbacks: readonly CallbackLine[];
  /** oddities that the vendor would pass over in silence */
  readonly warnings: readonly string[];
}

interface TaskLine {
  readonly task: string;
  readonly kind: Job["kind"];
  readonly of: string | undefined;
  readonly resolution: string;
  readonly prompt: string | undefined;
  readonly state: "generating" | "made" | "failed";
  readonly createdAt: number;
  readonly dueAt: number | undefined;
  readonly completedAt: number | undefined;
}

interface FilesServed {
  readonly served: number;
  readonly bytes: number;
  readonly byPath: Readonly<Record<string, number>>;
}

export interface CallbackLine {
  readonly url: string;
  readonly task: string;
  readonly attempt: number;
  /** HTTP status, or why there was none */
  readonly answer: number | string;
}

export function purchasesOf(state: State, seen: Pick<Purchases, "calls" | "files" | "callbacks">): Purchases {
  return {
    balance: balanceOf(state),
    openingBalance: state.openingBalance,
    held: creditsIn(state, "held"),
    spent: creditsIn(state, "settled"),
    ...seen,
    charges: state.charges,
    tasks: [...state.jobs.values()].map(lineOf),
    warnings: state.warnings,
  };
}

function lineOf(job: Job): TaskLine {
  return {
    task: job.taskId,
    kind: job.kind,
    of: job.kind === "upgrade" ? job.of : undefined,
    resolution: job.resolution,
    prompt: job.kind === "upgrade" ? undefined : job.prompt,
    state: job.settled?.end ?? "generating",
    createdAt: job.createdAt,
    dueAt: job.dueAt,
    completedAt: job.settled?.at,
  };
}
