import type { Take } from "../ledger/batch-state.ts";
import { parentOf } from "../manifest/manifest.ts";
import { isComplete, type ShotStatus, shotStatuses } from "../plan/shot-status.ts";
import type { Step } from "../plan/step.ts";
import { isSelected } from "../plan/view.ts";
import type { ShotId } from "../shot/id.ts";
import type { LiveState } from "./live-state.ts";
import { printable } from "./printable.ts";
import { showDuration } from "./tell-time.ts";

/** A shot's state as a screen names it while a run goes. */
export const LIVE_WORDS = [
  "generating",
  "upgrading",
  "downloading",
  "submitted",
  "refused",
  "failed",
  "unconfirmed",
  "lost",
  "blocked",
  "waiting",
  "checked",
] as const;
export type LiveWord = (typeof LIVE_WORDS)[number];

/** One shot on the screen. */
export interface LiveRow {
  readonly shot: ShotId;
  readonly word: LiveWord;
  /** what it waits for, how long it still takes, what went wrong; may be empty */
  readonly detail: string;
  /** 0 to 1, where it can be told */
  readonly fraction: number | undefined;
}

/**
 * How long a task or upgrade should still take, in milliseconds of this machine.
 *
 * @param ageMs - since its intent, in milliseconds of this machine
 * @returns undefined while nothing was learnt
 */
export type TimeLeft = (take: Take, work: "take" | "upgrade", ageMs: number) => number | undefined;

export function liveRows(state: LiveState, now: number, timeLeft: TimeLeft): readonly LiveRow[] {
  const statuses = shotStatuses(state.view);
  const byId = new Map(statuses.map((status) => [status.id, status]));
  const inHand = stepsByShot(state);
  return statuses
    .filter(({ id }) => isSelected(state.view, id))
    .map((status) => rowOf(status, { state, now, timeLeft, byId, steps: inHand.get(status.id) ?? [] }));
}

interface Around {
  readonly state: LiveState;
  readonly now: number;
  readonly timeLeft: TimeLeft;
  readonly byId: ReadonlyMap<ShotId, ShotStatus>;
  /** of this shot, in hand */
  readonly steps: readonly Step[];
}

function rowOf(status: ShotStatus, around: Around): LiveRow {
  const row = { shot: status.id, fraction: undefined };
  switch (status.state) {
    case "refused":
    case "failed":
    case "unconfirmed":
    case "lost":
    case "blocked":
      return (
        otherTake(status, around) ?? { ...row, word: status.state, detail: printable(status.problem?.message ?? "") }
      );
    case "planned":
      return { ...row, word: "waiting", detail: waitsFor(status, around) };
    case "submitting":
      return { ...row, word: "submitted", detail: "" };
    case "generating":
      return working(status, status.take, "generating", around);
    case "upgrading":
      return working(status, status.take, "upgrading", around);
    case "made":
    case "upgraded":
    case "downloaded":
      return { ...row, word: "downloading", detail: downloadWords(status, around) };
    case "checked": {
      if (isComplete(status)) return otherTake(status, around) ?? { ...row, word: "checked", detail: "" };
      const detail = status.problem ? printable(status.problem.message) : stillToCome(status);
      const isFetching = around.steps.some(({ kind }) => kind === "fetch" || kind === "check");
      return { ...row, word: isFetching ? "downloading" : "checked", detail };
    }
  }
}

function stillToCome({ resolution, wanted }: ShotStatus): string {
  return resolution === null ? "its file is missing" : `${resolution} here, ${wanted} to come`;
}

/** The shot itself is settled, yet another of its takes is still worked on. */
function otherTake(status: ShotStatus, around: Around): LiveRow | undefined {
  for (const step of around.steps) {
    if (step.kind === "poll") return working(status, step.take, "generating", around);
    if (step.kind === "fetch" || step.kind === "check") {
      return { shot: status.id, word: "downloading", detail: `take ${step.take}`, fraction: undefined };
    }
    if (step.kind === "submit") {
      return {
        shot: status.id,
        word: "waiting",
        detail: `take ${step.take} ${gateWords(around)}`,
        fraction: undefined,
      };
    }
  }
  return undefined;
}

function working(
  { id, take: picked, wanted }: ShotStatus,
  number: number | null,
  word: "generating" | "upgrading",
  { state, now, timeLeft }: Around,
): LiveRow {
  const take = state.view.state.takes.get(id)?.find((each) => each.number === number);
  const row = { shot: id, word, fraction: undefined };
  if (!take) return { ...row, detail: "" };
  const upgrade = wanted === "720p" ? undefined : take.upgrades.get(wanted);
  const since = word === "upgrading" && upgrade ? upgrade.since : take.intendedAt;
  const ageMs = Math.max(0, now - since);
  const leftMs = timeLeft(take, word === "upgrading" ? "upgrade" : "take", ageMs);
  const name = number === picked && number === 1 ? "" : `take ${number}, `;
  const target = word === "upgrading" ? `to ${wanted}, ` : "";
  if (leftMs === undefined) return { ...row, detail: `${name}${target}for ${showDuration(ageMs)} now` };
  const detail = `${name}${target}about ${showDuration(leftMs)} left`;
  return { ...row, detail, fraction: ageMs / Math.max(1, ageMs + leftMs) };
}

function waitsFor({ id }: ShotStatus, around: Around): string {
  const { state, byId, steps } = around;
  const shot = state.view.manifest.shots.find((each) => each.id === id);
  const parent = shot && parentOf(shot);
  const parentState = parent && byId.get(parent)?.state;
  if (parent !== undefined && steps.length === 0 && parentState !== "checked") return `for ${parent}`;
  const resting = [...state.resting.values()].find(({ step }) => step.kind !== "join" && step.shot === id);
  if (resting) return printable(resting.problem.message);
  return gateWords(around);
}

/** What all of them wait for who want to buy. */
function gateWords({ state: { gate, stopped }, now }: Around): string {
  if (stopped) return "until the next run: nothing more is bought";
  if (!gate || gate.until <= now) return "for its turn";
  switch (gate.because) {
    case "window":
      return "for its turn";
    case "pause":
      return `for the vendor's pause: ${showDuration(gate.until - now)}`;
    case "running":
      return "for another take to finish";
  }
}

function downloadWords({ id }: ShotStatus, { state, now }: Around): string {
  for (const { step, retry } of state.inHand.values()) {
    if (step.kind === "join" || step.shot !== id || !retry || retry.until <= now) continue;
    return `again in ${showDuration(retry.until - now)}: ${printable(retry.why)}`;
  }
  const resting = [...state.resting.values()].find(({ step }) => step.kind === "fetch" && step.shot === id);
  return resting ? printable(resting.problem.message) : "";
}

function stepsByShot({ inHand }: LiveState): ReadonlyMap<ShotId, readonly Step[]> {
  const found = new Map<ShotId, Step[]>();
  for (const { step } of inHand.values()) {
    if (step.kind === "join") continue;
    found.set(step.shot, [...(found.get(step.shot) ?? []), step]);
  }
  return found;
}
