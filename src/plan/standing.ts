import type { Take } from "../ledger/batch-state.ts";
import { parentOf, type Shot } from "../manifest/manifest.ts";
import type { Sha256, ShotId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { BuyReason } from "./buy-reason.ts";
import { changeBetween, hashRequest, requestOf } from "./request.ts";
import { isSelected, type View } from "./view.ts";

/** Where a shot stands against what the manifest wants of it today. */
export interface Standing {
  readonly shot: Shot;
  /** takes of today's request, in the order of their numbers; of the pinned take alone where the author picked an older one */
  readonly takes: readonly Take[];
  /** the take that is (or will be, once checked) upgraded, followed, extended and shown in films */
  readonly picked: Take | undefined;
  /** takes to be bought now; empty while a parent is open */
  readonly due: readonly DueTake[];
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
  const shots = new Map(view.manifest.shots.map((shot) => [shot.id, shot]));
  const orphans = orphanedTakes(view, shots);
  const standings = new Map<ShotId, Standing>();
  const visit = (shot: Shot): Standing => {
    const known = standings.get(shot.id);
    if (known) return known;
    const parentId = parentOf(shot);
    const parent = parentId === undefined ? undefined : shots.get(parentId);
    const standing = standingOf(view, shot, parent && visit(parent), orphans);
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
  orphans: ReadonlyMap<Sha256, Take>,
): Standing {
  const all = view.state.takes.get(shot.id) ?? [];
  const pinned = shot.pick === undefined ? undefined : all.find((take) => take.number === shot.pick);
  const open = { shot, takes: [], picked: undefined, due: [], blocked: undefined, waitsFor: undefined };

  if (parent) {
    const obstacle = obstacleFrom(parent, shot);
    if (obstacle) return { ...open, takes: pinned ? [pinned] : all, picked: pinned, ...obstacle };
  }
  const request = requestOf(shot, parent?.picked);
  const requestHash = memoHash(shot, parent?.picked, request);
  const present = all.filter((take) => take.requestHash === requestHash && take.purchase !== "forgotten");

  // The author pinned a take of an older wording: the film is served, so nothing is bought behind their back.
  const isForced = view.wish.renew.has(shot.id);
  if (pinned && pinned.requestHash !== requestHash && !hasEnded(pinned) && !isForced) {
    return { ...open, takes: [pinned], picked: pinned };
  }
  const due = dueTakes(view, shot, all, present, request, requestHash);
  const elsewhere = present.length === 0 && !isForced ? orphans.get(requestHash) : undefined;
  const tooLate = due.length > 0 && parent ? extendsTooLate(shot, parent) : undefined;
  if (tooLate) return { ...open, takes: present, blocked: tooLate };
  if (due.length > 0 && elsewhere) return { ...open, blocked: boughtElsewhere(shot, elsewhere, view) };
  if (shot.pick === undefined) return { ...open, takes: present, picked: firstUsable(present), due };
  // While the picked take is only to come, no other one stands in for it: upgrades and followers of that would be bought in vain.
  if (pinned || due.some(({ number }) => number === shot.pick)) return { ...open, takes: present, picked: pinned, due };
  return { ...open, takes: present, blocked: isSelected(view, shot.id) ? pickMissing(shot, shot.pick) : undefined };
}

/** What keeps a child from being planned: a parent that ended badly, or one that is not there yet. */
function obstacleFrom(parent: Standing, shot: Shot): Pick<Standing, "blocked" | "waitsFor"> | undefined {
  const { id } = parent.shot;
  if (parent.blocked || (parent.takes.length > 0 && parent.due.length === 0 && parent.takes.every(hasEnded))) {
    const message = `shot "${shot.id}" needs shot "${id}", which ${parent.blocked ? "cannot be made either" : "ended badly"}`;
    const problem = { rule: "parent-missing", message, fix: `Settle "${id}" first.`, place: shot.place };
    return { blocked: problem, waitsFor: undefined };
  }
  const take = parent.picked;
  const ready =
    take?.made !== undefined && (shot.start.from === "extends" || take.files.get("720p")?.state === "checked");
  return ready ? undefined : { blocked: undefined, waitsFor: id };
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

function dueTakes(
  view: View,
  shot: Shot,
  all: readonly Take[],
  present: readonly Take[],
  request: TakeRequest,
  requestHash: Sha256,
): readonly DueTake[] {
  if (!isSelected(view, shot.id)) return [];
  const buy = (number: number, why: BuyReason) => ({ number, request, requestHash, why });
  const putOff = present.filter(({ purchase }) => purchase === "deferred").map(({ number }) => number);
  const bought = present.filter(({ purchase }) => purchase !== "deferred");
  const latest = all.at(-1);
  const why: BuyReason =
    present.length > 0
      ? "another take wanted"
      : latest && latest.requestHash !== requestHash
        ? changeBetween(latest.request, request)
        : "never made";
  const renew = view.wish.renew.get(shot.id);
  const missing = Math.max(0, shot.takes - bought.length);
  const isRenewalOpen = renew !== undefined && missing === 0 && !bought.some(({ number }) => number > renew.above);
  // A number that was put off is free for the next take that is wanted, whatever wants it.
  const firstNew = (latest?.number ?? 0) + 1;
  return Array.from({ length: isRenewalOpen ? 1 : missing }, (_, index) => {
    const again = putOff[index];
    if (again !== undefined) return buy(again, isRenewalOpen ? renew.why : "put off before");
    return buy(firstNew + index - putOff.length, isRenewalOpen ? renew.why : why);
  });
}

/**
 * The lowest take that did not end badly, be it finished or not. A higher one that is ready sooner never overtakes it:
 * otherwise the pick could change after upgrades and followers were bought for it. For the same reason one whose task
 * was found late stands behind those that were there while it was unconfirmed.
 */
function firstUsable(takes: readonly Take[]): Take | undefined {
  const usable = takes.filter((take) => !hasEnded(take));
  return usable.find(({ isLate }) => !isLate) ?? usable[0];
}

/** A purchase that the vendor has answered for good, one way or the other. */
const ANSWERED = ["generating", "made", "refused", "failed", "lost"];

/**
 * Shots that extend this one and are not settled yet: still to be bought, or sent without an answer that is known. Asked
 * whether or not they are selected: what is upgraded now can never be extended later.
 */
export function openExtenders(parent: ShotId, standings: ReadonlyMap<ShotId, Standing>): readonly Standing[] {
  return [...standings.values()].filter(({ shot, takes, due, blocked, waitsFor }) => {
    if (shot.start.from !== "extends" || shot.start.parent !== parent || blocked) return false;
    return waitsFor !== undefined || due.length > 0 || !takes.some(({ purchase }) => ANSWERED.includes(purchase));
  });
}

/** Whether nothing more will come of a take. */
export function hasEnded(take: Take): boolean {
  if (take.files.get("720p")?.state === "rejected") return true;
  return ["refused", "failed", "unconfirmed", "lost", "forgotten"].includes(take.purchase);
}

/** Takes of shots that the manifest no longer names, by request: the same picture may be wanted under another id. */
function orphanedTakes(view: View, shots: ReadonlyMap<ShotId, Shot>): ReadonlyMap<Sha256, Take> {
  const orphans = new Map<Sha256, Take>();
  for (const [shot, takes] of view.state.takes) {
    if (shots.has(shot)) continue;
    for (const take of takes) if (!hasEnded(take) && take.purchase !== "deferred") orphans.set(take.requestHash, take);
  }
  return orphans;
}

function pickMissing(shot: Shot, pick: number): Problem {
  return {
    rule: "pick-missing",
    message: `shot "${shot.id}" picks take ${pick}, which does not exist and would not be made`,
    fix: "Pick a take that callsheet status shows, or leave pick out.",
    place: shot.place,
  };
}

function boughtElsewhere(shot: Shot, take: Take, view: View): Problem {
  return {
    rule: "bought-under-another-id",
    message: `shot "${shot.id}" was bought before as "${take.shot}" (take ${take.number}), which the manifest no longer has`,
    fix: `Keep it: callsheet rename ${view.manifest.shown} ${take.shot} ${shot.id}. Or buy it anew: --force ${shot.id}.`,
    place: shot.place,
  };
}

/** Hashing is the dearest part of a look at all shots, and depends on the shot and its parent's task alone. */
const hashes = new WeakMap<Shot, Map<string, Sha256>>();

function memoHash(shot: Shot, parent: Take | undefined, request: TakeRequest): Sha256 {
  const byParent = hashes.get(shot) ?? new Map<string, Sha256>();
  hashes.set(shot, byParent);
  const key = parent?.task ?? "";
  const hash = byParent.get(key) ?? hashRequest(request);
  byParent.set(key, hash);
  return hash;
}
