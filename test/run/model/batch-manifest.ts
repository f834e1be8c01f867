import type { Manifest, RetryPolicy, Shot } from "../../../src/manifest/manifest.ts";
import type { BatchName, ShotId } from "../../../src/shot/id.ts";
import type { Model } from "../../../src/shot/model.ts";
import { manifest as manifestOf, sequence, shot as shotOf } from "../../plan/batch.ts";
import type { BatchPlan, ShotPlan } from "./schedule.ts";

/** What a batch's manifest would read as: its shots, and one film of all of them. */
export function manifestFor(
  { shots, runCap, onMissing = "hold" }: BatchPlan,
  index: number,
  dayCap: number | undefined,
): Manifest {
  const name = `batch-${index}` as BatchName;
  const planned = shots.map((plan, position): Shot => {
    const { start, parent, resolution, takes, model } = plan;
    const prompt = `${name} shot ${position}`;
    const parentId = `s${parent % Math.max(1, position)}` as ShotId;
    const about = { prompt, resolution, takes, model, retry: plan.retry && policyFor(plan.retry, prompt, model) };
    return shotOf(
      `s${position}`,
      position === 0 || start === "plain" ? about : { ...about, start: { from: start, parent: parentId } },
    );
  });
  const cap = (credits: number) => ({ credits, place: { file: "film.yaml", line: 1, column: 1 } });
  const budget = {
    ...(runCap === undefined ? {} : { run: cap(runCap) }),
    ...(dayCap === undefined ? {} : { day: cap(dayCap) }),
  };
  const ids = planned.map(({ id }) => id);
  return { ...manifestOf(planned, [sequence("film", ids, { onMissing })]), name, budget };
}

function policyFor(
  { failed, refused, anew }: NonNullable<ShotPlan["retry"]>,
  prompt: string,
  model: Model,
): RetryPolicy {
  const promptPlace = { file: "film.yaml", line: 1, column: 1 };
  if (!anew) return { failed, refused, checks: 0, prompt, promptPlace, model };
  return {
    failed,
    refused,
    checks: 0,
    prompt: `${prompt}, anew`,
    promptPlace,
    model: model === "veo3" ? "veo3_lite" : "veo3",
  };
}
