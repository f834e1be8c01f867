import { dirname, join, resolve } from "node:path";
import { shownPath } from "../manifest/source-text.ts";
import type { Files } from "../world/files.ts";
import { EXIT, problem, Refusal } from "./exit.ts";

/** Where films, clips and the ledger go. */
export interface OutputFolder {
  /** absolute */
  readonly path: string;
  /** no ledger is there yet: whatever was bought elsewhere is not known here */
  readonly isNew: boolean;
}

/**
 * The folder that was named, else the nearest `output/` with a ledger at or above the manifest, else `output/` in the
 * working directory. A simulated run has its own below it: play money never mixes with the real.
 *
 * @throws Refusal when a file stands where the folder is or would be made
 */
export async function findOutputFolder(
  manifestPath: string,
  options: { readonly named: string | undefined; readonly simulate: boolean; readonly cwd: string },
  files: Files,
): Promise<OutputFolder> {
  const base =
    options.named ?? (await nearestWithLedger(dirname(manifestPath), files)) ?? resolve(options.cwd, "output");
  const path = options.simulate ? join(base, "simulated") : base;
  const inTheWay = await fileInTheWay(path, files);
  if (inTheWay !== undefined) {
    const message = `${shownPath(inTheWay, options.cwd)} is a file; films and the ledger go into a folder of that name`;
    const fix = "Move the file elsewhere, or name another folder with --output.";
    throw new Refusal(EXIT.usage, [problem("output-folder", message, fix)]);
  }
  return { path, isNew: (await files.stat(join(path, "ledger.db"))) === undefined };
}

async function nearestWithLedger(folder: string, files: Files): Promise<string | undefined> {
  const candidate = join(folder, "output");
  if (await files.stat(join(candidate, "ledger.db"))) return candidate;
  const above = dirname(folder);
  return above === folder ? undefined : nearestWithLedger(above, files);
}

/** What already stands on the way to a folder and is none. */
async function fileInTheWay(path: string, files: Files): Promise<string | undefined> {
  const kind = (await files.stat(path))?.kind;
  if (kind !== undefined) return kind === "folder" ? undefined : path;
  const above = dirname(path);
  return above === path ? undefined : fileInTheWay(above, files);
}
