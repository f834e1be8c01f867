import type { ClipFigures, Finding } from "../shot/clip-check.ts";
import type { BesideFile, FilmFigures } from "../shot/film-figures.ts";
import type { FrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, Sha256, ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { PixelSize, Resolution, UpgradeResolution } from "../shot/resolution.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { LedgerEvent, Recorded, Salvaged, Submitting, TakeEvent } from "./event.ts";

/** Where a batch stands: the fold of its events. */
export interface BatchState {
  /** by shot, each list in the order of take numbers */
  readonly takes: ReadonlyMap<ShotId, readonly Take[]>;
  readonly films: ReadonlyMap<SequenceId, FilmRecord>;
}

/** One paid attempt at a shot. */
export interface Take {
  readonly shot: ShotId;
  /** from 1, given at the intent and never given to another attempt */
  readonly number: number;
  readonly token: string;
  readonly request: TakeRequest;
  readonly requestHash: Sha256;
  /** table price of the take itself, without upgrades */
  readonly credits: number;
  readonly purchase: Purchase;
  /** epoch milliseconds of the intent */
  readonly intendedAt: number;
  readonly task: TaskId | undefined;
  /** set when others stand before it although their numbers are higher: they may have been picked, and upgraded, meanwhile */
  readonly behind: Behind | undefined;
  readonly made: Made | undefined;
  readonly files: ReadonlyMap<Resolution, TakeFile>;
  readonly upgrades: ReadonlyMap<UpgradeResolution, Upgrade>;
  /** why it ended badly or was put off */
  readonly problem: Problem | null;
}

/** A take's place among those of its shot, where its number no longer tells. */
export interface Behind {
  /** number of the last take that stands before it */
  readonly take: number;
  /** of the event that sent it there: of two behind the same, the earlier goes first */
  readonly seq: number;
}

/**
 * How the purchase of a take stands. Beyond the states of a take's life there are two that leave no trace on the bill:
 * `deferred` (answered "not now") and `forgotten` (a person says that it was not bought).
 */
export type Purchase =
  | "submitting"
  | "generating"
  | "made"
  | "refused"
  | "failed"
  | "unconfirmed"
  | "lost"
  | "deferred"
  | "forgotten";

export interface Made {
  readonly urls: readonly string[];
  readonly fullUrls: readonly string[];
  readonly seed: number | null;
  readonly upgradable: boolean;
  readonly tookMs: number;
}

export type TakeFile =
  /** `wasChecked`: it was there and whole once, and is fetched again */
  | {
      readonly state: "downloaded";
      readonly bytes: number;
      readonly wasChecked: boolean;
      /** of that earlier check: they hold until it is looked at again */
      readonly findings: readonly Finding[];
    }
  | CheckedFile
  | { readonly state: "rejected"; readonly problem: Problem };

export interface CheckedFile {
  readonly state: "checked";
  /** relative to the batch folder */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly frames: number;
  readonly frameRate: FrameRate;
  readonly size: PixelSize;
  readonly figures?: ClipFigures;
  readonly findings?: readonly Finding[];
  readonly seam?: SeamFigures;
  readonly problem: Problem | null;
}

export interface Upgrade {
  readonly state: "deferred" | "upgrading" | "upgraded" | "refused";
  readonly token: string;
  readonly credits: number;
  /** epoch milliseconds of the intent */
  readonly since: number;
  readonly urls: readonly string[];
  readonly problem: Problem | null;
}

export interface FilmRecord {
  readonly filmHash: Sha256;
  readonly file: string;
  readonly bytes: number;
  readonly frames: number;
  readonly seconds: number;
  readonly beside?: readonly BesideFile[];
  readonly figures?: FilmFigures;
}

const EMPTY_BATCH: BatchState = { takes: new Map(), films: new Map() };

export function foldEvents(events: readonly Recorded[], from: BatchState = EMPTY_BATCH): BatchState {
  return events.reduce(applyEvent, from);
}

/** The state after one more event. An event about a take that was never intended is a bug of the writer and throws. */
export function applyEvent(state: BatchState, { event, at, seq }: Recorded): BatchState {
  switch (event.event) {
    case "run-started":
    case "run-ended":
      return state;
    case "joined": {
      const { event: _, kept: __, sequence, ...film } = event;
      return { ...state, films: new Map(state.films).set(sequence, film) };
    }
    case "renamed":
      return rename(state, event.shot, event.to);
    default:
      return withTake(state, event, at, seq);
  }
}

/** The take of a shot that carries a number; undefined when it was never intended. */
export function findTake(state: BatchState, shot: ShotId, number: number): Take | undefined {
  return state.takes.get(shot)?.find((take) => take.number === number);
}

/** Credits that a take has cost so far, upgrades included. What failed was paid back, as the vendor says. */
export function creditsOf(take: Take): number {
  const bought = take.purchase === "generating" || take.purchase === "made" || take.purchase === "lost";
  const upgrades = [...take.upgrades.values()].filter(
    (upgrade) => upgrade.state === "upgrading" || upgrade.state === "upgraded",
  );
  return (bought ? take.credits : 0) + upgrades.reduce((sum, upgrade) => sum + upgrade.credits, 0);
}

/** Credits that all takes of a batch have cost so far, upgrades included. */
export function creditsSpent(state: BatchState): number {
  return [...state.takes.values()].flat().reduce((sum, take) => sum + creditsOf(take), 0);
}

function withTake(state: BatchState, event: TakeEvent, at: number, seq: number): BatchState {
  const takes = state.takes.get(event.shot) ?? [];
  const before = takes.find((take) => take.number === event.take);
  const after = afterEvent(before, event, at);
  const others = takes.filter((take) => take !== before);
  const next = [...others, after].sort((a, b) => a.number - b.number);
  return { ...state, takes: new Map(state.takes).set(event.shot, inPlace(next, before, event, seq)) };
}

/**
 * Sends takes behind others: one that is there after all behind all that there are, as one of them may have been picked
 * while it was given up; those that still generate behind the one that was forced because of them.
 */
function inPlace(takes: readonly Take[], before: Take | undefined, event: TakeEvent, seq: number): readonly Take[] {
  const wasGivenUp = before !== undefined && ["unconfirmed", "lost", "failed"].includes(before.purchase);
  const isBack = (event.event === "submitted" || event.event === "adopted") && wasGivenUp;
  const isForced = event.event === "submitting" && event.overtakes;
  if (!isBack && !isForced) return takes;
  const behind = { take: isBack ? (takes.at(-1)?.number ?? event.take) : event.take, seq };
  return takes.map((take) => {
    const isSent = isBack ? take.number === event.take : take.number !== event.take && take.purchase === "generating";
    return isSent ? { ...take, behind } : take;
  });
}

function afterEvent(before: Take | undefined, event: TakeEvent, at: number): Take {
  switch (event.event) {
    case "submitting":
      return intend(event, at);
    case "salvaged":
      return salvage(event, at);
    default:
      return advance(requireTake(before, event), event, at);
  }
}

/** A take as it stood when its task was known: what came after, the run loop finds out anew. */
function salvage(event: Salvaged, at: number): Take {
  const since = event.boughtAt ?? at;
  // No intent of this ledger stands behind it, so its token names nothing; it only has to be its own.
  const intent = { ...event, event: "submitting", token: event.task } as const;
  const upgrades = event.upgrades.map(({ resolution, credits }) => {
    return [resolution, { state: "upgraded", token: "", credits, since, urls: [], problem: null } as const] as const;
  });
  return { ...intend(intent, since), purchase: "generating", task: event.task, upgrades: new Map(upgrades) };
}

function intend(event: Submitting, at: number): Take {
  return {
    shot: event.shot,
    number: event.take,
    token: event.token,
    request: event.request,
    requestHash: event.requestHash,
    credits: event.credits,
    purchase: "submitting",
    intendedAt: at,
    task: undefined,
    behind: undefined,
    made: undefined,
    files: new Map(),
    upgrades: new Map(),
    problem: null,
  };
}

function advance(take: Take, event: Exclude<TakeEvent, Submitting | Salvaged>, at: number): Take {
  switch (event.event) {
    case "submitted":
    case "adopted":
      return { ...take, purchase: "generating", task: event.task, problem: null };
    case "deferred":
    case "refused":
    case "unconfirmed":
    case "failed":
    case "lost":
      return { ...take, purchase: event.event, problem: event.problem };
    case "forgotten":
      return { ...take, purchase: "forgotten", problem: null };
    case "made": {
      const { urls, fullUrls, seed, upgradable, tookMs } = event;
      return { ...take, purchase: "made", problem: null, made: { urls, fullUrls, seed, upgradable, tookMs } };
    }
    case "downloaded":
      return withFile(take, event.resolution, {
        state: "downloaded",
        bytes: event.bytes,
        wasChecked: wasChecked(take.files.get(event.resolution)),
        findings: findingsOf(take.files.get(event.resolution)),
      });
    case "checked": {
      const { event: _, shot: __, take: ___, resolution, ...file } = event;
      return withFile(take, resolution, { state: "checked", ...file });
    }
    case "rejected-file":
      return withFile(take, event.resolution, { state: "rejected", problem: event.problem });
    case "upgrading":
      return withUpgrade(take, event.resolution, {
        state: "upgrading",
        token: event.token,
        credits: event.credits,
        since: at,
        urls: [],
        problem: null,
      });
    case "upgraded":
      return withUpgrade(take, event.resolution, { state: "upgraded", urls: event.urls, problem: null });
    case "upgrade-deferred":
      return withUpgrade(take, event.resolution, { state: "deferred", problem: event.problem });
    case "upgrade-refused":
      return withUpgrade(take, event.resolution, { state: "refused", problem: event.problem });
  }
}

/** What a check found in a file, at whatever time it was; nothing where none has looked for anything yet. */
export function findingsOf(file: TakeFile | undefined): readonly Finding[] {
  return file && file.state !== "rejected" ? (file.findings ?? []) : [];
}

function wasChecked(file: TakeFile | undefined): boolean {
  return file?.state === "checked" || (file?.state === "downloaded" && file.wasChecked);
}

function withFile(take: Take, resolution: Resolution, file: TakeFile): Take {
  return { ...take, files: new Map(take.files).set(resolution, file) };
}

function withUpgrade(take: Take, resolution: UpgradeResolution, change: Partial<Upgrade>): Take {
  const before = take.upgrades.get(resolution);
  const upgrade = {
    token: "",
    credits: 0,
    since: 0,
    urls: [],
    problem: null,
    state: "upgrading",
    ...before,
    ...change,
  } as const;
  return { ...take, upgrades: new Map(take.upgrades).set(resolution, upgrade) };
}

function rename(state: BatchState, from: ShotId, to: ShotId): BatchState {
  const moved = (state.takes.get(from) ?? []).map((take) => ({
    ...take,
    shot: to,
    files: new Map([...take.files].map(([resolution, file]) => [resolution, moveFile(file, from, to)] as const)),
  }));
  const takes = new Map(state.takes);
  takes.delete(from);
  return { ...state, takes: takes.set(to, moved) };
}

function moveFile(file: TakeFile, from: ShotId, to: ShotId): TakeFile {
  if (file.state !== "checked") return file;
  return { ...file, file: file.file.replace(`clips/${from}/`, `clips/${to}/`) };
}

function requireTake(take: Take | undefined, event: LedgerEvent & { shot: ShotId; take: number }): Take {
  if (take) return take;
  throw new Error(`ledger: "${event.event}" of take ${event.take} of ${event.shot}, which was never intended`);
}
