import { applyEvent, type BatchState, findTake, foldEvents, type Take } from "../../../src/ledger/batch-state.ts";
import { hasEnded } from "../../../src/plan/standing.ts";
import type { Job, TaskJob } from "../../../src/simulator/state.ts";
import type { History, Standing } from "./history.ts";
import { allIsMade, filmsWaitForWhatComes } from "./judge-films.ts";
import type { Arrival } from "./memory-vendor.ts";

/** @see kie.ai: 20 new generation requests in 10 seconds */
const MOST_STARTS = 20;
const WINDOW_MS = 10_000;

/** Everything in a history that callsheet promises never happens, in words; empty when all promises were kept. */
export function judge(history: History): readonly string[] {
  return [
    ...intentsAreSentOnce(history),
    ...purchasesAreKnown(history.troubled, "in trouble"),
    ...purchasesAreKnown(history.end, "at the end"),
    ...shotsAreBoughtAsWanted(history),
    ...upgradesAreBoughtOnce(history),
    ...claimsAreTrue(history),
    ...filmsWaitForWhatComes(history),
    ...capsHold(history),
    ...windowHolds(history),
    ...runsEnd(history),
    ...doubtsAreNamed(history),
    ...creditsAgree(history),
    ...paidTakesAreHome(history),
    ...allIsMade(history),
  ];
}

function statesOf({ events }: Standing): readonly BatchState[] {
  return events.map((each) => foldEvents(each));
}

function takesOf(standing: Standing): readonly Take[] {
  return statesOf(standing).flatMap((state) => [...state.takes.values()].flat());
}

/** A take's number is sent once, and again only after the vendor said "not now". */
function intentsAreSentOnce({ end, arrivals }: History): readonly string[] {
  const broken: string[] = [];
  let intents = 0;
  for (const events of end.events) {
    const last = new Map<string, string>();
    for (const { event } of events) {
      if (!("take" in event)) continue;
      const name = `${event.shot}/${event.take}`;
      const before = last.get(name);
      if (event.event === "submitting") {
        intents += 1;
        if (before !== undefined && before !== "deferred") broken.push(`take ${name} was sent again after "${before}"`);
      }
      last.set(name, event.event);
    }
  }
  const sent = arrivals.filter(isSubmit).length;
  if (sent > intents) broken.push(`${sent} buying calls arrived for ${intents} intents`);
  return broken;
}

function isSubmit({ target }: Arrival): boolean {
  return target === "generate" || target === "extend";
}

/** Every task at the vendor's belongs to one take, or to a purchase that is named as unconfirmed. */
function purchasesAreKnown(standing: Standing, when: string): readonly string[] {
  const takes = takesOf(standing);
  const tasks = takes.flatMap(({ task }) => (task === undefined ? [] : [task]));
  const broken = tasks
    .filter((task, index) => tasks.indexOf(task) !== index)
    .map((task) => `${when}: two takes are ${task}`);
  const orphans = taskJobs(standing).filter(({ taskId }) => !tasks.some((task) => task === taskId));
  for (const prompt of new Set(orphans.map((job) => job.prompt))) {
    const doubts = takes.filter((take) => take.request.prompt === prompt && isInDoubt(take)).length;
    const bought = orphans.filter((job) => job.prompt === prompt).length;
    if (bought > doubts)
      broken.push(`${when}: "${prompt}" was bought ${bought} times unknown to the ledger, ${doubts} are unconfirmed`);
  }
  for (const job of upgradeJobs(standing)) {
    const take = takes.find(({ task }) => task === job.of);
    const upgrade = take?.upgrades.get(job.resolution);
    if (!upgrade || upgrade.state === "deferred") broken.push(`${when}: ${job.name} was bought unknown to the ledger`);
  }
  return broken;
}

function isInDoubt({ purchase }: Take): boolean {
  return purchase === "unconfirmed" || purchase === "submitting";
}

function taskJobs({ jobs }: Standing): readonly TaskJob[] {
  return [...jobs.values()].flatMap((job) => (job.kind === "upgrade" ? [] : [job]));
}

function upgradeJobs({ jobs }: Standing) {
  return [...jobs.values()].flatMap((job) => (job.kind === "upgrade" ? [job] : []));
}

/**
 * As many takes as were wanted, whatever they are tried with; more by as many as the shot's policy allows, and by one for
 * each run that was told to buy again.
 */
