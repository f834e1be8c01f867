import { findingsOf, type Take } from "../ledger/batch-state.ts";
import type { Shot } from "../manifest/manifest.ts";
import { heeded, ruleOf } from "../shot/clip-check.ts";
import type { Problem } from "../shot/problem.ts";
import type { Resolution } from "../shot/resolution.ts";
import { clipFile } from "./shelf.ts";

/**
 * Whether a check passes a take's file over. Judged by the manifest of today, so that an author who wants a black picture
 * after all says so and has it; a take that was picked by hand is used as it is.
 */
export function isPassedOver(take: Take, shot: Shot, resolution: Resolution = "720p"): boolean {
  if (shot.pick === take.number) return false;
  return findingsOf(take.files.get(resolution)).some(({ check }) => shot.checks[check] === "fail");
}

/** Whether any finding would pass a take of this shot over, so that it must be looked at before more is paid for it. */
export function mayBePassedOver(shot: Shot): boolean {
  return shot.pick === undefined && Object.values(shot.checks).includes("fail");
}

/** The gravest of what was found in a file, as it is told today; undefined where there is nothing to tell. */
export function findingToday(take: Take, resolution: Resolution, shot: Shot): Problem | undefined {
  const [finding] = heeded(findingsOf(take.files.get(resolution)), shot.checks);
  if (!finding) return undefined;
  const { check, fix } = finding;
  const ways = [
    ...(fix === null ? [] : [fix]),
    isPassedOver(take, shot, resolution)
      ? `Watch ${clipFile(shot.id, take.number, resolution)}. To use it as it is, write pick: ${take.number} or checks: { ${check}: warn } in the shot. To buy another take: --force ${shot.id}.`
      : `To buy another take: --force ${shot.id}.`,
  ];
  const message = `shot "${shot.id}" (take ${take.number}): ${finding.message}`;
  return { rule: ruleOf(check), message, fix: ways.join(" "), place: shot.place };
}
