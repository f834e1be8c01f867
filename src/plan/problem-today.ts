import type { Take } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Manifest, Shot } from "../manifest/manifest.ts";
import type { ShotId } from "../shot/id.ts";
import type { Place } from "../shot/place.ts";
import type { Problem } from "../shot/problem.ts";

/**
 * A take's problem as it is to be told now. The ledger keeps it in the words of its day: since then the manifest may
 * have grown lines, and the person may stand in another folder, where the old place and commands lead nowhere.
 */
export function problemToday({ problem, shot: id, number, purchase, request }: Take, manifest: Manifest) {
  if (!problem) return undefined;
  const shot = manifest.shots.find((each) => each.id === id);
  const place = shot && problem.place ? placeOfProblem(shot, problem.rule, request.prompt) : problem.place;
  const fix = purchase === "unconfirmed" ? waysToSettle(manifest, id, number) : problem.fix;
  return { ...problem, place, fix } satisfies Problem;
}

/** Where a person looks, and the two commands between which they then choose. */
export function waysToSettle(manifest: Manifest, shot: ShotId, take: number): string {
  const which = takeFlag(manifest, shot, take);
  const adopt = commandLine(manifest, "adopt", [shot, "TASK"], which);
  const forget = commandLine(manifest, "forget", [shot], which);
  return `Look for it at https://kie.ai/logs around that time. If it is there:\n  ${adopt}\nIf not:\n  ${forget}`;
}

/** What `adopt` and `forget` need to know which take is meant, where a shot may have several. */
export function takeFlag(manifest: Manifest, shot: ShotId, take: number): readonly string[] {
  const hasSiblings = take > 1 || manifest.shots.some(({ id, takes }) => id === shot && takes > 1);
  return hasSiblings ? ["--take", `${take}`] : [];
}

/**
 * Where the cause of a take's problem is written: at the prompt where the vendor disliked it, else at the shot.
 *
 * @param prompt - what the vendor was sent; undefined where its words are not what may be wrong
 */
export function placeOfProblem(shot: Shot, rule: string, prompt: string | undefined): Place {
  if (rule !== "refused" && rule !== "failed") return shot.place;
  const isSecond = prompt !== undefined && prompt !== shot.prompt && prompt === shot.retry?.prompt;
  return isSecond && shot.retry ? shot.retry.promptPlace : shot.promptPlace;
}