function shotsAreBoughtAsWanted({ batches, end, runs }: History): readonly string[] {
  return statesOf(end).flatMap((state, index) => {
    const renewals = runs.filter(({ batch, renews }) => batch === index && renews).length;
    const shots = batches[index]?.manifest.shots ?? [];
    return shots.flatMap(({ id, takes: wanted, retry }) => {
      const counted = new Map<string, number>();
      for (const take of state.takes.get(id) ?? []) {
        if (take.purchase === "deferred" || take.purchase === "forgotten") continue;
        counted.set(pictureOf(take), (counted.get(pictureOf(take)) ?? 0) + 1);
      }
      const most = Math.max(0, ...counted.values());
      const again = (retry?.failed ?? 0) + (retry?.refused ?? 0);
      return most > wanted + again + renewals
        ? [`${id} was bought ${most} times, ${wanted} wanted, ${again} by its policy and ${renewals} renewals`]
        : [];
    });
  });
}

/** What stays of a request when it is tried again with other words or by another model. */
function pictureOf({ request }: Take): string {
  return JSON.stringify({ ...request, prompt: "", model: "" });
}

/** Nobody pays for a larger picture of a second take while the first one's is good. */
function upgradesAreBoughtOnce({ end }: History): readonly string[] {
  return end.events.flatMap((events) => {
    let state: BatchState = foldEvents([]);
    return events.flatMap((recorded) => {
      const { event } = recorded;
      const before = state;
      state = applyEvent(state, recorded);
      if (event.event !== "upgrading") return [];
      const take = findTake(state, event.shot, event.take);
      const twin = (before.takes.get(event.shot) ?? []).find((other) => {
        const has = ["upgrading", "upgraded"].includes(other.upgrades.get(event.resolution)?.state ?? "");
        return take && other.number !== event.take && has && !hasEnded(other) && pictureOf(other) === pictureOf(take);
      });
      return twin ? [`${event.shot}/${event.take} is bought at ${event.resolution} as take ${twin.number} was`] : [];
    });
  });
}

/** A callback settles a purchase only with the task that it bought. */
function claimsAreTrue({ troubled }: History): readonly string[] {
  return takesOf(troubled).flatMap(({ shot, number, task, token }) => {
    const job = task === undefined ? undefined : troubled.jobs.get(task);
    const url = job?.callBackUrl;
    return url !== undefined && !url.endsWith(token)
      ? [`${shot}/${number} is taken for ${task}, which is another's`]
      : [];
  });
}

/** What the vendor charged, before any refund. */
function capsHold({ arrivals, runs }: History): readonly string[] {
  const troubled = new Set(runs.filter(({ isRecovery }) => !isRecovery).map(({ run }) => run));
  const broken: string[] = [];
  for (const { run, caps } of runs) {
    const charged = chargedBy(arrivals.filter((arrival) => arrival.run === run));
    if (caps.run !== undefined && charged > caps.run)
      broken.push(`${run} was charged ${charged}, its cap is ${caps.run}`);
  }
  const dayCap = runs.find(({ caps }) => caps.day !== undefined)?.caps.day;
  for (const day of dayCap === undefined ? [] : new Set(arrivals.map((arrival) => arrival.day))) {
    const charged = chargedBy(arrivals.filter((arrival) => arrival.day === day && troubled.has(arrival.run)));
    if (charged > (dayCap ?? 0)) broken.push(`${day} was charged ${charged}, its cap is ${dayCap}`);
  }
  return broken;
}

function chargedBy(arrivals: readonly Arrival[]): number {
  return arrivals.reduce((sum, { bought }) => sum + (bought?.credits ?? 0), 0);
}

function windowHolds({ arrivals, setForwardAt }: History): readonly string[] {
  const starts = arrivals.filter((arrival) => isSubmit(arrival) || arrival.bought).map(({ at }) => at);
  return starts.flatMap((from) => {
    const inside = starts.filter((at) => at >= from && at < from + WINDOW_MS).length;
    // A little before the window too: what arrives in it was sent before.
    const wasSet = setForwardAt.some((at) => at > from - WINDOW_MS && at < from + WINDOW_MS);
    return inside > MOST_STARTS && !wasSet ? [`${inside} buying calls arrived within ${WINDOW_MS} ms`] : [];
  });
}

function runsEnd({ runs }: History): readonly string[] {
  return runs.flatMap(({ run, end, why, leftUndone }) => [
    ...(end === "threw" || end === "endless" ? [`${run} ${end}: ${why}`] : []),
    ...(leftUndone > 0 ? [`${run} ended with ${leftUndone} steps undone and no word why`] : []),
  ]);
}

