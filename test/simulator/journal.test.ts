import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { BrokenJournal } from "../../src/simulator/journal.ts";
import { simulate, temporaryFolder } from "./real-world.ts";

test("a file that is no journal is named with its line and left alone", async ({ onTestFinished }) => {
  const journal = `${await temporaryFolder(onTestFinished)}/notes.txt`;
  await writeFile(journal, '{"facts":[]}\nDear diary\n');
  const opening = simulate(onTestFinished, { journal });
  await expect(opening).rejects.toThrow(BrokenJournal);
  await expect(opening).rejects.toThrow(/notes\.txt:2: no line of a simulator's journal/);
});
