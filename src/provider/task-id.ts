import type { TaskId } from "../shot/id.ts";
import { looseObject, looseText } from "./vendor-json.ts";

/** Real ids have 32 characters; nothing of this length is an id. */
const MOST_CHARACTERS = 200;

const fields = looseObject({ taskId: looseText, task_id: looseText });

/** The task that an answer's `data` names, in either spelling; undefined when it names none. */
export function readTaskId(data: unknown): TaskId | undefined {
  return readTaskIds(data)[0];
}

/** All that an object names, in either spelling: at most two, and usually one. */
export function readTaskIds(data: unknown): readonly TaskId[] {
  const { taskId, task_id } = fields.parse(data);
  return [taskId, task_id].flatMap((text = "") => {
    const id = text.trim();
    return /^[\x21-\x7e]+$/.test(id) && id.length <= MOST_CHARACTERS ? [id as TaskId] : [];
  });
}
