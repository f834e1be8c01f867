import type { ClipFacts } from "../media/clip/clip-facts.ts";
import { readOwnFacts } from "../media/clip/own-facts.ts";
import { diskFailure } from "../world/disk-failure.ts";
import type { Files } from "../world/files.ts";
import type { RunContext } from "./context.ts";

/** Raised when facts are measured differently, so that what was kept is measured again. */
const FACTS_VERSION = 3;

/**
 * Facts of a clip file, measured once a content and kept below `work/facts/`. The folder is a cache: whatever is
 * missing or unreadable in it is measured again, and what the disk does not take is not kept.
 *
 * @param key - of the content: the file's SHA-256, or the hash of what made it
 * @param measure - `probe` for what nobody has looked into yet
 */
export async function factsOf(
  path: string,
  key: string,
  context: Pick<RunContext, "world" | "media" | "batchFolder" | "leave">,
  measure: "probe" | "facts" = "facts",
): Promise<ClipFacts> {
  const { world, media, batchFolder, leave } = context;
  const found = await keptFacts(key, batchFolder, world.files);
  if (found) return found;
  const facts = await media[measure](path, leave);
  await keepFacts(keptFile(key, batchFolder), facts, context);
  return facts;
}

/**
 * The same without a program and without writing anything: what was kept, else what the clip's own tables say.
 *
 * @returns undefined for a clip that only ffprobe can measure, or that cannot be read
 */
export async function knownFacts(
  path: string,
  key: string,
  { files, batchFolder }: { readonly files: Files; readonly batchFolder: string },
): Promise<ClipFacts | undefined> {
  const kept = await keptFacts(key, batchFolder, files);
  return kept ?? (await readOwnFacts(files, path).catch(() => undefined));
}

/** What was read of a batch's cache, by disk and file: a plan and its joins ask for the same facts, and those of a content never change. */
const read = new WeakMap<Files, Map<string, ClipFacts>>();

async function keptFacts(key: string, batchFolder: string, files: Files): Promise<ClipFacts | undefined> {
  const known = read.get(files) ?? new Map<string, ClipFacts>();
  read.set(files, known);
  const file = keptFile(key, batchFolder);
  const facts = known.get(file) ?? (await files.readText(file).then(readFacts, () => undefined));
  if (facts) known.set(file, facts);
  return facts;
}

function keptFile(key: string, batchFolder: string): string {
  return `${batchFolder}/work/facts/${key}.json`;
}

async function keepFacts(kept: string, facts: ClipFacts, { world }: Pick<RunContext, "world">): Promise<void> {
  await world.files.write(kept, JSON.stringify({ version: FACTS_VERSION, facts })).catch((error: unknown) => {
    if (!diskFailure(error)) throw error;
  });
}

/** Only we write these files, under one version: what has that version has its shape. */
function readFacts(text: string): ClipFacts | undefined {
  try {
    const { version, facts } = JSON.parse(text) as { version?: unknown; facts?: ClipFacts };
    return version === FACTS_VERSION ? facts : undefined;
  } catch {
    return undefined;
  }
}
