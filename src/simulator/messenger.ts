import type { World } from "../world/world.ts";
import { signatureHeaders } from "./callback.ts";
import type { Callback } from "./exchange.ts";
import type { CallbackLine } from "./purchases.ts";
import type { Switches } from "./switches.ts";

/** How long a callback marked `late` is kept back, so that those of other tasks overtake it. */
const LATE_MS = 45_000;

/**
 * Sends a callback until it is answered with exactly 200 or the tries are used up.
 *
 * @param pause - waits a nominal number of milliseconds; rejects when the simulator closes
 */
export async function sendCallback(
  callback: Callback,
  switches: Switches,
  world: Pick<World, "http" | "clock">,
  pause: (nominalMs: number) => Promise<void>,
  tell: (line: CallbackLine) => void,
): Promise<void> {
  if (callback.fault === "drop") return;
  if (callback.fault === "late") await pause(LATE_MS);
  const rounds = callback.fault === "duplicate" ? 2 : 1;
  for (let round = 0; round < rounds; round += 1) {
    for (let attempt = 1; attempt <= 1 + switches.callbackRetries; attempt += 1) {
      if (attempt > 1) await pause(switches.callbackSpacingMs);
      const answer = await post(callback, switches, world);
      tell({ url: callback.url, task: callback.taskId, attempt, answer });
      if (answer === 200) break;
    }
  }
}

async function post(
  { url, taskId, body }: Callback,
  switches: Switches,
  { http, clock }: Pick<World, "http" | "clock">,
): Promise<number | string> {
  const key = switches.callbackKey;
  const signature = key === null ? {} : signatureHeaders(key, taskId, Math.floor(clock.now() / 1000));
  const limit = switches.callbackTimeoutMs;
  try {
    const { status } = await http.send({
      method: "POST",
      url,
      headers: { "content-type": "application/json", ...signature },
      body,
      timeouts: { connectMs: limit, headersMs: limit, bodyMs: limit },
    });
    return status;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
