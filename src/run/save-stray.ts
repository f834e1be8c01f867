import { createHash } from "node:crypto";
import { fetchClip } from "../provider/fetch-clip.ts";
import type { Provider } from "../provider/provider.ts";
import type { TaskId } from "../shot/id.ts";
import type { World } from "../world/world.ts";
import type { AskedTask } from "./ask-tasks.ts";
import { backoffMs } from "./backoff.ts";

export interface StrayContext {
  readonly world: Pick<World, "http" | "files" | "clock" | "chance">;
  readonly provider: Pick<Provider, "downloadUrl">;
  /** absolute; `output/NAME` */
  readonly batchFolder: string;
  readonly allowLoopback: boolean;
  readonly signal: AbortSignal;
}

export type SavedStray =
  | { readonly outcome: "saved" | "there-already"; readonly file: string }
  | { readonly outcome: "not-saved"; readonly why: string };

const MOST_ATTEMPTS = 4;

/**
 * Brings the clip of a task home that no shot asks for: it is paid for. It lies beside the takes with a note of what the
 * vendor says it is, and no film uses it.
 *
 * @returns a file relative to the batch folder
 */
export async function saveStray(
  { task, result, echo, createdAt }: AskedTask,
  context: StrayContext,
): Promise<SavedStray> {
  const { world, batchFolder, allowLoopback, signal } = context;
  const name = `salvaged/${fileName(task)}`;
  const file = `${name}.mp4`;
  if (await world.files.stat(`${batchFolder}/${file}`)) return { outcome: "there-already", file };
  if (!result) return { outcome: "not-saved", why: "it is not finished" };
  const part = `${batchFolder}/${file}.part`;
  await world.files.makeFolder(`${batchFolder}/salvaged`);

  let [url = ""] = result.urls;
  let why = "";
  for (let attempt = 1; attempt <= MOST_ATTEMPTS && !signal.aborted; attempt++) {
    const outcome = await fetchClip({ url, part, allow: { loopback: allowLoopback }, signal }, world);
    if (outcome.outcome === "downloaded") {
      await world.files.publish(part, `${batchFolder}/${file}`);
      const sha256 = await world.files.sha256(`${batchFolder}/${file}`);
      const bought = createdAt === undefined ? null : new Date(createdAt).toISOString();
      const { seed = null, creditsConsumed: credits = null } = result;
      const note = {
        version: 1,
        task,
        bought,
        credits,
        seed,
        request: echo ?? null,
        file: `${fileName(task)}.mp4`,
        sha256,
      };
      await world.files.write(`${batchFolder}/${name}.json`, `${JSON.stringify(note, null, 2)}\n`);
      return { outcome: "saved", file };
    }
    why = outcome.outcome === "gone" ? `the file host answered ${outcome.status}` : outcome.why;
    if (outcome.outcome === "refused") break;
    const fresh = await context.provider.downloadUrl(result.urls[0] ?? "", signal);
    if (fresh.outcome === "given") url = fresh.value;
    await world.clock.sleep(backoffMs(attempt, world.chance, undefined), signal).catch(() => undefined);
  }
  return { outcome: "not-saved", why };
}

/** Ids are opaque: one that could mean a place in the file system is named by its hash. */
function fileName(task: TaskId): string {
  return /^\w[\w-]{0,99}$/.test(task) ? task : createHash("sha256").update(task).digest("hex");
}
