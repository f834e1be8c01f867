import { CLIP_SECONDS, type Model, SEED_RANGE } from "../shot/model.ts";
import { type TakeClip, takeOf } from "./clip.ts";
import { bought, dueAt, fateOf, lookOf, newTaskId, refusal, refuseAtTheTill, seedFor } from "./create.ts";
import type { Asked, Said } from "./exchange.ts";
import { readMarkers } from "./marker.ts";
import { readInteger, readObject, readText } from "./read-body.ts";
import { type TaskJob, taskById } from "./state.ts";

/** The names this endpoint uses for the models that generate calls otherwise. @see kie.ai "Extend Veo 3.1 Video" */
const MODELS: Readonly<Record<string, Model>> = { quality: "veo3", fast: "veo3_fast", lite: "veo3_lite" };

/** `POST /api/v1/veo/extend`. An extension is a task of its own; its clip begins with the last frame of the original's. */
export function extend(asked: Asked): Said {
  const { state } = asked;
  const { switches } = state.plan;
  const body = readObject(asked.request);
  if (!body) return refusal(422, "The request body must be a JSON object.");
  const taskId = readText(body["taskId"]);
  if (taskId === undefined) return refusal(422, "taskId cannot be empty");
  const prompt = readText(body["prompt"]);
  if (prompt === undefined) return refusal(422, "prompt cannot be empty");
  const name = body["model"] ?? "fast";
  const model = typeof name === "string" && Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
  if (!model) return refusal(422, `model error: ${String(name)}`);
  const seed = body["seeds"] === undefined ? undefined : readInteger(body["seeds"]);
  const seedIsWrong = seed === undefined || seed < SEED_RANGE.least || seed > SEED_RANGE.most;
  if (body["seeds"] !== undefined && seedIsWrong) return refusal(422, "seeds must be between 10000 and 99999");

  const original = taskById(state, taskId);
  if (!original) return { ...refusal(404, "The original video does not exist."), prompt };
  if (original.settled?.end !== "made") return { ...refusal(422, "record status is not success"), prompt };
  const upgraded = [...state.jobs.values()].some(
    (job) => job.kind === "upgrade" && job.of === taskId && job.resolution === "1080p",
  );
  if (upgraded) return { ...refusal(422, "Videos upgraded to 1080P cannot be extended."), prompt };

  const markers = readMarkers(prompt);
  if (markers.refuse !== undefined) return { ...refusal(markers.refuse), prompt };
  const credits = state.prices.extend[model] * switches.priceFactor;
  const refused = refuseAtTheTill(asked, credits);
  if (refused) return { ...refused, prompt };

  const id = newTaskId(state);
  const before = takeOf(original.clip);
  const clip: TakeClip = {
    kind: "take",
    task: id,
    prompt,
    orientation: before.orientation,
    seconds: CLIP_SECONDS,
    sound: !markers.silent,
    after: before,
    ...lookOf(asked, prompt),
  };
  const parts = original.whole?.kind === "whole" ? original.whole.parts : [before];
  const job: TaskJob = {
    kind: "extend",
    name: id,
    taskId: id,
    createdAt: asked.now,
    dueAt: dueAt(asked, id, switches.extension, prompt, markers.stuck),
    fate: fateOf(asked, prompt, undefined),
    clip,
    credits,
    callBackUrl: readText(body["callBackUrl"]),
    settled: undefined,
    prompt,
    model,
    ratio: original.ratio,
    resolution: "720p",
    seedUsed: seedFor(asked, id, seed),
    echo: { aspectRatio: original.ratio, model: name, prompt, taskId },
    fallback: false,
    whole: { kind: "whole", parts: [...parts, clip] },
  };
  return bought(asked, job, prompt, { taskId: id });
}
