import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { Studio } from "./studio.ts";

/**
 * Puts a program in the studio's folder that can be named in place of a real one.
 *
 * @param script - for `sh`
 * @returns its path
 */
export async function putProgram(studio: Studio, name: string, script: string): Promise<string> {
  await studio.write(name, `#!/bin/sh\n${script}\n`);
  const path = join(studio.folder, name);
  await chmod(path, 0o755);
  return path;
}
