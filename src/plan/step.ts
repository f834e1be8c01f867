import type { SequenceId, Sha256, ShotId, TaskId } from "../shot/id.ts";
import type { Resolution, UpgradeResolution } from "../shot/resolution.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { BuyReason } from "./buy-reason.ts";
import type { FilmPlan } from "./film.ts";

/** One thing to do, why, and what it costs by the price table. Steps that stand together may run together. */
export type Step = SubmitStep | PollStep | FetchStep | CheckStep | UpgradeStep | JoinStep;

export interface SubmitStep {
  readonly kind: "submit";
  readonly shot: ShotId;
  readonly take: number;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  readonly credits: number;
  /** how many steps of other shots wait behind this one, directly or not: the longest chain is bought first */
  readonly waiting: number;
  readonly why: BuyReason;
}

export interface PollStep {
  readonly kind: "poll";
  readonly shot: ShotId;
  readonly take: number;
  readonly task: TaskId;
  readonly why: "bought";
}

/** Downloads to a temporary name. */
export interface FetchStep {
  readonly kind: "fetch";
  readonly shot: ShotId;
  readonly take: number;
  readonly resolution: Resolution;
  readonly why: "made" | "clip file missing" | "clip file changed";
}

/** Probes what was downloaded and gives it its final name. */
export interface CheckStep {
  readonly kind: "check";
  readonly shot: ShotId;
  readonly take: number;
  readonly resolution: Resolution;
  readonly why: "downloaded";
}

/** Asks for a larger picture. The first call buys, further ones ask whether it is ready. */
export interface UpgradeStep {
  readonly kind: "upgrade";
  readonly shot: ShotId;
  readonly take: number;
  readonly task: TaskId;
  readonly resolution: UpgradeResolution;
  /** 0 when it was bought before */
  readonly credits: number;
  readonly why: "upgrade asked for" | "bought";
}

export interface JoinStep {
  readonly kind: "join";
  readonly sequence: SequenceId;
  readonly film: FilmPlan;
  readonly why:
    | "never joined"
    | "clips or cut changed"
    | "film file missing"
    | "file beside it missing"
    | "hand-off changed";
}

/** Equal for two steps that do the same, whatever the moment. */
export function stepKey(step: Step): string {
  switch (step.kind) {
    case "join":
      return `join ${step.sequence} ${step.film.filmHash}`;
    case "submit":
    case "poll":
      return `${step.kind} ${step.shot}/${step.take}`;
    default:
      return `${step.kind} ${step.shot}/${step.take} ${step.resolution}`;
  }
}

/** Whether the film stands as it is wanted, and only something beside it is made again. */
export function leavesFilm({ why }: JoinStep): boolean {
  return why === "file beside it missing" || why === "hand-off changed";
}

/** Films that are made by these steps; those that stand as they are wanted are left out. */
export function filmsToJoin(steps: readonly Step[]): readonly FilmPlan[] {
  return steps.flatMap((step) => (step.kind === "join" && !leavesFilm(step) ? [step.film] : []));
}

/** Whether the step sends something that may be charged, whatever its price. */
export function isPurchase(step: Step): boolean {
  return step.kind === "submit" || (step.kind === "upgrade" && step.why !== "bought");
}

/** Credits the step will cost; 0 for all that is free. */
export function stepCredits(step: Step): number {
  return step.kind === "submit" || step.kind === "upgrade" ? step.credits : 0;
}