/** A take in doubt says so, with both ways out; one that was accepted has its task id in the ledger. */
function doubtsAreNamed({ troubled, runs }: History): readonly string[] {
  return statesOf(troubled).flatMap((state, index) => {
    const last = runs.findLast(({ batch, isRecovery }) => batch === index && !isRecovery);
    return [...state.takes.values()].flat().flatMap((take) => {
      const name = `${take.shot}/${take.number}`;
      if (take.purchase === "submitting" && last?.end === "ended")
        return [`${name} is still "submitting" after a run that ended`];
      if (take.purchase !== "unconfirmed") return [];
      const fix = take.problem?.rule === "unconfirmed" ? (take.problem.fix ?? "") : "";
      return /callsheet adopt .* callsheet forget /s.test(fix)
        ? []
        : [`${name} is unconfirmed without a way out: ${fix}`];
    });
  });
}

/** What the ledger takes for paid was charged, and the other way round. */
function creditsAgree({ arrivals, end, troubled }: History): readonly string[] {
  const broken: string[] = [];
  for (const standing of [troubled, end]) {
    const gross = standing.charges.reduce((sum, { credits }) => sum + credits, 0);
    if (standing.countedCredits < gross)
      broken.push(`the account counts ${standing.countedCredits} credits, the vendor charged ${gross}`);
  }
  const takes = takesOf(end);
  const isCharged = (job: Job) => end.charges.some((charge) => charge.job === job.name && charge.status !== "refunded");
  for (const take of takes) {
    const job = take.task === undefined ? undefined : end.jobs.get(take.task);
    const name = `${take.shot}/${take.number}`;
    const counts = ["generating", "made", "lost"].includes(take.purchase);
    if (counts && !isNeverTold(take, end) && !(job && isCharged(job)))
      broken.push(`${name} is "${take.purchase}" and was not charged`);
    const isUnpaid = job && isCharged(job) && !counts;
    if (isUnpaid && !isKnownLoss(job)) broken.push(`${name} is "${take.purchase}" and was charged`);
    for (const [resolution, { state }] of take.upgrades) {
      const upgrade = end.jobs.get(`${take.task}/${resolution}/0`);
      const isPaid = upgrade !== undefined && isCharged(upgrade);
      if (state === "upgraded" && !isPaid) broken.push(`${name} at ${resolution} is "${state}" and was not charged`);
      const wasMisled = noes(arrivals, UPGRADE_CALLS[resolution]) > 1;
      if (state === "refused" && isPaid && !isKnownLoss(upgrade) && !wasMisled)
        broken.push(`${name} at ${resolution} is "${state}" and was charged`);
    }
  }
  return broken;
}

const UPGRADE_CALLS = { "1080p": "get-1080p-video", "4k": "get-4k-video" } as const;

/** How often the vendor said no for good although nothing was wrong. Twice in a row it is believed. */
function noes(arrivals: readonly Arrival[], target: Arrival["target"]): number {
  return arrivals.filter(
    (arrival) => arrival.target === target && /^code-4(00|04|22|51)|^code-501/.test(arrival.fault ?? ""),
  ).length;
}

/** Paid and got nothing: made without an address, or failed where the vendor does not pay back. */
function isKnownLoss({ fate }: Job): boolean {
  return fate.end === "failed" || fate.empty;
}

/** A vendor that tells failures by the outer code says 500 of it for ever, which may be a hiccup: a person has to look. */
function isNeverTold({ task }: Take, { jobs }: Standing): boolean {
  const fate = task === undefined ? undefined : jobs.get(task)?.fate;
  return fate?.end === "failed" && (fate.failure === "internal" || fate.failure === "timeout");
}

/** Every clip that was paid for lies on the disk under its name, whole and the right one. */
function paidTakesAreHome({ batches, end }: History): readonly string[] {
  return statesOf(end).flatMap((state, index) =>
    [...state.takes.values()].flat().flatMap((take) => {
      const name = `${take.shot}/${take.number}`;
      if (take.purchase === "generating" && !isNeverTold(take, end))
        return [`${name} is still generating as ${take.task}`];
      if (take.purchase !== "made") return [];
      const upgrades = [...take.upgrades].flatMap(([resolution, { state: at }]) =>
        at === "upgraded" ? [resolution] : [],
      );
      return ["720p", ...upgrades].flatMap((resolution) => {
        const file = take.files.get(resolution as "720p");
        if (file?.state === "rejected") return [];
        if (file?.state !== "checked")
          return [`${name} is paid and its ${resolution} file is ${file?.state ?? "not there"}`];
        const shows = batches[index]?.reel(file.file)?.shows[0]?.task;
        return shows === take.task ? [] : [`${file.file} shows ${shows}, not ${take.task}`];
      });
    }),
  );
}
