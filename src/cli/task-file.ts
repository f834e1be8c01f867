import { resolve } from "node:path";
import { findTaskIds } from "../provider/find-task-ids.ts";
import type { TaskId } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { Shell } from "./shell.ts";

/** An export of months is well below this. */
const MOST_BYTES = 32 * 1024 ** 2;

/**
 * Task ids of a list or an export that a person saved.
 *
 * @throws Refusal when there is no such file, it is too long, or nothing in it looks like a task id
 */
export async function readTaskFile(path: string, { cwd }: Shell, files: Files): Promise<readonly TaskId[]> {
  const absolute = resolve(cwd, path);
  const stat = await files.stat(absolute);
  const refuse = (message: string, fix: string) => new Refusal(EXIT.usage, [problem("task-file", message, fix)]);
  if (stat?.kind !== "file") throw refuse(`--tasks ${path}: there is no such file`, "Check the path.");
  if (stat.bytes > MOST_BYTES) {
    throw refuse(`--tasks ${path} has ${stat.bytes} bytes; at most ${MOST_BYTES} are read`, "Name a shorter list.");
  }
  const found = findTaskIds(await files.readText(absolute));
  if (found.length > 0) return found;
  const fix = "Write one task id a line, or save what https://kie.ai/logs shows. Nothing was bought.";
  throw refuse(`--tasks ${path}: nothing in it looks like a task id`, fix);
}
