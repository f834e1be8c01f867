import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import type { BatchName, Sha256 } from "../../src/shot/id.ts";
import { isProcessAlive, processIdentity } from "../../src/world/process-identity.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openStudio, type Studio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const BATCH = "film" as BatchName;

/** What was written of an event before clips were looked at and films told how they were made. */
function asItWas(event: LedgerEvent): LedgerEvent {
  if (event.event === "checked") {
    const { figures: _figures, findings: _findings, seam: _seam, ...rest } = event;
    return rest;
  }
  if (event.event !== "joined") return event;
  const { beside: _beside, figures: _figures, kept: _kept, ...rest } = event;
  return { ...rest, filmHash: "0".repeat(64) as Sha256 };
}

function ledgerOf({ folder }: Studio) {
  const paths = { path: join(folder, "output/ledger.db"), accountPath: join(folder, "other-account.db") };
  const me = { identity: processIdentity(), isAlive: isProcessAlive, create: true };
  return openLedger({ ...paths, ...me }, { clock: openClock(1), chance: openChance() });
}

async function ageLedger(studio: Studio): Promise<void> {
  const ledger = await ledgerOf(studio);
  const events = (await ledger.load(BATCH)).map(({ event }) => asItWas(event));
  await ledger.close();
  await rm(join(studio.folder, "output/ledger.db"));
  const older = await ledgerOf(studio);
  await older.append(BATCH, events);
  await older.close();
  const facts = join(studio.folder, "output/film/work/facts");
  for (const name of await readdir(facts)) {
    await studio.write(join("output/film/work/facts", name), '{"version":1,"facts":{"video":{},"audio":null}}');
  }
}

test.concurrent("films of an older ledger are joined once more, for nothing, and then nothing is to do", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  await studio.write(
    "film.yaml",
    `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper, follows: a }
sequences:
  - { id: film, shots: [{ shot: a, out: 2 }, { shot: b, out: 2 }], loudness: off }
`,
  );
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await ageLedger(studio);

  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
  const { state, credits, sequences } = await studio.summary("film");
  expect({ state, spent: credits.run.spent }).toEqual({ state: "complete", spent: 0 });
  expect(sequences).toMatchObject([{ state: "joined", frames: 96, figures: { way: "fast" } }]);

  const again = await studio.callsheet("plan", "film.yaml", "--detailed-exitcode");
  expect(again, again.stdout).toMatchObject({ exitCode: 0 });
  expect(again.stdout).toContain("Nothing to do");
});
