import { createHmac } from "node:crypto";
import { FAILURES } from "./failure.ts";
import { written } from "./record-info.ts";
import { addressesOf } from "./result-file.ts";
import type { Job, State } from "./state.ts";

/** What the vendor posts when a job has ended. @see kie.ai "Generate Veo 3.1 Video Callbacks" and "Get 4K Video" */
export function callbackBody(state: State, job: Job, origin: string): string {
  const { switches } = state.plan;
  const credits = switches.creditsConsumed ? { creditsConsumed: job.credits } : {};
  const failure = job.settled?.failure && FAILURES[job.settled.failure];
  if (job.kind === "upgrade") {
    if (failure) {
      const msg = "The 4K version of this video is unavailable. Please try a different video.";
      return JSON.stringify({ code: 500, msg, data: { taskId: job.taskId } });
    }
    const { results, stills } = addressesOf(origin, job);
    const list = (urls: readonly string[]) => written(urls, switches.callbackUrls);
    const data =
      switches.callback4k === "info"
        ? { taskId: job.taskId, info: { resultUrls: list(results), imageUrls: list(stills) }, ...credits }
        : {
            task_id: job.taskId,
            result_urls: list(results),
            media_ids: [`${job.taskId}_upsampled`],
            image_urls: list(stills),
          };
    return JSON.stringify({ code: 200, msg: "4K Video generated successfully.", data });
  }
  if (failure) {
    const data = { taskId: job.taskId, fallbackFlag: false };
    return JSON.stringify({ code: failure.code, msg: failure.message, data });
  }
  const { results, origins, full } = addressesOf(origin, job);
  const info = {
    resultUrls: written(results, switches.callbackUrls),
    ...(origins && { originUrls: origins }),
    ...(full && { fullResultUrls: full }),
    resolution: job.resolution,
  };
  const data = {
    taskId: job.taskId,
    promptJson: JSON.stringify(job.echo),
    info,
    fallbackFlag: job.fallback,
    ...credits,
  };
  return JSON.stringify({ code: 200, msg: wordsFor(job), data });
}

function wordsFor(job: Exclude<Job, { kind: "upgrade" }>): string {
  if (job.kind === "extend") return "Veo3.1 video extension successful.";
  return `Veo3.1 video generated successfully${job.fallback ? " (using fallback model)" : ""}.`;
}

/**
 * The two headers of a signed callback. The body is not part of what is signed.
 *
 * @param seconds - unix time
 * @see kie.ai "Webhook Verification"
 */
export function signatureHeaders(key: string, taskId: string, seconds: number): Readonly<Record<string, string>> {
  const signature = createHmac("sha256", key).update(`${taskId}.${seconds}`).digest("base64");
  return { "X-Webhook-Timestamp": `${seconds}`, "X-Webhook-Signature": signature };
}
