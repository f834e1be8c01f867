import type { ClipFacts } from "../media/clip/clip-facts.ts";
import { diskFailure } from "../world/disk-failure.ts";
import type { RunContext } from "./context.ts";

/** Raised when facts are measured differently, so that what was kept is measured again. */
const FACTS_VERSION = 2;

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
  const kept = `${batchFolder}/work/facts/${key}.json`;
  const found = await world.files.readText(kept).then(readFacts, () => undefined);
  if (found) return found;
  const facts = await media[measure](path, leave);
  await keepFacts(kept, facts, context);
  return facts;
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
