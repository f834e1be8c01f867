import type { TaskId } from "../shot/id.ts";
import type { Caller } from "./call.ts";
import { deferralOf } from "./deferral.ts";
import { type Envelope, type Reply, tell } from "./envelope.ts";
import { readCreatedAt, readEcho, readResult, readWhole } from "./made-result.ts";
import type { RecordOutcome } from "./outcome.ts";
import { isObject, looseNumber, looseObject, looseText } from "./vendor-json.ts";
import { vendorWords } from "./vendor-words.ts";

/** Asks how a task stands. @see kie.ai "Get Veo3.1 Video Details": GET /api/v1/veo/record-info */
export async function recordInfo(
  call: Caller,
  task: TaskId,
  key: string,
  signal?: AbortSignal,
): Promise<RecordOutcome> {
  const query = { taskId: task };
  return sortRecord(await call({ host: "api", method: "GET", path: "/api/v1/veo/record-info", query }, signal), key);
}

function sortRecord(reply: Reply, key: string): RecordOutcome {
  if (reply.reply !== "envelope") return deferralOf(reply) ?? unclear(reply);
  if (reply.code === 200) return sortData(reply, key);
  // A code that only the HTTP status told is a gateway's word, not the vendor's about the task.
  if (!reply.stated) return deferralOf(reply) ?? unclear(reply);
  if (/within 14 days/i.test(reply.message)) return { outcome: "expired", message: reply.message };
  switch (reply.code) {
    case 400:
    case 408:
    case 451:
    case 501:
      return failed(reply.code, reply.message);
    case 404:
      return { outcome: "invisible", message: tell(reply) };
    case 422:
      // The other texts of this code ("record status is not success") belong to the upgrade calls.
      return UNKNOWN_RECORD.test(reply.message) ? { outcome: "invisible", message: tell(reply) } : unclear(reply);
    default:
      // A 500 here may be the task's end or the gateway's cough; only asking again tells.
      return deferralOf(reply) ?? unclear(reply);
  }
}

const UNKNOWN_RECORD = /record\w* is null|does not exist|not found/i;

const recordFields = looseObject({ successFlag: looseNumber, errorCode: looseNumber, errorMessage: looseText });

/** An envelope of code 200 says only that the question was understood; failures stand inside it. */
function sortData(reply: Envelope, key: string): RecordOutcome {
  const { data } = reply;
  if (!isObject(data)) return { outcome: "invisible", message: "the vendor shows no record of this task" };
  const { successFlag, errorCode, errorMessage } = recordFields.parse(data);
  const words = vendorWords(errorMessage ?? "", key);
  const asked = { echo: readEcho(data), createdAt: readCreatedAt(data) };
  if (successFlag === 0) return { outcome: "pending", ...asked };
  if (successFlag === 1) {
    const result = readResult(data);
    if (result) return { outcome: "made", result, ...asked };
    const message = "finished, but without the address of a file";
    return { outcome: "empty", message, wholeUrls: readWhole(data), ...asked };
  }
  // A flag that nobody has described is believed to be a failure only when it comes with a reason.
  const isFailure = successFlag === 2 || successFlag === 3;
  if (isFailure || (successFlag !== undefined && (errorCode !== undefined || words !== ""))) {
    const ownWords = /^success$/i.test(reply.message) ? "" : reply.message;
    return failed(errorCode, words || ownWords, asked);
  }
  const flag = vendorWords(JSON.stringify(data["successFlag"]) ?? "none", key);
  return { outcome: "unclear", message: `unknown successFlag: ${flag}`, retryAfterMs: reply.retryAfterMs };
}

const UNTOLD = { echo: undefined, createdAt: undefined };

function failed(
  code: number | undefined,
  message: string,
  asked: Pick<RecordOutcome & { outcome: "failed" }, "echo" | "createdAt"> = UNTOLD,
): RecordOutcome {
  return {
    outcome: "failed",
    ...asked,
    code,
    message:
      message || (code === undefined ? "the vendor gave no reason" : `failed with code ${code}, no reason given`),
    transient: isTransient(code, message),
  };
}

/** Failures after which the same request often succeeds. The audio one comes with code 400, like policy verdicts. */
const PASSING = /unable to generate audio|internal error|timed?[ -]?out/i;
const LASTING =
  /polic|flagged|unsafe|minor upload|people upload|fetch the image|ratio error|rejected by flow|only english/i;

function isTransient(code: number | undefined, message: string): boolean {
  if (LASTING.test(message)) return false;
  return PASSING.test(message) || code === 408 || (code === 500 && message === "");
}

function unclear(reply: Reply): RecordOutcome {
  return {
    outcome: "unclear",
    message: tell(reply),
    retryAfterMs: reply.reply === "none" ? undefined : reply.retryAfterMs,
  };
}
