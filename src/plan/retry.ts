import type { Take } from "../ledger/batch-state.ts";
import type { Shot } from "../manifest/manifest.ts";
import type { Sha256 } from "../shot/id.ts";
import type { TakeRequest } from "../shot/take.ts";
import { hashRequest, requestOf } from "./request.ts";
import { isPassedOver } from "./verdict.ts";

/** What a shot is bought as: at first, and when its retry policy tries again. Equal where that changes nothing. */
export interface Attempts {
  readonly first: Attempt;
  readonly again: Attempt;
}

export interface Attempt {
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
}

/** @param parent - the take the shot starts from */
export function attemptsOf(shot: Shot, parent: Take | undefined): Attempts {
  const request = requestOf(shot, parent);
  const first = { request, requestHash: memoHash("first", shot, parent, request) };
  if (!shot.retry) return { first, again: first };
  const { prompt, model } = shot.retry;
  const other = { ...request, prompt, model };
  return { first, again: { request: other, requestHash: memoHash("again", shot, parent, other) } };
}

/**
 * The takes that are today's. One that was bought by trying again is, once a take of the first request ended badly: with
 * an edited prompt, the second prompt's picture must not pass for the new one.
 */
export function presentTakes(shot: Shot, all: readonly Take[], { first, again }: Attempts): readonly Take[] {
  const known = all.filter(({ purchase }) => purchase !== "forgotten");
  const hasEnded = known.some((take) => take.requestHash === first.requestHash && badEndOf(take, shot));
  return known.filter(({ requestHash }) => {
    return requestHash === first.requestHash || (hasEnded && requestHash === again.requestHash);
  });
}

/** An end after which a policy may try again: it is certain, and nothing more comes of the take. */
export type BadEnd = "failed" | "refused" | "checks";

/** How a take ended where a policy may try again; `checks`: it was made and paid, and a check passes it over. */
export function badEndOf(take: Take, shot: Shot): BadEnd | undefined {
  const { purchase } = take;
  if (purchase === "failed" || purchase === "refused") return purchase;
  return purchase === "made" && isPassedOver(take, shot) ? "checks" : undefined;
}

/**
 * How many takes beyond those the manifest wants may stand in the ledger: one for each that ended badly, as far as the
 * policy goes. A shot whose takes were tried again by hand has used its policy up as well.
 */
export function retriesDue(shot: Shot, bought: readonly Take[]): number {
  const { retry, pick } = shot;
  // Whoever picked a take has decided: another one would be bought and never shown.
  if (!retry || pick !== undefined) return 0;
  const due = (["failed", "refused", "checks"] as const).map((end) => Math.min(endsOf(shot, bought, end), retry[end]));
  return due.reduce((sum, count) => sum + count, 0);
}

/** How many more takes the policy would buy, should that many come to this end from here on. */
export function retriesLeft(shot: Shot, present: readonly Take[], end: BadEnd): number {
  const { retry, pick } = shot;
  if (!retry || pick !== undefined) return 0;
  return Math.max(0, retry[end] - endsOf(shot, present, end));
}

function endsOf(shot: Shot, takes: readonly Take[], end: BadEnd): number {
  return takes.filter((take) => badEndOf(take, shot) === end).length;
}

/** Hashing is the dearest part of a look at all shots, and depends on the shot and its parent's task alone. */
const hashes = new WeakMap<Shot, Map<string, Sha256>>();

function memoHash(attempt: keyof Attempts, shot: Shot, parent: Take | undefined, request: TakeRequest): Sha256 {
  const known = hashes.get(shot) ?? new Map<string, Sha256>();
  hashes.set(shot, known);
  const key = `${attempt} ${parent?.task ?? ""}`;
  const hash = known.get(key) ?? hashRequest(request);
  known.set(key, hash);
  return hash;
}
