import type { TaskId } from "../shot/id.ts";
import { looseObject, looseText } from "./vendor-json.ts";

/** Real ids have 32 characters; nothing of this length is an id. */
const MOST_CHARACTERS = 200;

const fields = looseObject({ taskId: looseText, task_id: looseText });

/** The task that an answer's `data` names, in either spelling; undefined when it names none. */
export function readTaskId(data: unknown): TaskId | undefined {
  const { taskId, task_id } = fields.parse(data);
  const id = (taskId || task_id || "").trim();
  return /^[\x21-\x7e]+$/.test(id) && id.length <= MOST_CHARACTERS ? (id as TaskId) : undefined;
}
