import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Tests of the command line run what users run: the built program, made anew from this source. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ["build.mjs"]);
}
