import type { UpgradeResolution } from "../shot/resolution.ts";
import { takeOf } from "./clip.ts";
import { bought, dueAt, newTaskId, refusal, refuseAtTheTill } from "./create.ts";
import type { Asked, Said } from "./exchange.ts";
import { failureOf } from "./faults.ts";
import { readMarkers } from "./marker.ts";
import { readInteger, readObject, readText } from "./read-body.ts";
import { addressesOf } from "./result-file.ts";
import { lastingMs, type State, type TaskJob, taskById, type UpgradeJob } from "./state.ts";

const DAY_MS = 86_400_000;
const WORKING_1080P = "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.";
const WORKING_4K = "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.";
const NO_4K = "The 4K version of this video is unavailable. Please try a different video.";

/** `GET /api/v1/veo/get-1080p-video`: the first call starts the work and is charged, each further one only asks. */
export function get1080p(asked: Asked): Said {
  const found = upgradeOrRefusal(asked, "1080p", asked.request.query["taskId"], asked.request.query["index"]);
  if ("code" in found) return found;
  const { said, job } = found;
  const told = { ...said, task: job.of };
  if (job.settled?.end === "failed") return { ...told, ...refusal(501) };
  if (job.settled?.end === "made") {
    return { ...told, code: 200, msg: "success", data: { resultUrl: addressesOf(asked.origin, job).results[0] } };
  }
  switch (asked.state.plan.switches.not1080pReady) {
    case "200-without-url":
      return { ...told, code: 200, msg: "success", data: null };
    case "400":
      return { ...told, code: 400, msg: WORKING_1080P, data: null };
    case "422":
      return { ...told, code: 422, msg: WORKING_1080P, data: null };
    case "500":
      return { ...told, code: 500, msg: WORKING_1080P, data: null };
  }
}

/** `POST /api/v1/veo/get-4k-video`: asked again, it hands over the addresses under code 422. */
export function get4k(asked: Asked): Said {
  const body = readObject(asked.request);
  if (!body) return refusal(422, "The request body must be a JSON object.");
  const found = upgradeOrRefusal(asked, "4k", body["taskId"], body["index"], readText(body["callBackUrl"]));
  if ("code" in found) return found;
  const { said, job } = found;
  const told = { ...said, task: job.of };
  const nothing = { taskId: job.taskId, resultUrls: null, imageUrls: null };
  if (said.facts) return { ...told, data: nothing };
  if (job.settled?.end === "failed") return { ...told, code: 500, msg: NO_4K, data: nothing };
  if (job.settled?.end !== "made") return { ...told, code: 422, msg: WORKING_4K, data: nothing };
  const { results, stills } = addressesOf(asked.origin, job);
  const data = { taskId: job.taskId, resultUrls: results, imageUrls: stills };
  return asked.state.plan.switches.ready4k === "200"
    ? { ...told, code: 200, msg: "success", data }
    : { ...told, code: 422, msg: "The video has been generated successfully", data };
}

/** The upgrade that a call names: found, or begun by this very call (then `said` carries the purchase). */
function upgradeOrRefusal(
  asked: Asked,
  resolution: UpgradeResolution,
  taskId: unknown,
  indexSent: unknown,
  callBackUrl?: string,
): Said | { readonly said: Said; readonly job: UpgradeJob } {
  const { state, now } = asked;
  const id = readText(taskId);
  if (id === undefined) return refusal(422, "taskId cannot be empty");
  const index = indexSent === undefined || indexSent === "" ? 0 : readInteger(indexSent);
  if (index === undefined) return refusal(422, "index must be an integer");

  const original = taskById(state, id);
  if (!original) return { ...refusal(422, "record is null"), task: id };
  const no = refuseOriginal(state, original, index, resolution, now);
  if (no) return { ...refusal(422, no), task: id };

  const name = `${id}/${resolution}/${index}`;
  const found = state.jobs.get(name);
  if (found?.kind === "upgrade") return { said: { code: 200, msg: "success" }, job: found };

  const credits = state.prices.upgrade[resolution] * state.plan.switches.priceFactor;
  const refused = refuseAtTheTill(asked, credits);
  if (refused) return { ...refused, task: id };
  const job = newUpgrade(asked, original, { name, index, resolution, callBackUrl, credits });
  return { said: bought(asked, job, original.prompt, null), job };
}

/** Why a take cannot be upgraded, in the vendor's words where it has some. */
function refuseOriginal(
  state: State,
  original: TaskJob,
  index: number,
  resolution: UpgradeResolution,
  now: number,
): string | undefined {
  const { switches } = state.plan;
  if (now - original.createdAt > lastingMs(state, switches.recordDays * DAY_MS)) {
    return "Temporarily supports records within 14 days.";
  }
  if (original.settled?.end !== "made") return "record status is not success";
  if (original.fate.end === "made" && original.fate.empty) return "record result data is empty";
  if (index !== 0) return "record result data not exist";
  if (original.fallback) return "Videos generated by the fallback model cannot be upgraded.";
  if (resolution === "1080p" && original.ratio === "9:16" && switches.upright1080p === "refuse") {
    return "1080P is only supported for the 16:9 aspect ratio.";
  }
  return undefined;
}

function newUpgrade(
  asked: Asked,
  original: TaskJob,
  call: Pick<UpgradeJob, "name" | "index" | "resolution" | "callBackUrl" | "credits">,
): UpgradeJob {
  const { switches } = asked.state.plan;
  const { prompt } = original;
  const markers = readMarkers(prompt);
  const fails = markers.upgradeFails[call.resolution];
  const struck = failureOf(asked.fault) ?? (fails ? ("failed" as const) : undefined);
  const seconds = call.resolution === "1080p" ? switches.upgrade1080p : switches.upgrade4k;
  const ownId = call.resolution === "4k" && switches.taskId4k === "new";
  return {
    ...call,
    kind: "upgrade",
    of: original.taskId,
    taskId: ownId ? newTaskId(asked.state) : original.taskId,
    createdAt: asked.now,
    dueAt: dueAt(asked, call.name, seconds, prompt, markers.upgradeSticks[call.resolution]),
    fate: struck
      ? { end: "failed", failure: struck }
      : { end: "made", sound: takeOf(original.clip).sound, empty: false },
    clip: { kind: "upgrade", of: takeOf(original.clip), resolution: call.resolution },
    settled: undefined,
  };
}
