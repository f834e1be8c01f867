import type { Caller } from "./call.ts";
import { sortFree } from "./free-call.ts";
import type { FreeOutcome } from "./outcome.ts";
import { readUrlList } from "./url-list.ts";

/** A link to the same file, good for 20 minutes. @see kie.ai "Get Downloadable URL": POST /api/v1/common/download-url */
export async function downloadUrl(call: Caller, url: string, signal?: AbortSignal): Promise<FreeOutcome<string>> {
  const reply = await call({ host: "api", method: "POST", path: "/api/v1/common/download-url", body: { url } }, signal);
  return sortFree(reply, (data) => readUrlList(data)[0]);
}
