import { showCommand } from "../world/shown-command.ts";
import type { Manifest } from "./manifest.ts";

/**
 * A command about a manifest's batch, to be pasted where the person stands: with the flags that say which batch is meant,
 * and quoted where the shell would read a name or a task id as something else.
 *
 * @param words - arguments behind the manifest; `TASK` and the like stand for what the person fills in
 * @param options - further flags with their values
 */
export function commandLine(
  { shown, calledWith }: Pick<Manifest, "shown" | "calledWith">,
  command: string,
  words: readonly string[] = [],
  options: readonly string[] = [],
): string {
  const flags = [...options, ...calledWith];
  const plain = [shown, ...words];
  const looksLikeFlags = plain.some((word) => word.startsWith("-"));
  const rest = looksLikeFlags ? [...flags, "--", ...plain] : [...plain, ...flags];
  return showCommand("callsheet", [command, ...rest]);
}
