import { findTake, type Take } from "../ledger/batch-state.ts";
import { isOnShelf, partFile } from "../plan/shelf.ts";
import type { FetchStep } from "../plan/step.ts";
import { type FetchOutcome, fetchClip } from "../provider/fetch-clip.ts";
import type { Problem } from "../shot/problem.ts";
import type { Resolution } from "../shot/resolution.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import { about, lostProblem } from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

const MOST_ATTEMPTS = 6;

/** Downloads a finished take to its temporary name; what came before a break stays and is gone on from. */
export async function fetchTake(
  step: FetchStep,
  context: RunContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  const { world } = context;
  const { shot, take: number, resolution } = step;
  const subject = { manifest: context.manifest, shot, take: number };
  const relative = partFile(shot, number, resolution);
  const part = `${context.batchFolder}/${relative}`;
  const links = openLinks(takeOf(tools.recorder, step), resolution, context);

  let why = "";
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const link = await links.next();
    if (link.expired !== undefined) {
      const problem = lostProblem(subject, link.expired);
      // Only a take without any file is lost: another size of it may well be here.
      if (hasFile(tools.recorder, step)) return { result: "rest", problem };
      await tools.recorder.record({ event: "lost", shot, take: number, problem });
      return DONE;
    }
    if (link.url !== undefined) {
      const { url } = link;
      const allow = { loopback: context.allowLoopback };
      const outcome = await tools.lanes.downloads.add(() =>
        fetchClip({ url, part, allow, signal: context.leave }, world),
      );
      if (context.leave.aborted) return DONE;
      if (outcome.outcome === "downloaded") {
        tools.recorder.shelve(relative, outcome.bytes);
        await tools.recorder.record({ event: "downloaded", shot, take: number, resolution, bytes: outcome.bytes });
        return DONE;
      }
      why = wordsOf(outcome);
      links.failed(outcome);
    } else why = link.why;
    if (attempt === MOST_ATTEMPTS || context.drain.aborted) break;
    const inMs = backoffMs(attempt, world.chance, undefined);
    context.watch({ news: "retrying", step, why, inMs });
    await world.clock.sleep(inMs, context.drain).catch(() => undefined);
  }
  const problem: Problem = about(
    subject,
    "not-downloaded",
    `is made and paid, but its ${resolution} file could not be fetched: ${why}`,
    "Run the same command again: it fetches what is missing and buys nothing twice.",
  );
  return { result: "rest", problem };
}

function hasFile(recorder: Recorder, step: FetchStep): boolean {
  const { shelf } = recorder.view();
  return [...takeOf(recorder, step).files.values()].some((file) => isOnShelf(file, shelf));
}

type Link =
  | { readonly url: string; readonly expired?: undefined }
  | { readonly url: undefined; readonly why: string; readonly expired?: undefined }
  | { readonly url?: undefined; readonly expired: string };

/**
 * Where to fetch from: the address we were told, then a fresh link to it, then whatever the vendor says today.
 * Addresses die after hours or days, and the file behind them after fourteen days.
 */
function openLinks(take: Take, resolution: Resolution, { provider, leave }: RunContext) {
  const told = resolution === "720p" ? take.made?.urls : take.upgrades.get(resolution)?.urls;
  let url = told?.[0];
  let freshLinkAsked = false;
  let isStale = url === undefined;

  return {
    async next(): Promise<Link> {
      if (!isStale && url !== undefined) return { url };
      if (url !== undefined && !freshLinkAsked) {
        freshLinkAsked = true;
        const fresh = await provider.downloadUrl(url, leave);
        if (fresh.outcome === "given") return { url: fresh.value };
      }
      const asked = await askAgain(take, resolution, { provider, leave });
      if (asked.url === undefined) return asked;
      url = asked.url;
      isStale = false;
      freshLinkAsked = false;
      return { url };
    },
    failed(outcome: FetchOutcome) {
      // A break in the middle is gone on from with the same address; anything else asks for another one.
      isStale = outcome.outcome !== "unclear" || !outcome.resumable;
    },
  };
}

async function askAgain(
  take: Take,
  resolution: Resolution,
  { provider, leave }: Pick<RunContext, "provider" | "leave">,
): Promise<Link> {
  if (take.task === undefined) return { url: undefined, why: "it has no task" };
  if (resolution === "720p") {
    const record = await provider.recordInfo(take.task, leave);
    if (record.outcome === "made") return linkOf(record.result.urls[0]);
    if (record.outcome === "expired") return { expired: record.message };
    return { url: undefined, why: "message" in record ? record.message : record.outcome };
  }
  // An upgrade that was bought is asked for by the same call; it costs nothing a second time.
  const call = resolution === "4k" ? provider.get4k : provider.get1080p;
  const upgrade = await call(take.task, 0, leave);
  if (upgrade.outcome === "upgraded") return linkOf(upgrade.urls[0]);
  if (upgrade.outcome === "refused" && upgrade.cause === "expired") return { expired: upgrade.message };
  return { url: undefined, why: upgrade.message };
}

function linkOf(url: string | undefined): Link {
  return url === undefined ? { url: undefined, why: "the vendor gave no address" } : { url };
}

function wordsOf(outcome: Exclude<FetchOutcome, { outcome: "downloaded" }>): string {
  return outcome.outcome === "gone" ? `the file host answered ${outcome.status}` : outcome.why;
}

function takeOf(recorder: Recorder, { shot, take: number }: FetchStep): Take {
  const take = findTake(recorder.view().state, shot, number);
  if (!take) throw new Error(`run: no take ${number} of ${shot} to fetch`);
  return take;
}
