import { dirname, join, resolve } from "node:path";
import type { Files } from "../world/files.ts";

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
 */
export async function findOutputFolder(
  manifestPath: string,
  options: { readonly named: string | undefined; readonly simulate: boolean; readonly cwd: string },
  files: Files,
): Promise<OutputFolder> {
  const base =
    options.named ?? (await nearestWithLedger(dirname(manifestPath), files)) ?? resolve(options.cwd, "output");
  const path = options.simulate ? join(base, "simulated") : base;
  return { path, isNew: (await files.stat(join(path, "ledger.db"))) === undefined };
}

async function nearestWithLedger(folder: string, files: Files): Promise<string | undefined> {
  const candidate = join(folder, "output");
  if (await files.stat(join(candidate, "ledger.db"))) return candidate;
  const above = dirname(folder);
  return above === folder ? undefined : nearestWithLedger(above, files);
}
