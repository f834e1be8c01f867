import { refusal } from "./create.ts";
import type { Asked, Said } from "./exchange.ts";
import { FAILURES } from "./failure.ts";
import { type Addresses, addressesOf } from "./result-file.ts";
import { type Job, jobByTaskId, lastingMs, type State } from "./state.ts";
import type { Switches } from "./switches.ts";

const DAY_MS = 86_400_000;
/** The vendor's zone-less times are Beijing's. */
const UTC_PLUS_8_MS = 8 * 3_600_000;

/** `GET /api/v1/veo/record-info`. A failure comes as a success of the envelope unless a switch says otherwise. */
export function recordInfo(asked: Asked): Said {
  const { state, now } = asked;
  const { switches } = state.plan;
  const taskId = asked.request.query["taskId"];
  if (!taskId) return refusal(422, "taskId cannot be empty");
  const job = jobByTaskId(state, taskId);
  if (!job || now - job.createdAt < lastingMs(state, switches.visibilityGapMs)) {
    return { ...unknownTask(switches), task: taskId };
  }
  if (now - job.createdAt > lastingMs(state, switches.recordDays * DAY_MS)) {
    return { ...refusal(422, "Temporarily supports records within 14 days."), task: taskId };
  }
  const failure = job.settled?.failure && FAILURES[job.settled.failure];
  if (failure && switches.failureMode === "envelope") {
    return { ...refusal(failure.envelopeCode, failure.message), task: taskId };
  }
  const flag = !job.settled ? 0 : job.settled.end === "made" ? 1 : switches.failedFlag;
  const fine = switches.errorMessageWhenOk === "empty" ? "" : null;
  const made = job.settled?.end === "made" ? addressesOf(asked.origin, job) : undefined;
  const data = {
    taskId,
    paramJson: JSON.stringify(echoOf(state, job)),
    response: made ? responseOf(job, taskId, made, switches) : null,
    ...(made &&
      switches.resultUrlsPlace === "data" && { resultUrls: written(made.results, switches.resultUrlsFormat) }),
    successFlag: flag,
    ...(job.kind !== "upgrade" && { fallbackFlag: job.fallback }),
    completeTime: job.settled ? timeOf(job.settled.at, switches) : null,
    createTime: timeOf(job.createdAt, switches),
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? fine,
    ...(switches.creditsConsumed && job.settled && { creditsConsumed: failure ? 0 : job.credits }),
  };
  return { code: 200, msg: "success", data, task: taskId };
}

function unknownTask(switches: Switches): Said {
  switch (switches.unknownTask) {
    case "422":
      return refusal(422, "record is null");
    case "404":
      return refusal(404, "Task not found");
    case "null-data":
      return { code: 200, msg: "success", data: null };
  }
}

function responseOf(job: Job, taskId: string, made: Addresses, switches: Switches): unknown {
  const sound = job.fate.end === "made" && job.fate.sound;
  const urls = switches.resultUrlsPlace === "response" && {
    resultUrls: written(made.results, switches.resultUrlsFormat),
  };
  const response =
    job.kind === "upgrade"
      ? { taskId, resolution: job.resolution, ...urls, mediaIds: [`${taskId}_upsampled`], imageUrls: made.stills }
      : {
          taskId,
          resolution: job.resolution,
          originUrls: made.origins,
          ...urls,
          fullResultUrls: made.full,
          hasAudioList: made.results.map(() => sound),
          seeds: [job.seedUsed],
        };
  return switches.responseAsString ? JSON.stringify(response) : response;
}

function echoOf(state: State, job: Job): unknown {
  if (job.kind !== "upgrade") return job.echo;
  const original = state.jobs.get(job.of);
  return { ...(original && original.kind !== "upgrade" ? original.echo : {}), taskId: job.of, index: job.index };
}

/** A list of addresses in one of the forms the vendor's pages show, of which the bracketed one is no JSON. */
export function written(urls: readonly string[], form: Switches["resultUrlsFormat"]): readonly string[] | string {
  switch (form) {
    case "array":
      return urls;
    case "jsonString":
      return JSON.stringify(urls);
    case "bracketed":
      return `[${urls.join(", ")}]`;
  }
}

function timeOf(at: number, switches: Switches): number | string {
  const shown = at + switches.clockSkewMs;
  switch (switches.timeFormat) {
    case "ms":
      return Math.floor(shown / 1000) * 1000;
    case "iso":
      return new Date(shown).toISOString();
    case "local":
      return new Date(shown + UTC_PLUS_8_MS).toISOString().slice(0, 19).replace("T", " ");
  }
}
