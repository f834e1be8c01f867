import type { Files } from "../world/files.ts";
import type { Call } from "./exchange.ts";
import { applyFact, type Fact, type State } from "./state.ts";

/** What a simulator remembers when it is killed: one line a step, on the disk before the answer leaves. */
export interface Journal {
  append(entry: JournalEntry): Promise<void>;
}

interface JournalEntry {
  readonly facts: readonly Fact[];
  /** the call that brought them about, for the list of purchases */
  readonly call?: Call;
}

/** A journal line that is no fact of ours: the file belongs to something else, or to another version. */
export class BrokenJournal extends Error {
  override readonly name = "BrokenJournal";
}

/** The state where the last simulator left it, and the calls it got. Without a path nothing is kept. */
export async function openJournal(
  path: string | undefined,
  fresh: State,
  files: Files,
): Promise<{ readonly journal: Journal; readonly state: State; readonly calls: readonly Call[] }> {
  if (path === undefined) return { journal: { append: () => Promise.resolve() }, state: fresh, calls: [] };
  const entries = await readEntries(path, files);
  const journal = inOrder((line) => files.appendLine(path, line));
  if (entries.length === 0) {
    await journal.append({ facts: [{ fact: "opened", seed: fresh.seed, balance: fresh.openingBalance }] });
  }
  const state = entries.flatMap(({ facts }) => facts).reduce(applyFact, fresh);
  return { journal, state, calls: entries.flatMap(({ call }) => (call ? [call] : [])) };
}

async function readEntries(path: string, files: Files): Promise<readonly JournalEntry[]> {
  if ((await files.stat(path)) === undefined) return [];
  const text = await files.readText(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  // A line without its end was being written when its writer was killed; its answer never left.
  if (whole !== text) await files.write(path, whole, { private: true });
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line, position) => {
      const entry = parseEntry(line);
      if (!entry) throw new BrokenJournal(`${path}:${position + 1}: no line of a simulator's journal`);
      return entry;
    });
}

/** Lines are our own, so that their outline is enough: a whole one was written by `append`. */
function parseEntry(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isOurs = typeof value === "object" && value !== null && "facts" in value && Array.isArray(value.facts);
    return isOurs ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** One line after the other, whoever waits. */
function inOrder(appendLine: (line: string) => Promise<void>): Journal {
  let last: Promise<void> = Promise.resolve();
  return {
    append(entry) {
      const next = last.then(() => appendLine(JSON.stringify(entry)));
      last = next.catch(() => {});
      return next;
    },
  };
}
