import type { Manifest } from "../manifest/manifest.ts";
import type { Files } from "../world/files.ts";
import { findOutputFolder, type OutputFolder } from "./output-folder.ts";
import { openSession, type Session, type SessionNeeds } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** A manifest with the session of its output folder. */
export interface Placed {
  readonly manifest: Manifest;
  readonly session: Session;
}

/**
 * Opens one session for each output folder among the manifests, does the work, and closes them all whatever comes.
 *
 * @throws whatever the work throws
 */
export async function withSessions<T>(
  manifests: readonly Manifest[],
  settings: Settings,
  shell: Shell,
  needs: SessionNeeds,
  files: Files,
  work: (placed: readonly Placed[]) => Promise<T>,
): Promise<T> {
  const sessions = new Map<string, Session>();
  try {
    const placed: Placed[] = [];
    for (const manifest of manifests) {
      const output = await outputOf(manifest, settings, shell, files);
      const session = sessions.get(output.path) ?? (await openSession(output, settings, shell.environment, needs));
      sessions.set(output.path, session);
      placed.push({ manifest, session });
    }
    return await work(placed);
  } finally {
    for (const session of sessions.values()) await session.close();
  }
}

function outputOf(manifest: Manifest, settings: Settings, shell: Shell, files: Files): Promise<OutputFolder> {
  const named = settings.output ?? manifest.output;
  return findOutputFolder(manifest.path, { named, simulate: settings.simulate, cwd: shell.cwd }, files);
}
