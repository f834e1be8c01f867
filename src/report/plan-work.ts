import type { Plan } from "../plan/plan-run.ts";
import { type Step, type SubmitStep, stepCredits, type UpgradeStep } from "../plan/step.ts";
import type { ShotId } from "../shot/id.ts";

type TakeStep = Exclude<Step, { kind: "join" }>;

/** What will be done for one take, or for takes of one shot that are alike and follow each other. */
export interface TakeWork {
  readonly shot: ShotId;
  readonly first: number;
  readonly last: number;
  /** of all these takes together */
  readonly credits: number;
  /** `make with veo3_fast, then upgrade to 4k` */
  readonly what: string;
  /** `what` without the names of other shots: equal for takes that are told together */
  readonly sort: string;
  readonly why: string;
}

/** The takes a plan is about: in the manifest's order, then those that the manifest no longer names. */
export function takeWork(plan: Plan): readonly TakeWork[] {
  const byTake = new Map<string, TakeStep[]>();
  for (const { step } of plan.steps) {
    if (step.kind === "join") continue;
    const key = `${step.shot}/${step.take}`;
    byTake.set(key, [...(byTake.get(key) ?? []), step]);
  }
  const order = new Map(plan.view.manifest.shots.map(({ id }, index) => [id, index]));
  const positionOf = (shot: ShotId) => order.get(shot) ?? order.size;
  const works = [...byTake.values()].map((steps) => workOf(steps, order));
  works.sort((a, b) => positionOf(a.shot) - positionOf(b.shot) || compareText(a.shot, b.shot) || a.first - b.first);
  return mergeAlike(works);
}

function workOf(steps: readonly TakeStep[], order: ReadonlyMap<ShotId, number>): TakeWork {
  const [first] = steps;
  if (!first) throw new Error("report: a take without steps");
  const told = steps.filter((step, index) => !goesWithoutSaying(step, steps.slice(0, index)));
  const words = told.map(wordsOf);
  const isNamed = order.has(first.shot);
  return {
    shot: first.shot,
    first: first.take,
    last: first.take,
    credits: steps.reduce((sum, step) => sum + stepCredits(step), 0),
    what: words.map(({ what }) => what).join(", then "),
    sort: words.map(({ sort = "", what }) => sort || what).join(", then "),
    why: isNamed ? whyOf(first) : `${whyOf(first)}; no longer in the manifest`,
  };
}

/** What is bought or waited for is also fetched, and what is fetched is also checked. */
function goesWithoutSaying(step: TakeStep, before: readonly TakeStep[]): boolean {
  switch (step.kind) {
    case "submit":
    case "upgrade":
      return false;
    case "poll":
      return before.some(({ kind }) => kind === "submit");
    case "fetch":
      return before.some((each) => {
        if (each.kind === "upgrade") return each.resolution === step.resolution;
        return step.resolution === "720p" && (each.kind === "submit" || each.kind === "poll");
      });
    case "check":
      return before.some((each) => each.kind === "fetch" && each.resolution === step.resolution);
  }
}

function wordsOf(step: TakeStep): { readonly what: string; readonly sort?: string } {
  switch (step.kind) {
    case "submit":
      return submitWords(step);
    case "poll":
      return { what: "wait for its task" };
    case "fetch":
      return { what: `download ${step.resolution}` };
    case "check":
      return { what: `check the downloaded ${step.resolution}` };
    case "upgrade":
      return { what: upgradeWords(step) };
  }
}

function submitWords({ request }: SubmitStep): { readonly what: string; readonly sort?: string } {
  const { model } = request;
  if (request.kind === "extend") {
    return { what: `extend ${request.parent.shot} with ${model}`, sort: `extend another shot with ${model}` };
  }
  const make = `make with ${model}`;
  switch (request.stills.use) {
    case "none":
      return { what: make };
    case "references": {
      const count = request.stills.images.length;
      return { what: `${make} from ${count} ${count === 1 ? "reference" : "references"}` };
    }
    case "frames": {
      const { first } = request.stills;
      if (first.from !== "last-frame") return { what: `${make} from an image` };
      return {
        what: `${make} from the last frame of ${first.shot}`,
        sort: `${make} from the last frame of another shot`,
      };
    }
  }
}

function upgradeWords({ resolution, why }: UpgradeStep): string {
  return why === "bought" ? `wait for its ${resolution}` : `upgrade to ${resolution}`;
}

function whyOf(step: TakeStep): string {
  switch (step.why) {
    case "bought":
      return "bought before";
    case "made":
      return "made, not downloaded yet";
    case "downloaded":
      return "not checked yet";
    case "upgrade asked for":
      return "asked for";
    default:
      return step.why;
  }
}

/** Three takes that are bought for one shot are one line. */
function mergeAlike(works: readonly TakeWork[]): readonly TakeWork[] {
  const merged: TakeWork[] = [];
  for (const work of works) {
    const before = merged.at(-1);
    const isAlike = before?.shot === work.shot && before.what === work.what && before.why === work.why;
    if (!before || !isAlike || before.last !== work.first - 1) merged.push(work);
    else merged[merged.length - 1] = { ...before, last: work.last, credits: before.credits + work.credits };
  }
  return merged;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
