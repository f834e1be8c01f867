import type { TaskId } from "../shot/id.ts";
import type { Caller } from "./call.ts";
import { deferralOf } from "./deferral.ts";
import { type Envelope, type Reply, tell } from "./envelope.ts";
import type { UpgradeOutcome } from "./outcome.ts";
import { refusalOf, refused } from "./refusal.ts";
import { readTaskId } from "./task-id.ts";
import { readUrlList } from "./url-list.ts";
import { looseAny, looseObject } from "./vendor-json.ts";

/** Orders 1080p, or asks for it. @see kie.ai "Get 1080P Video": GET /api/v1/veo/get-1080p-video */
export async function get1080p(
  call: Caller,
  task: TaskId,
  index: number,
  signal?: AbortSignal,
): Promise<UpgradeOutcome> {
  const query = { taskId: task, index: String(index) };
  const path = "/api/v1/veo/get-1080p-video";
  return sortUpgrade(await call({ host: "api", method: "GET", path, query, buys: true }, signal), task);
}

/** Orders 4K, or asks for it: always with the original's id. @see kie.ai "Get 4K Video": POST /api/v1/veo/get-4k-video */
export async function get4k(
  call: Caller,
  task: TaskId,
  index: number,
  signal?: AbortSignal,
  callBackUrl?: string,
): Promise<UpgradeOutcome> {
  const body = { taskId: task, index, ...(callBackUrl === undefined ? {} : { callBackUrl }) };
  const path = "/api/v1/veo/get-4k-video";
  return sortUpgrade(await call({ host: "api", method: "POST", path, body, buys: true }, signal), task);
}

/** Addresses win over the code: 4K that is ready arrives with code 422. */
function sortUpgrade(reply: Reply, task: TaskId): UpgradeOutcome {
  if (reply.reply !== "envelope") return deferralOf(reply) ?? unclear(reply);
  const urls = upgradedUrls(reply.data);
  if (urls.length > 0) return { outcome: "upgraded", urls };
  return deferralOf(reply) ?? sortByWords(reply, task) ?? sortByCode(reply, task);
}

const IN_THE_WORKS = /processing|not ready|check back|shortly|generated successfully/i;

function sortByWords(reply: Envelope, task: TaskId): UpgradeOutcome | undefined {
  const { message } = reply;
  if (/within 14 days/i.test(message)) return refused(reply, "expired");
  if (/version of this video is unavailable/i.test(message)) return refused(reply, "unavailable");
  if (/record status is not success/i.test(message)) return { outcome: "unfinished", message };
  if (/record result data/i.test(message)) return { outcome: "empty", message };
  return IN_THE_WORKS.test(message) ? pending(reply, task) : undefined;
}

function sortByCode(reply: Envelope, task: TaskId): UpgradeOutcome {
  // A code that only the HTTP status told is a gateway's word, not the vendor's about the upgrade.
  if (!reply.stated && reply.code !== 200) return unclear(reply);
  switch (reply.code) {
    case 200:
      return pending(reply, task);
    case 500:
      // how 1080p was seen to say that it is being made
      return pending(reply, task);
    case 501:
      return refused(reply, "unavailable");
    default:
      return refusalOf(reply) ?? unclear(reply);
  }
}

const upgradeFields = looseObject({
  resultUrl: looseAny,
  resultUrls: looseAny,
  result_urls: looseAny,
  info: looseAny,
});

/** 1080p is told as `resultUrl`, 4K as `resultUrls`, callbacks of 4K in two more places. */
function upgradedUrls(data: unknown): readonly string[] {
  const fields = upgradeFields.parse(data);
  const info = upgradeFields.parse(fields.info);
  const places = [fields.resultUrl, fields.resultUrls, info.resultUrls, fields.result_urls, data];
  return places.map(readUrlList).find((urls) => urls.length > 0) ?? [];
}

function pending(reply: Envelope, task: TaskId): UpgradeOutcome {
  const named = readTaskId(reply.data);
  return { outcome: "pending", message: tell(reply), task: named === task ? undefined : named };
}

function unclear(reply: Reply): UpgradeOutcome {
  return {
    outcome: "unclear",
    message: tell(reply),
    retryAfterMs: reply.reply === "none" ? undefined : reply.retryAfterMs,
  };
}
