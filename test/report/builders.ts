import { type BatchState, foldEvents } from "../../src/ledger/batch-state.ts";
import type { LedgerEvent, Recorded } from "../../src/ledger/event.ts";
import type { Manifest, Sequence, Shot } from "../../src/manifest/manifest.ts";
import { type Plan, planRun } from "../../src/plan/plan-run.ts";
import { hashRequest, requestOf } from "../../src/plan/request.ts";
import type { PollStep, SubmitStep } from "../../src/plan/step.ts";
import { NO_WISH, type View } from "../../src/plan/view.ts";
import type { BatchName, Sha256, ShotId, TaskId } from "../../src/shot/id.ts";
import type { PriceTable } from "../../src/shot/price.ts";
import type { Problem } from "../../src/shot/problem.ts";
import { pixelSize, type Resolution } from "../../src/shot/resolution.ts";
import { sequence as anySequence, shot as anyShot } from "../plan/batch.ts";

/** 25 July 2026, 17:20:00 UTC. */
export const NOW = 1_785_000_000_000;

const PRICES: PriceTable = {
  source: "built in",
  date: "2026-08-01",
  generate: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  extend: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  upgrade: { "1080p": 5, "4k": 120 },
};

export function shotId(id: string): ShotId {
  return id as ShotId;
}

export function shot(id: string, changes: Partial<Shot> = {}, line = 7): Shot {
  return anyShot(id, {
    place: { file: "manifests/keeper.yaml", line, column: 9 },
    promptPlace: { file: "manifests/keeper.yaml", line: line + 1, column: 13 },
    ...changes,
  });
}

export function film(id: string, shots: readonly string[], changes: Partial<Sequence> = {}): Sequence {
  const place = { file: "manifests/keeper.yaml", line: 40, column: 9 };
  const { clips } = anySequence(id, shots);
  return anySequence(id, shots, { place, clips: clips.map((clip) => ({ ...clip, place })), ...changes });
}

export function manifest(shots: readonly Shot[], changes: Partial<Manifest> = {}): Manifest {
  return {
    path: "/films/manifests/keeper.yaml",
    shown: "manifests/keeper.yaml",
    calledWith: [],
    name: "keeper" as BatchName,
    title: undefined,
    budget: {},
    limits: {},
    prices: undefined,
    output: undefined,
    onDone: undefined,
    onFailed: undefined,
    shots,
    sequences: [
      film(
        "film",
        shots.map(({ id }) => id),
      ),
    ],
    ...changes,
  };
}

/** A view of shots and of what has happened to them; every checked file and joined film lies on the shelf. */
export function viewOf(
  batch: Manifest | readonly Shot[] = [shot("harbour")],
  events: readonly LedgerEvent[] = [],
  changes: Partial<View> = {},
): View {
  const state = foldEvents(events.map((event) => recorded(event)));
  const whole = "shots" in batch ? batch : manifest(batch);
  return { manifest: whole, state, shelf: shelfOf(state), prices: PRICES, wish: NO_WISH, ...changes };
}

export function planOf(view: View): Plan {
  return planRun(view, NOW);
}

export function recorded<E extends LedgerEvent>(event: E, seq = 1, at = NOW): Recorded<E> {
  return { seq, at, event };
}

/** The events of a take from its intent on, as far as it came. */
export function bought(of: Shot, take = 1, parent?: { shot: string; take: number; task: string }): LedgerEvent[] {
  return [intent(of, take, parent), { event: "submitted", shot: of.id, take, task: taskOf(of.id, take) }];
}

export function made(of: Shot, take = 1): LedgerEvent[] {
  const urls = [`https://files.example/${of.id}.mp4?sig=1`];
  const result = { urls, fullUrls: [], seed: 12_345, upgradable: true, tookMs: 80_000 };
  return [...bought(of, take), { event: "made", shot: of.id, take, ...result }];
}

export function checked(of: Shot, take = 1): LedgerEvent[] {
  return [
    ...made(of, take),
    { event: "downloaded", shot: of.id, take, resolution: "720p", bytes: 1000 },
    fileChecked(of, take),
  ];
}

export function fileChecked(
  of: Shot,
  take = 1,
  resolution: Resolution = "720p",
  problem: Problem | null = null,
): LedgerEvent {
  const file = `clips/${of.id}/take-${take}.${resolution}.mp4`;
  const facts = { bytes: 1000, frames: 192, frameRate: { numerator: 24, denominator: 1 }, problem };
  const size = pixelSize(resolution, "wide");
  return { event: "checked", shot: of.id, take, resolution, file, sha256: `${file}` as Sha256, size, ...facts };
}

/** An intent, with what the shot asks for today; a follower needs the take it starts from. */
export function intent(of: Shot, take = 1, parent?: { shot: string; take: number; task: string }): LedgerEvent {
  const from = parent && { ...parentTake, shot: shotId(parent.shot), number: parent.take, task: parent.task as TaskId };
  const request = requestOf(of, from);
  return {
    event: "submitting",
    shot: of.id,
    take,
    token: "c0ffee",
    request,
    requestHash: hashRequest(request),
    credits: 60,
  };
}

export function ended(
  of: Shot,
  how: "refused" | "failed" | "unconfirmed" | "lost" | "deferred",
  problem: Problem,
  take = 1,
): LedgerEvent {
  return { event: how, shot: of.id, take, problem };
}

function taskOf(id: string, take = 1): TaskId {
  return `task-${id}-${take}` as TaskId;
}

export function submitStep(id: string, take: number): SubmitStep {
  const request = requestOf(shot(id), undefined);
  const requestHash = "0123" as Sha256;
  return { kind: "submit", shot: shotId(id), take, request, requestHash, credits: 60, waiting: 0, why: "never made" };
}

export function pollStep(id: string, take: number): PollStep {
  return { kind: "poll", shot: shotId(id), take, task: taskOf(id, take), why: "bought" };
}

function shelfOf(state: BatchState): ReadonlyMap<string, number> {
  const shelf = new Map<string, number>();
  for (const take of [...state.takes.values()].flat()) {
    for (const file of take.files.values()) if (file.state === "checked") shelf.set(file.file, file.bytes);
  }
  for (const { file, bytes } of state.films.values()) shelf.set(file, bytes);
  return shelf;
}

const parentTake = {
  token: "",
  request: requestOf(shot("parent"), undefined),
  requestHash: "" as Sha256,
  credits: 0,
  purchase: "made",
  intendedAt: NOW,
  behind: undefined,
  made: undefined,
  files: new Map(),
  upgrades: new Map(),
  problem: null,
} as const;

export function problem(rule: string, message = `something about ${rule}`, line?: number): Problem {
  const place = line === undefined ? null : { file: "manifests/keeper.yaml", line, column: 9 };
  return { rule, message, fix: `Mend ${rule}.`, place };
}

/** The event of the film that a plan joins, with its hash. */
export function joined(plan: Plan): Extract<LedgerEvent, { event: "joined" }> {
  const step = plan.steps.map(({ step }) => step).find((each) => each.kind === "join");
  if (!step) throw new Error("the plan joins no film");
  const { filmHash, file, frames, seconds } = step.film;
  return {
    event: "joined",
    sequence: step.sequence,
    filmHash,
    file,
    bytes: 5000,
    frames,
    seconds,
  };
}
