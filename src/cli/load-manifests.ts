import type { Manifest } from "../manifest/manifest.ts";
import { duplicateNames, readManifest } from "../manifest/read-manifest.ts";
import type { Problem } from "../shot/problem.ts";
import type { Files } from "../world/files.ts";
import { EXIT, Refusal } from "./exit.ts";
import { batchFlags, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** Manifests that are all well, and what is worth a word all the same. */
export interface Loaded {
  readonly manifests: readonly [Manifest, ...Manifest[]];
  readonly warnings: readonly Problem[];
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads all manifests of a command.
 *
 * @throws Refusal with every problem of every manifest at once
 */
export async function loadManifests(
  paths: readonly string[],
  files: Files,
  { cwd }: Pick<Shell, "cwd">,
  flags: SharedFlags,
): Promise<Loaded> {
  const calledWith = batchFlags(flags);
  const parsed = await Promise.all(paths.map((path) => readManifest(path, { files }, { cwd, calledWith })));
  const sources = new Map(parsed.flatMap((each) => [...each.sources]));
  const warnings = parsed.flatMap((each) => (each.ok ? each.warnings : []));
  const manifests = parsed.flatMap((each) => (each.ok ? [each.value] : []));
  const problems = [...parsed.flatMap((each) => (each.ok ? [] : each.problems)), ...duplicateNames(manifests)];
  const [first, ...rest] = manifests;
  if (problems.length > 0 || !first) throw new Refusal(EXIT.usage, problems, sources);
  return { manifests: [first, ...rest], warnings, sources };
}
