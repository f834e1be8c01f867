import type { TaskId } from "../shot/id.ts";
import { readTaskIds } from "./task-id.ts";
import { isObject, looseAny, looseNumber, looseObject, readVendorJson, unfoldJson } from "./vendor-json.ts";

/**
 * What a callback claims. Nobody vouches for its body, also when it is signed: nothing of it is believed but that this
 * is a good moment to ask.
 */
export interface Callback {
  /** ids it names, the likeliest first; at least one */
  readonly tasks: readonly TaskId[];
  /** for the log alone */
  readonly says: "finished" | "failed" | "something";
}

const fields = looseObject({ code: looseNumber, data: looseAny });

/**
 * Reads a callback of any kind: takes and extensions (`data.taskId`), 4K as the callbacks page shows it
 * (`data.taskId`) and as its older page does (`data.task_id`), and ids at the top, as in the vendor's text on signatures.
 * Result addresses, prompts and messages come in too many forms to matter; the task's record has them as well.
 *
 * @returns undefined when it is no JSON object or names no task
 * @see kie.ai "Generate Veo 3.1 Video Callbacks", "Get 4K Video Callbacks", "Webhook Verification"
 */
export function readCallback(text: string): Callback | undefined {
  const body = readVendorJson(text);
  if (!isObject(body)) return undefined;
  const { code, data } = fields.parse(body);
  const tasks = [...new Set([...readTaskIds(unfoldJson(data)), ...readTaskIds(body)])];
  if (tasks.length === 0) return undefined;
  return { tasks, says: code === 200 ? "finished" : code === undefined ? "something" : "failed" };
}
