import { type BatchState, foldEvents } from "../ledger/batch-state.ts";
import type { Recorded } from "../ledger/event.ts";
import { nextSteps } from "../plan/next-steps.ts";
import { hasEnded } from "../plan/standing.ts";
import type { SubmitStep } from "../plan/step.ts";
import { nameShots } from "../report/tell-problems.ts";
import type { Batch } from "./batch.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { Session } from "./session.ts";

/**
 * A batch goes by its manifest's file name where the manifest does not say one: a file that is moved would begin a new
 * batch, and buy all of it again. Only a batch without any takes is looked at, and only another one whose manifest is gone.
 *
 * @throws Refusal when at least half of what would be bought is there under the name that the manifest had
 */
export async function refuseRenamedManifest({ manifest, view }: Batch, { ledger, world }: Session): Promise<void> {
  if (view.state.takes.size > 0) return;
  const first = nextSteps(view).filter((step): step is SubmitStep => {
    return step.kind === "submit" && !view.wish.renew.has(step.shot);
  });
  if (first.length === 0) return;
  for (const name of await ledger.batches()) {
    if (name === manifest.name) continue;
    const events = await ledger.load(name);
    const file = lastManifest(events);
    const bought = requestsOf(foldEvents(events));
    const known = first.filter(({ requestHash }) => bought.has(requestHash));
    if (file === undefined || known.length * 2 < first.length || (await world.files.stat(file))) continue;
    const shots = known.map(({ shot }) => shot);
    const message = `${nameShots(shots)} of ${manifest.shown} ${shots.length === 1 ? "was" : "were"} bought before in batch "${name}", whose manifest ${file} is gone: as batch "${manifest.name}" all would be bought again`;
    const fix = `If the file was moved, write "name: ${name}" into ${manifest.shown} and run again. To buy anew: ${shots.map((shot) => `--force ${shot}`).join(" ")}. Nothing was bought.`;
    throw new Refusal(EXIT.usage, [problem("manifest-renamed", message, fix)]);
  }
}

function lastManifest(events: readonly Recorded[]): string | undefined {
  const last = events.findLast(({ event }) => event.event === "run-started")?.event;
  return last?.event === "run-started" ? last.manifest : undefined;
}

function requestsOf({ takes }: BatchState): ReadonlySet<string> {
  const usable = [...takes.values()].flat().filter((take) => !hasEnded(take) && take.purchase !== "deferred");
  return new Set(usable.map(({ requestHash }) => requestHash));
}
