import { findTake, type Take, type TakeFile } from "../ledger/batch-state.ts";
import type { Intent } from "../ledger/event.ts";
import { parentOf, type Sequence } from "../manifest/manifest.ts";
import type { ShotId } from "../shot/id.ts";
import type { Resolution } from "../shot/resolution.ts";
import type { TakeRequest } from "../shot/take.ts";
import { type FilmPlan, missingShots, planFilm, planWithStandIns } from "./film.ts";
import { isHandedOff } from "./hand-off.ts";
import { takePrice, upgradePrice } from "./price.ts";
import { clipFile, isOnShelf, isThere, lacksBeside, partFile, withAllClips } from "./shelf.ts";
import { hasEnded, openExtenders, type Standing, standingsOf } from "./standing.ts";
import {
  type CheckStep,
  type FetchStep,
  isPurchase,
  type JoinStep,
  type PollStep,
  type Step,
  type SubmitStep,
  type UpgradeStep,
} from "./step.ts";
import { isSelected, type View } from "./view.ts";

/**
 * All steps that could run now. Asked again after every event, so the graph may change while it runs; steps in hand
 * are named again until their event is there, and the caller knows which those are.
 *
 * @param options - `closing`: nothing more will come in this run, so films are joined also without clips they miss, where
 *   their `on_missing` says so
 */
export function nextSteps(view: View, { closing = false }: { readonly closing?: boolean } = {}): readonly Step[] {
  const standings = standingsOf(view);
  return [
    ...submitSteps(view, standings),
    ...[...view.state.takes].flatMap(([shot, takes]) =>
      isSelected(view, shot) ? takes.flatMap((take) => takeSteps(view, take)) : [],
    ),
    ...upgradeSteps(view, standings),
    ...view.manifest.sequences.flatMap((sequence) => joinSteps(view, sequence, standings, closing)),
  ];
}

/**
 * Whether what an intent would buy is still to be bought. Steps of one shot may overtake each other on their way to the
 * gate, and the plan then gives the next ones other numbers: without this look both would be bought.
 */
export function isStillDue(intent: Intent, view: View): boolean {
  return nextSteps(view).some((step) => {
    if (intent.event === "submitting") {
      const isIt = step.kind === "submit" && step.shot === intent.shot && step.take === intent.take;
      return isIt && step.requestHash === intent.requestHash;
    }
    const isIt = step.kind === "upgrade" && step.shot === intent.shot && step.take === intent.take;
    return isIt && step.resolution === intent.resolution && isPurchase(step);
  });
}

function submitSteps(view: View, standings: ReadonlyMap<ShotId, Standing>): readonly SubmitStep[] {
  const waiting = countWaiting(view);
  return [...standings.values()].flatMap(({ shot, due }) =>
    due
      .filter(({ request }) => parentFrameIsHere(view, request))
      .map(({ number, request, requestHash, why }) => ({
        kind: "submit" as const,
        shot: shot.id,
        take: number,
        request,
        requestHash,
        credits: takePrice(request, view.prices),
        waiting: waiting.get(shot.id) ?? 0,
        why,
      })),
  );
}

/** A shot that follows another needs that clip's file, which may have to be fetched again first. */
function parentFrameIsHere(view: View, request: TakeRequest): boolean {
  if (request.kind === "extend" || request.stills.use !== "frames") return true;
  const { first } = request.stills;
  if (first.from !== "last-frame") return true;
  const parent = findTake(view.state, first.shot, first.take);
  return isOnShelf(parent?.files.get("720p"), view.shelf);
}

/** How long the longest chain of shots behind each shot is. */
function countWaiting(view: View): ReadonlyMap<ShotId, number> {
  const parents = new Map(view.manifest.shots.map((shot) => [shot.id, parentOf(shot)]));
  const waiting = new Map<ShotId, number>();
  for (const shot of view.manifest.shots) {
    let behind = 1;
    for (let parent = parentOf(shot); parent !== undefined; parent = parents.get(parent)) {
      waiting.set(parent, Math.max(waiting.get(parent) ?? 0, behind++));
    }
  }
  return waiting;
}

