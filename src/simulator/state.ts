import type { Model } from "../shot/model.ts";
import type { PriceTable } from "../shot/price.ts";
import type { UpgradeResolution } from "../shot/resolution.ts";
import type { Clip } from "./clip.ts";
import type { Target } from "./endpoint.ts";
import type { FailureName } from "./failure.ts";
import type { FaultPlan } from "./faults.ts";

/** Everything the simulated vendor knows. A value: each answer gives the next one. Moments are epoch milliseconds. */
export interface State {
  readonly seed: number;
  readonly openingBalance: number;
  readonly plan: FaultPlan;
  readonly prices: PriceTable;
  /** all nominal lengths of time are divided by it */
  readonly speed: number;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly charges: readonly Charge[];
  readonly uploads: ReadonlyMap<string, Upload>;
  /** creating calls that were let through, newest last; the sliding window looks at their tail */
  readonly starts: readonly { readonly key: string; readonly at: number }[];
  /** calls since this process began, for `nth` */
  readonly counts: ReadonlyMap<Target, number>;
  /** names of jobs whose clips are there; not remembered across restarts */
  readonly rendered: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

/** A task, or an upgrade of one. What it comes to is settled at birth and shown when its time has come. */
export type Job = TaskJob | UpgradeJob;

interface JobFacts {
  /** what it is found by: the task's id, or `ID/1080p/0` */
  readonly name: string;
  /** the id it answers to in record-info; of an upgrade the original's unless a switch gives it its own */
  readonly taskId: string;
  readonly createdAt: number;
  /** undefined: never */
  readonly dueAt: number | undefined;
  readonly fate: Fate;
  readonly clip: Clip;
  readonly credits: number;
  readonly callBackUrl: string | undefined;
  readonly settled: Settled | undefined;
}
export interface TaskJob extends JobFacts {
  readonly kind: "generate" | "extend";
  readonly prompt: string;
  readonly model: Model;
  readonly ratio: "16:9" | "9:16";
  readonly resolution: "720p" | UpgradeResolution;
  readonly seedUsed: number;
  /** the request as the vendor echoes it, with its own spellings */
  readonly echo: Readonly<Record<string, unknown>>;
  readonly fallback: boolean;
  /** of an extension: original and new part in a row */
  readonly whole: Clip | undefined;
}
export interface UpgradeJob extends JobFacts {
  readonly kind: "upgrade";
  readonly of: string;
  readonly index: number;
  readonly resolution: UpgradeResolution;
}

export type Fate =
  | { readonly end: "made"; readonly sound: boolean; readonly empty: boolean }
  | { readonly end: "failed"; readonly failure: FailureName };

export interface Settled {
  readonly at: number;
  readonly end: "made" | "failed";
  readonly failure?: FailureName;
}

/** Credits are held when a call is accepted, and settled or given back when its job ends. */
export interface Charge {
  readonly job: string;
  readonly endpoint: Target;
  readonly credits: number;
  readonly at: number;
  readonly status: "held" | "settled" | "refunded";
}

export interface Upload {
  /** path on this server, with the leading slash */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly at: number;
  /** by its name, as the vendor's host serves it */
  readonly mediaType: string;
  /** by its bytes; undefined when they are no picture we know */
  readonly trueType: string | undefined;
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** What the journal keeps: the state is the fold of these over an empty one. */
export type Fact =
  | { readonly fact: "opened"; readonly seed: number; readonly balance: number }
  | { readonly fact: "bought"; readonly job: Job; readonly charge: Charge; readonly key: string }
  | { readonly fact: "uploaded"; readonly upload: Upload }
  | { readonly fact: "settled"; readonly job: string; readonly settled: Settled; readonly refund: boolean };

export function emptyState(
  options: Pick<State, "seed" | "plan" | "prices" | "speed"> & { readonly balance: number },
): State {
  const { balance, ...rest } = options;
  return {
    ...rest,
    openingBalance: balance,
    jobs: new Map(),
    charges: [],
    uploads: new Map(),
    starts: [],
    counts: new Map(),
    rendered: new Set(),
    warnings: [],
  };
}

/** The state after one more fact. */
export function applyFact(state: State, fact: Fact): State {
  switch (fact.fact) {
    case "opened":
      return { ...state, seed: fact.seed, openingBalance: fact.balance };
    case "bought":
      return {
        ...state,
        jobs: new Map(state.jobs).set(fact.job.name, fact.job),
        charges: [...state.charges, fact.charge],
        starts: [...state.starts, { key: fact.key, at: fact.charge.at }],
      };
    case "uploaded":
      return { ...state, uploads: new Map(state.uploads).set(fact.upload.path, fact.upload) };
    case "settled": {
      const job = state.jobs.get(fact.job);
      if (!job) throw new RangeError(`the journal settles ${fact.job}, which it never bought`);
      return {
        ...state,
        jobs: new Map(state.jobs).set(fact.job, { ...job, settled: fact.settled }),
        charges: state.charges.map((charge) =>
          charge.job === fact.job
            ? { ...charge, status: fact.refund ? ("refunded" as const) : ("settled" as const) }
            : charge,
        ),
      };
    }
  }
}

/** Credits that can still be spent: what is held is gone until it is given back. */
export function balanceOf(state: State): number {
  return state.openingBalance - creditsIn(state, "held") - creditsIn(state, "settled");
}

export function creditsIn(state: State, status: Charge["status"]): number {
  return state.charges.reduce((sum, charge) => sum + (charge.status === status ? charge.credits : 0), 0);
}

/** How long a nominal length lasts here, in milliseconds. */
export function lastingMs(state: State, nominalMs: number): number {
  return nominalMs / state.speed;
}

/** The task that an id asks for: a task of its own, or a 4K upgrade that was given an id. */
export function jobByTaskId(state: State, taskId: string): Job | undefined {
  return (
    state.jobs.get(taskId) ??
    [...state.jobs.values()].find((job) => job.kind === "upgrade" && job.taskId === taskId && job.of !== taskId)
  );
}

/** The task itself and not one of its upgrades. */
export function taskById(state: State, taskId: string): TaskJob | undefined {
  const job = state.jobs.get(taskId);
  return job && job.kind !== "upgrade" ? job : undefined;
}
