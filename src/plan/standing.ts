import type { Take } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import { parentOf, type Shot } from "../manifest/manifest.ts";
import type { Sha256, ShotId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { BuyReason } from "./buy-reason.ts";
import { changeBetween } from "./request.ts";
import { type Attempts, attemptsOf, badEndOf, presentTakes, retriesDue, retriesLeft } from "./retry.ts";
import { isPassedOver, mayBePassedOver } from "./verdict.ts";
import { isSelected, type View } from "./view.ts";

/** Where a shot stands against what the manifest wants of it today. */
export interface Standing {
  readonly shot: Shot;
  /**
   * takes of today's request, and those that its retry policy bought after it ended badly, in the order of their
   * numbers; the pinned take alone where the author picked an older one
   */
  readonly takes: readonly Take[];
  /** the take that is (or will be, once checked) upgraded, followed, extended and shown in films */
  readonly picked: Take | undefined;
  /** takes to be bought now; empty while a parent is open */
  readonly due: readonly DueTake[];
  /** what it is bought as today; undefined while that is not known or no concern */
  readonly attempts: Attempts | undefined;
  /** set when the shot cannot go on: a parent ended badly, or a purchase would repeat one made under another id */
  readonly blocked: Problem | undefined;
  /** the parent is still on its way, so neither request nor takes of today are known */
  readonly waitsFor: ShotId | undefined;
}

export interface DueTake {
  readonly number: number;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  readonly why: BuyReason;
}

/** Every shot's standing, in an order in which parents come before their children. */
export function standingsOf(view: View): ReadonlyMap<ShotId, Standing> {
  const orphans = orphanedTakes(view);
  const standings = standWith(view, orphans);
  // Known only now: takes that their own shot no longer asks for, as after shots were swapped or numbered anew.
  const outgrown = outgrownTakes(view, standings);
  const isWanted = [...standings.values()].some(({ due }) => due.some(({ requestHash }) => outgrown.has(requestHash)));
  return isWanted ? standWith(view, new Map([...outgrown, ...orphans])) : standings;
}

/** @param elsewhere - takes that no shot of the manifest counts as its own, by request */
function standWith(view: View, elsewhere: ReadonlyMap<Sha256, Take>): ReadonlyMap<ShotId, Standing> {
  const shots = new Map(view.manifest.shots.map((shot) => [shot.id, shot]));
  const standings = new Map<ShotId, Standing>();
  const visit = (shot: Shot): Standing => {
    const known = standings.get(shot.id);
    if (known) return known;
    const parentId = parentOf(shot);
    const parent = parentId === undefined ? undefined : shots.get(parentId);
    const standing = standingOf(view, shot, parent && visit(parent), elsewhere);
    standings.set(shot.id, standing);
    return standing;
  };
  for (const shot of view.manifest.shots) visit(shot);
  return standings;
}

function standingOf(
  view: View,
  shot: Shot,
  parent: Standing | undefined,
  elsewhere: ReadonlyMap<Sha256, Take>,
): Standing {
  const all = view.state.takes.get(shot.id) ?? [];
  const pinned = shot.pick === undefined ? undefined : all.find((take) => take.number === shot.pick);
  const open = {
    shot,
    takes: [],
    picked: undefined,
    due: [],
    attempts: undefined,
    blocked: undefined,
    waitsFor: undefined,
  };

  if (parent) {
    const obstacle = obstacleFrom(parent, shot);
    if (obstacle) return { ...open, takes: pinned ? [pinned] : all, picked: pinned, ...obstacle };
  }
  const attempts = attemptsOf(shot, parent?.picked);
  const { first } = attempts;
  const present = presentTakes(shot, all, attempts);

  // The author pinned a take of an older wording: the film is served, so nothing is bought behind their back.
  const isForced = view.wish.renew.has(shot.id);
  if (pinned && !present.includes(pinned) && !hasEnded(pinned) && !isForced) {
    return { ...open, takes: [pinned], picked: pinned };
  }
  const due = dueTakes(view, shot, all, present, attempts);
  const bought = present.length === 0 && !isForced ? elsewhere.get(first.requestHash) : undefined;
  const tooLate = due.length > 0 && parent ? extendsTooLate(shot, parent) : undefined;
  if (tooLate) return { ...open, takes: present, blocked: tooLate };
  if (due.length > 0 && bought) return { ...open, blocked: boughtElsewhere(shot, bought, view) };
  const standing = { ...open, takes: present, due, attempts };
  // A number that was put off and that nothing wants any more must not be waited for.
  const wanted = present.filter(({ purchase, number }) => {
    return purchase !== "deferred" || !isSelected(view, shot.id) || due.some((take) => take.number === number);
  });
  if (shot.pick === undefined) return { ...standing, picked: firstUsable(wanted, shot) };
  // While the picked take is only to come, no other one stands in for it: upgrades and followers of that would be bought in vain.
  if (pinned || due.some(({ number }) => number === shot.pick)) return { ...standing, picked: pinned };
  return { ...open, takes: present, blocked: isSelected(view, shot.id) ? pickMissing(shot, shot.pick) : undefined };
}

/** What keeps a child from being planned: a parent that ended badly, or one that is not there yet. */
function obstacleFrom(parent: Standing, shot: Shot): Pick<Standing, "blocked" | "waitsFor"> | undefined {
  const { id } = parent.shot;
  if (
    parent.blocked ||
    (parent.takes.length > 0 && parent.due.length === 0 && parent.takes.every((take) => isOutOfUse(take, parent.shot)))
  ) {
    const message = `shot "${shot.id}" needs shot "${id}", which ${parent.blocked ? "cannot be made either" : "ended badly"}`;
    const problem = { rule: "parent-missing", message, fix: mendParent(parent), place: shot.place };
    return { blocked: problem, waitsFor: undefined };
  }
  const take = parent.picked;
  const ready =
    take?.made !== undefined && (isLookedAt(take) || (shot.start.from === "extends" && !mayBePassedOver(parent.shot)));
  return ready ? undefined : { blocked: undefined, waitsFor: id };
}

/** Whether the take was checked at one time; its file may have to be fetched again. */
function isLookedAt({ files }: Take): boolean {
  const file = files.get("720p");
  return file?.state === "checked" || (file?.state === "downloaded" && file.wasChecked);
}

/** The way out for a child: what its parent needs. */
function mendParent({ shot: { id }, blocked, takes }: Standing): string {
  if (blocked) return `Mend what keeps "${id}" first.`;
  if (takes.some(({ purchase }) => purchase === "unconfirmed")) return `Settle "${id}" first, with adopt or forget.`;
  const last = takes.at(-1)?.purchase;
  if (last === "refused" || last === "failed") {
    return `Mend the prompt of "${id}" and run again, or buy it again as it is with --retry-failed.`;
  }
  return last === "lost" ? `Buy "${id}" again with --retry-failed.` : `Buy "${id}" again with --force ${id}.`;
}

/** The vendor does not extend a take that went through 1080p. @see kie.ai Extend Veo 3.1 Video */
function extendsTooLate(shot: Shot, { shot: { id }, picked }: Standing): Problem | undefined {
  const upgrade = picked?.upgrades.get("1080p");
  if (shot.start.from !== "extends" || !picked || !upgrade || upgrade.state === "deferred") return undefined;
  return {
    rule: "extend-after-upgrade",
    message: `shot "${shot.id}" extends take ${picked.number} of "${id}", which was upgraded to 1080p: the vendor refuses to extend it then`,
    fix: `Buy "${id}" again with --force ${id} and pick that take: its upgrade then waits until it was extended.`,
    place: shot.place,
  };
}

/**
 * What is to be bought now: takes the manifest wants, then those its retry policy adds, then one that the command asked
 * for. All are counted by the ledger's takes, so that a second run goes on counting where the first one stopped.
 */
function dueTakes(
  view: View,
  shot: Shot,
  all: readonly Take[],
  present: readonly Take[],
  attempts: Attempts,
): readonly DueTake[] {
  if (!isSelected(view, shot.id)) return [];
  const { first, again } = attempts;
  const bought = present.filter(({ purchase }) => purchase !== "deferred");
  const missing = Math.max(0, shot.takes + retriesDue(shot, bought) - bought.length);
  const firsts = bought.filter(({ requestHash }) => requestHash === first.requestHash).length;
  const wanted = Math.min(missing, Math.max(0, shot.takes - firsts));
  const lastEnd = bought.findLast((take) => badEndOf(take, shot));

  const latest = all.at(-1);
  const why: BuyReason =
    present.length > 0
      ? "another take wanted"
      : latest && latest.requestHash !== first.requestHash
        ? changeBetween(latest.request, first.request)
        : "never made";
  const whyAgain: BuyReason = (lastEnd && WHY_AGAIN[badEndOf(lastEnd, shot) ?? "failed"]) ?? "failed before";
  const orders = Array.from({ length: missing }, (_, index) =>
    index < wanted ? { ...first, why } : { ...again, why: whyAgain },
  );
  const renew = view.wish.renew.get(shot.id);
  const isRenewalOpen = renew !== undefined && missing === 0 && !bought.some(({ number }) => number > renew.above);
  if (isRenewalOpen) {
    // What made the take that is used, or what was tried last, is what another one is made with.
    const model = firstUsable(present, shot) ?? present.at(-1);
    const request = model?.requestHash === again.requestHash ? again : first;
    orders.push({ ...request, why: renew.why });
  }
  return numbered(orders, present, (latest?.number ?? 0) + 1);
}

const WHY_AGAIN = { failed: "failed before", refused: "refused before", checks: "passed over before" } as const;

/** A number that was put off is free for the next take of the same request, whatever wants it. */
function numbered(
  orders: readonly Omit<DueTake, "number">[],
  present: readonly Take[],
  firstNew: number,
): readonly DueTake[] {
  const putOff = present.filter(({ purchase }) => purchase === "deferred");
  let next = firstNew;
  return orders.map((order) => {
    const found = putOff.findIndex(({ requestHash }) => requestHash === order.requestHash);
    const [free] = found === -1 ? [] : putOff.splice(found, 1);
    if (!free) return { ...order, number: next++ };
    const isRenewal = order.why === "forced" || order.why === "tried again";
    return { ...order, number: free.number, why: isRenewal ? order.why : "put off before" };
  });
}

/**
 * The lowest take that did not end badly, be it finished or not. A higher one that is ready sooner never overtakes it:
 * otherwise the pick could change after upgrades and followers were bought for it. For the same reason one that was given
 * up and is there after all stands behind those that there were then. Only a forced take overtakes those that still generate.
 */
function firstUsable(takes: readonly Take[], shot: Shot): Take | undefined {
  const [first] = takes.filter((take) => !isOutOfUse(take, shot)).toSorted(byPlace);
  return first;
}

function byPlace(a: Take, b: Take): number {
  return placeOf(a) - placeOf(b) || (a.behind?.seq ?? -1) - (b.behind?.seq ?? -1) || a.number - b.number;
}

function placeOf({ number, behind }: Take): number {
  return behind?.take ?? number;
}

/** A purchase that the vendor has answered for good, one way or the other. */
const ANSWERED = ["generating", "made", "refused", "failed", "lost"];

/**
 * Shots that extend this one and are not settled yet: still to be bought, or sent without an answer that is known. Asked
 * whether or not they are selected: what is upgraded now can never be extended later.
 */
export function openExtenders(parent: ShotId, standings: ReadonlyMap<ShotId, Standing>): readonly Standing[] {
  return [...standings.values()].filter(({ shot, takes, due, blocked, waitsFor }) => {
    if (shot.start.from !== "extends" || shot.start.parent !== parent) return false;
    // Whoever is asked to rename it may as well buy it anew, and that must still be possible then.
    if (blocked) return blocked.rule === BOUGHT_ELSEWHERE;
    if (isTriedAgainIfFailed(shot, takes) || isTriedAgainIfPassedOver(shot, takes)) return true;
    return waitsFor !== undefined || due.length > 0 || !takes.some(({ purchase }) => ANSWERED.includes(purchase));
  });
}

/** Whether the policy would buy another take if those that generate failed: not where one was forced in their place. */
function isTriedAgainIfFailed(shot: Shot, takes: readonly Take[]): boolean {
  if (!takes.some(({ purchase }) => purchase === "generating")) return false;
  const ends = takes
    .filter(({ purchase }) => purchase !== "deferred")
    .map((take) => (take.purchase === "generating" ? { ...take, purchase: "failed" as const } : take));
  return shot.takes + retriesDue(shot, ends) > ends.length;
}

/** Whether the policy would buy another take if a check passed those over that nobody has looked at yet. */
function isTriedAgainIfPassedOver(shot: Shot, takes: readonly Take[]): boolean {
  if (!mayBePassedOver(shot) || retriesLeft(shot, takes, "checks") === 0) return false;
  const open = takes.filter((take) => !hasEnded(take));
  return open.length > 0 && !open.some((take) => isLookedAt(take) && !isPassedOver(take, shot));
}

/** Whether nothing more will come of a take. */
export function hasEnded(take: Take): boolean {
  if (take.files.get("720p")?.state === "rejected") return true;
  return ["refused", "failed", "unconfirmed", "lost", "forgotten"].includes(take.purchase);
}

/** Whether films, followers and extensions go on without a take: it has ended, or a check passes it over. */
export function isOutOfUse(take: Take, shot: Shot): boolean {
  return hasEnded(take) || isPassedOver(take, shot);
}

const BOUGHT_ELSEWHERE = "bought-under-another-id";

/** Takes of shots that the manifest no longer names, by request: the same picture may be wanted under another id. */
function orphanedTakes(view: View): ReadonlyMap<Sha256, Take> {
  const named = new Set(view.manifest.shots.map(({ id }) => id));
  return usableByRequest([...view.state.takes].flatMap(([shot, takes]) => (named.has(shot) ? [] : takes)));
}

/** Takes of older requests of shots that the manifest still names, by request. */
function outgrownTakes(view: View, standings: ReadonlyMap<ShotId, Standing>): ReadonlyMap<Sha256, Take> {
  const outgrown = [...standings.values()].flatMap(({ shot, takes, blocked, waitsFor }) => {
    // What such a shot asks for today is not known, so neither is what it has outgrown.
    if (blocked || waitsFor !== undefined) return [];
    return (view.state.takes.get(shot.id) ?? []).filter((take) => !takes.includes(take));
  });
  return usableByRequest(outgrown);
}

function usableByRequest(takes: readonly Take[]): ReadonlyMap<Sha256, Take> {
  const usable = takes.filter((take) => !hasEnded(take) && take.purchase !== "deferred");
  return new Map(usable.map((take) => [take.requestHash, take]));
}

function pickMissing(shot: Shot, pick: number): Problem {
  return {
    rule: "pick-missing",
    message: `shot "${shot.id}" picks take ${pick}, which does not exist and would not be made`,
    fix: "Pick a take that callsheet status shows, or leave pick out.",
    place: shot.place,
  };
}

function boughtElsewhere(shot: Shot, take: Take, { manifest }: View): Problem {
  const isNamed = manifest.shots.some(({ id }) => id === take.shot);
  const where = isNamed ? "which asks for something else now" : "which the manifest no longer has";
  const keep = isNamed
    ? `give this shot the id "${take.shot}" again, and the one that has it now another`
    : commandLine(manifest, "rename", [take.shot, shot.id]);
  return {
    rule: BOUGHT_ELSEWHERE,
    message: `shot "${shot.id}" was bought before as "${take.shot}" (take ${take.number}), ${where}`,
    fix: `Keep it: ${keep}. Or buy it anew: --force ${shot.id}.`,
    place: shot.place,
  };
}