/** What is paid for is brought home, whether or not the manifest still wants it. */
function takeSteps(view: View, take: Take): readonly (PollStep | FetchStep | CheckStep | UpgradeStep)[] {
  if (take.purchase === "generating" && take.task !== undefined) {
    return [{ kind: "poll", shot: take.shot, take: take.number, task: take.task, why: "bought" }];
  }
  if (take.purchase !== "made") return [];
  const { shot, number, task } = take;
  const upgrading = [...take.upgrades].flatMap(([resolution, { state }]): UpgradeStep[] =>
    state === "upgrading" && task !== undefined
      ? [{ kind: "upgrade", shot, take: number, task, resolution, credits: 0, why: "bought" }]
      : [],
  );
  const upgraded = [...take.upgrades].flatMap(([resolution, { state }]) => (state === "upgraded" ? [resolution] : []));
  const files = (["720p", ...upgraded] as const).flatMap((resolution) => {
    const step = fileStep(view, take, resolution, take.files.get(resolution));
    return step ? [step] : [];
  });
  return [...files, ...upgrading];
}

function fileStep(
  view: View,
  take: Take,
  resolution: Resolution,
  file: TakeFile | undefined,
): FetchStep | CheckStep | undefined {
  const about = { shot: take.shot, take: take.number, resolution };
  switch (file?.state) {
    case "rejected":
      return undefined;
    case "checked": {
      const bytes = view.shelf.get(file.file);
      if (bytes === file.bytes) return undefined;
      return { kind: "fetch", ...about, why: bytes === undefined ? "clip file missing" : "clip file changed" };
    }
    case "downloaded":
      return [partFile, clipFile].some(
        (name) => view.shelf.get(name(take.shot, take.number, resolution)) === file.bytes,
      )
        ? { kind: "check", ...about, why: "downloaded" }
        : { kind: "fetch", ...about, why: "clip file missing" };
    case undefined:
      return { kind: "fetch", ...about, why: "made" };
  }
}

/** Only the picked take is upgraded, and only when every shot that extends it is settled: afterwards the vendor refuses. */
function upgradeSteps(view: View, standings: ReadonlyMap<ShotId, Standing>): readonly UpgradeStep[] {
  return [...standings.values()].flatMap(({ shot, picked }): UpgradeStep[] => {
    const { resolution } = shot;
    if (resolution === "720p" || !picked?.made?.upgradable || picked.task === undefined || hasEnded(picked)) return [];
    if (!isSelected(view, shot.id) || picked.files.get("720p")?.state !== "checked") return [];
    const upgrade = picked.upgrades.get(resolution);
    if (upgrade && upgrade.state !== "deferred") return [];
    if (openExtenders(shot.id, standings).length > 0) return [];
    const about = { kind: "upgrade" as const, shot: shot.id, take: picked.number, task: picked.task, resolution };
    return [{ ...about, credits: upgradePrice(resolution, view.prices), why: "upgrade asked for" }];
  });
}

function joinSteps(
  view: View,
  sequence: Sequence,
  standings: ReadonlyMap<ShotId, Standing>,
  closing: boolean,
): readonly JoinStep[] {
  if (!sequence.clips.some(({ shot }) => isSelected(view, shot))) return [];
  const film = planFilm(sequence, view, standings) ?? (closing ? lastResort(view, sequence, standings) : undefined);
  const why = film && joinReason(view, film);
  return film && why ? [{ kind: "join", sequence: sequence.id, film, why }] : [];
}

/** The film with stand-ins, unless it misses shots that nobody selected, or stands there whole already. */
function lastResort(view: View, sequence: Sequence, standings: ReadonlyMap<ShotId, Standing>): FilmPlan | undefined {
  if (!missingShots(sequence, view, standings).every((shot) => isSelected(view, shot))) return undefined;
  return standsWhole(sequence, view, standings) ? undefined : planWithStandIns(sequence, view, standings);
}

/**
 * Whether the film on disk was joined from all it wants, although clips are gone since: that they could not be fetched
 * again is no reason to spoil it.
 */
export function standsWhole(sequence: Sequence, view: View, standings: ReadonlyMap<ShotId, Standing>): boolean {
  const whole = planFilm(sequence, { ...view, shelf: withAllClips(view) }, standings);
  return whole !== undefined && joinReason(view, whole) === undefined;
}

function joinReason(view: View, film: FilmPlan): JoinStep["why"] | undefined {
  const before = view.state.films.get(film.sequence);
  if (!before) return "never joined";
  if (before.filmHash !== film.filmHash) return "clips or cut changed";
  if (!isThere(before, view.shelf)) return "film file missing";
  if (lacksBeside(before, view.shelf)) return "file beside it missing";
  return isHandedOff(film.handOff, before) ? undefined : "hand-off changed";
}
