import { type CheckedFile, creditsOf, type Take } from "../ledger/batch-state.ts";
import type { Manifest, Shot } from "../manifest/manifest.ts";
import type { ClipFigures } from "../shot/clip-check.ts";
import type { ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { RESOLUTIONS, type Resolution } from "../shot/resolution.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { ShotState } from "../shot/take.ts";
import type { BuyReason } from "./buy-reason.ts";
import { problemToday } from "./problem-today.ts";
import { badEndOf } from "./retry.ts";
import { seamOf } from "./seam-trim.ts";
import { isOnShelf } from "./shelf.ts";
import { openExtenders, type Standing, standingsOf } from "./standing.ts";
import { findingToday, isPassedOver } from "./verdict.ts";
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
  /** what was measured of that file; null where that was not done */
  readonly figures: ClipFigures | null;
  /** how it goes on from its parent; null where it has none or that was not measured */
  readonly seam: SeamFigures | null;
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
  const best = take && largestOnShelf(take, shot, view);
  const all = view.state.takes.get(shot.id) ?? [];
  const next = triedAgainAs(standing);
  const isPlanned =
    take === undefined || next !== undefined || take.purchase === "deferred" || take.purchase === "forgotten";
  return {
    id: shot.id,
    state: blocked ? "blocked" : isPlanned ? "planned" : stateOf(take, shot),
    take: isPlanned ? null : take.number,
    task: take?.task ?? null,
    wanted: shot.resolution,
    resolution: best?.resolution ?? null,
    file: best?.file.file ?? null,
    figures: best?.file.figures ?? null,
    seam: (take && seamOf(take)) ?? null,
    credits: all.reduce((sum, each) => sum + creditsOf(each), 0),
    problem: blocked ?? (take ? retold(problemOf(take, shot, view.manifest), take, takes, { shot, next }) : null),
  };
}

const TRIED_AGAIN: readonly BuyReason[] = ["failed before", "refused before", "passed over before"];

/** The number of the take with which a retry policy goes on after a bad end; undefined where it does not. */
function triedAgainAs({ picked, due }: Standing): number | undefined {
  return picked ? undefined : due.find(({ why }) => TRIED_AGAIN.includes(why))?.number;
}

/** A bad end with what was tried before it, and what is tried next. */
function retold(
  problem: Problem | null,
  take: Take,
  takes: readonly Take[],
  { shot, next }: { readonly shot: Shot; readonly next: number | undefined },
): Problem | null {
  if (!problem || !badEndOf(take, shot)) return problem;
  const before = takes.flatMap((each) => {
    const end = each.number < take.number ? badEndOf(each, shot) : undefined;
    return end ? [`take ${each.number} ${ENDED[end]}`] : [];
  });
  const message = before.length === 0 ? problem.message : `${problem.message}. Before it, ${before.join(", ")}`;
  return { ...problem, message, fix: next === undefined ? problem.fix : `It is tried again as take ${next}.` };
}

const ENDED = { failed: "failed", refused: "was refused", checks: "was passed over" } as const;

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
function stateOf(take: Take, shot: Shot): ShotState {
  const wanted = shot.resolution;
  if (take.purchase !== "made") return take.purchase as ShotState;
  const base = take.files.get("720p")?.state;
  if (base === undefined || base === "rejected") return "made";
  if (isPassedOver(take, shot)) return "failed";
  if (base === "downloaded" || wanted === "720p") return base;
  const upgrade = take.upgrades.get(wanted)?.state;
  if (upgrade === "upgrading") return "upgrading";
  if (upgrade !== "upgraded") return "checked";
  const larger = take.files.get(wanted)?.state;
  if (larger === undefined) return "upgraded";
  return larger === "rejected" || isPassedOver(take, shot, wanted) ? "checked" : larger;
}

function problemOf(take: Take, shot: Shot, manifest: Manifest): Problem | null {
  const wanted = shot.resolution;
  const own = problemToday(take, manifest);
  if (own) return own;
  const upgrade = wanted === "720p" ? undefined : take.upgrades.get(wanted);
  if (upgrade?.problem) return upgrade.problem;
  for (const resolution of [wanted, "720p"] as const) {
    const file = take.files.get(resolution);
    if (file && file.state !== "downloaded" && file.problem) return file.problem;
    const found = findingToday(take, resolution, shot);
    if (found) return found;
  }
  if (wanted === "720p" || take.made?.upgradable !== false) return null;
  return {
    rule: "not-upgradable",
    message: `take ${take.number} of "${take.shot}" came from the vendor's fallback model, which has no ${wanted}`,
    fix: `The 720p file is kept. For ${wanted}, buy another take: --force ${take.shot}.`,
    place: null,
  };
}

function largestOnShelf(take: Take, shot: Shot, view: View): { resolution: Resolution; file: CheckedFile } | undefined {
  for (const resolution of RESOLUTIONS.toReversed()) {
    const file = take.files.get(resolution);
    // Of a take that is passed over as a whole, its file is shown all the same: it is what a person looks at.
    const isUsed = resolution === "720p" || !isPassedOver(take, shot, resolution);
    if (isUsed && isOnShelf(file, view.shelf)) return { resolution, file };
  }
  return undefined;
}
