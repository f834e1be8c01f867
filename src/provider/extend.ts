import type { Model } from "../shot/model.ts";
import type { Caller } from "./call.ts";
import type { SubmitOutcome } from "./outcome.ts";
import type { ExtendCall } from "./provider.ts";
import { sortSubmit } from "./submit.ts";

/** This endpoint has names of its own for the same models. */
const EXTEND_MODEL: Readonly<Record<Model, string>> = { veo3: "quality", veo3_fast: "fast", veo3_lite: "lite" };

/** Buys the continuation of a take. @see kie.ai "Extend Veo 3.1 Video": POST /api/v1/veo/extend */
export async function extend(call: Caller, wanted: ExtendCall, signal?: AbortSignal): Promise<SubmitOutcome> {
  const { task, prompt, model, seed, callBackUrl } = wanted;
  const body = {
    taskId: task,
    prompt,
    model: EXTEND_MODEL[model],
    ...(seed === undefined ? {} : { seeds: seed }),
    ...(callBackUrl === undefined ? {} : { callBackUrl }),
  };
  return sortSubmit(await call({ host: "api", method: "POST", path: "/api/v1/veo/extend", body, buys: true }, signal));
}
