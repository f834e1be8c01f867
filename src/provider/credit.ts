import type { Caller } from "./call.ts";
import { sortFree } from "./free-call.ts";
import type { FreeOutcome } from "./outcome.ts";
import { looseNumber } from "./vendor-json.ts";

/** Credits left on the account. @see kie.ai "Get Account Credits": GET /api/v1/chat/credit */
export async function credit(call: Caller, signal?: AbortSignal): Promise<FreeOutcome<number>> {
  const reply = await call({ host: "api", method: "GET", path: "/api/v1/chat/credit" }, signal);
  return sortFree(reply, (data) => looseNumber.parse(data));
}
