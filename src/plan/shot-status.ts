import { type CheckedFile, creditsOf, type Take } from "../ledger/batch-state.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { RESOLUTIONS, type Resolution } from "../shot/resolution.ts";
import type { ShotState } from "../shot/take.ts";
import { problemToday } from "./problem-today.ts";
import { isRetried } from "./retry.ts";
import { isOnShelf } from "./shelf.ts";
import { openExtenders, type Standing, standingsOf } from "./standing.ts";
import type { View } from "./view.ts";

/** One shot as people and `summary.json` see it. */
export interface ShotStatus {
  readonly id: ShotId;
  readonly state: ShotState;
  /** the picked take, or the one that is furthest on; null before the first */
  readonly take: number | null;
  readonly task: TaskId | null;
  readonly wanted: Resolution;
  /** the largest that is on disk; null while there is no clip */
  readonly resolution: Resolution | null;
  /** relative to the batch folder */
  readonly file: string | null;
  /** spent on all takes of the shot, upgrades included */
  readonly credits: number;
  readonly problem: Problem | null;
}

/** Where every shot of the manifest stands, in its order. */
export function shotStatuses(view: View): readonly ShotStatus[] {
  const standings = standingsOf(view);
  return view.manifest.shots.map((shot) => {
    const standing = standings.get(shot.id);
    if (!standing) throw new Error(`plan: no standing for shot ${shot.id}`);
    const status = shotStatus(standing, view);
    return { ...status, problem: status.problem ?? upgradeWaits(status, standings) };
  });
}

/** Whether a shot is all that was asked for: a file of fewer pixels than its name says is not. */
export function isComplete({ state, resolution, wanted, problem }: ShotStatus): boolean {
  return state === "checked" && resolution === wanted && problem?.rule !== "clip-size";
}

/** Where one shot stands, but for what its neighbours make of it. */
export function shotStatus(standing: Standing, view: View): ShotStatus {
  const { shot, takes, blocked } = standing;
  const take = standing.picked ?? takes.at(-1);
  const best = take && largestOnShelf(take, view);
  const all = view.state.takes.get(shot.id) ?? [];
  const next = triedAgainAs(standing);
  const isPlanned =
    take === undefined || next !== undefined || take.purchase === "deferred" || take.purchase === "forgotten";
  return {
    id: shot.id,
    state: blocked ? "blocked" : isPlanned ? "planned" : stateOf(take, shot.resolution),
    take: isPlanned ? null : take.number,
    task: take?.task ?? null,
    wanted: shot.resolution,
    resolution: best?.resolution ?? null,
    file: best?.file.file ?? null,
    credits: all.reduce((sum, each) => sum + creditsOf(each), 0),
    problem: blocked ?? (take ? retold(problemOf(take, shot.resolution, view.manifest), take, takes, next) : null),
  };
}

/** The number of the take with which a retry policy goes on after a bad end; undefined where it does not. */
function triedAgainAs({ picked, due }: Standing): number | undefined {
  return picked ? undefined : due.find(({ why }) => why === "failed before" || why === "refused before")?.number;
}

/** A bad end with what was tried before it, and what is tried next. */
function retold(problem: Problem | null, take: Take, takes: readonly Take[], next: number | undefined): Problem | null {
  if (!problem || !isRetried(take)) return problem;
  const before = takes
    .filter((each) => each.number < take.number && isRetried(each))
    .map(({ number, purchase }) => `take ${number} ${purchase === "refused" ? "was refused" : "failed"}`);
  const message = before.length === 0 ? problem.message : `${problem.message}. Before it, ${before.join(", ")}`;
  return { ...problem, message, fix: next === undefined ? problem.fix : `It is tried again as take ${next}.` };
}

/** Told only where nothing in this run will settle the extender. */
function upgradeWaits(status: ShotStatus, standings: ReadonlyMap<ShotId, Standing>): Problem | null {
  if (status.state !== "checked" || status.resolution === status.wanted) return null;
  const [extender] = openExtenders(status.id, standings).filter(
    ({ due, waitsFor, takes }) =>
      due.length === 0 && waitsFor === undefined && !takes.some(({ purchase }) => purchase === "generating"),
  );
  if (!extender) return null;
  const { id, place } = extender.shot;
  return {
    rule: "upgrade-waits",
    message: `the ${status.wanted} of shot "${status.id}" waits until "${id}", which extends it, is settled: the vendor refuses to extend afterwards`,
    fix: `Run without --only, or name ${id} as well; an unconfirmed take is settled with adopt or forget.`,
    place,
  };
}

/** The state in a take's life, as design and `summary.json` name it. */
function stateOf(take: Take, wanted: Resolution): ShotState {
  if (take.purchase !== "made") return take.purchase as ShotState;
  const base = take.files.get("720p")?.state;
  if (base === undefined || base === "rejected") return "made";
  if (base === "downloaded" || wanted === "720p") return base;
  const upgrade = take.upgrades.get(wanted)?.state;
  if (upgrade === "upgrading") return "upgrading";
  if (upgrade !== "upgraded") return "checked";
  const larger = take.files.get(wanted)?.state;
  return larger === undefined ? "upgraded" : larger === "rejected" ? "checked" : larger;
}

function problemOf(take: Take, wanted: Resolution, manifest: Manifest): Problem | null {
  const own = problemToday(take, manifest);
  if (own) return own;
  const upgrade = wanted === "720p" ? undefined : take.upgrades.get(wanted);
  if (upgrade?.problem) return upgrade.problem;
  for (const resolution of [wanted, "720p"] as const) {
    const file = take.files.get(resolution);
    if (file && file.state !== "downloaded" && file.problem) return file.problem;
  }
  if (wanted === "720p" || take.made?.upgradable !== false) return null;
  return {
    rule: "not-upgradable",
    message: `take ${take.number} of "${take.shot}" came from the vendor's fallback model, which has no ${wanted}`,
    fix: `The 720p file is kept. For ${wanted}, buy another take: --force ${take.shot}.`,
    place: null,
  };
}

function largestOnShelf(take: Take, view: View): { resolution: Resolution; file: CheckedFile } | undefined {
  for (const resolution of RESOLUTIONS.toReversed()) {
    const file = take.files.get(resolution);
    if (isOnShelf(file, view.shelf)) return { resolution, file };
  }
  return undefined;
}
