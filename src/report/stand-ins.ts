import { commandLine } from "../manifest/command-line.ts";
import { type Manifest, parentOf } from "../manifest/manifest.ts";
import type { StandIn } from "../plan/film.ts";
import type { ShotStatus } from "../plan/shot-status.ts";
import type { ShotId } from "../shot/id.ts";
import { nameShots } from "./tell-problems.ts";

/** `with a slate for b and c, without d`: how a film does without clips; empty where it lacks none. */
export function standInWords(standIns: readonly StandIn[]): string {
  const by = (wanted: StandIn["by"]) => standIns.filter((each) => each.by === wanted).map(({ shot }) => shot);
  const [slates, skipped, smaller] = [by("slate"), by("nothing"), by("smaller clip")];
  return [
    ...(slates.length > 0 ? [`with ${slates.length === 1 ? "a slate" : "slates"} for ${nameShots(slates)}`] : []),
    ...(skipped.length > 0 ? [`without ${nameShots(skipped)}`] : []),
    ...(smaller.length > 0
      ? [`with ${smaller.length === 1 ? "a smaller clip" : "smaller clips"} of ${nameShots(smaller)}`]
      : []),
  ].join(", ");
}

/**
 * What makes a film whole: what a person has to settle first, then the command.
 *
 * @param standIns - of the film
 */
export function howToFinish(standIns: readonly StandIn[], shots: readonly ShotStatus[], manifest: Manifest): string {
  const causes = causesOf(standIns, shots, manifest);
  const named = (is: (status: ShotStatus) => boolean) => causes.filter(is).map(({ id }) => id);
  const unconfirmed = named(({ state }) => state === "unconfirmed" || state === "submitting");
  const refused = named(({ state }) => state === "refused");
  const retried = named(({ state }) => state === "failed" || state === "lost");
  const unusable = named(({ problem }) => problem?.rule === "clip-unusable");
  const blocked = named(({ state }) => state === "blocked");
  const first = [
    ...(unconfirmed.length > 0 ? [`settle ${nameShots(unconfirmed)} with callsheet adopt or forget`] : []),
    ...(refused.length > 0 ? [`change what the vendor refused (${nameShots(refused)})`] : []),
    ...(blocked.length > 0 ? [`mend what blocks ${nameShots(blocked)}`] : []),
  ];
  const again = [...(retried.length > 0 ? ["--retry-failed"] : []), ...unusable.flatMap((id) => ["--force", id])];
  const whole = commandLine(manifest, "run", [], again);
  const lead = first.length > 0 ? `To finish it, ${first.join(", ")}, then: ` : "To finish it: ";
  // The vendor's filter is moody: at times the same words pass.
  const asItIs =
    refused.length > 0 && retried.length === 0
      ? `. To send it unchanged: ${commandLine(manifest, "run", [], [...again, "--retry-failed"])}`
      : "";
  return `${lead}${whole}${asItIs}`;
}

/** The shots that stand at the beginning of what is missing: a follower is made by itself when its parent is there. */
function causesOf(
  standIns: readonly StandIn[],
  shots: readonly ShotStatus[],
  { shots: wanted }: Manifest,
): readonly ShotStatus[] {
  const parents = new Map(wanted.map((shot) => [shot.id, parentOf(shot)]));
  const causeOf = (id: ShotId): ShotStatus | undefined => {
    const status = shots.find((each) => each.id === id);
    const parent = parents.get(id);
    const isConsequence = status?.problem?.rule === "parent-missing" && parent !== undefined;
    return isConsequence ? causeOf(parent) : status;
  };
  return [...new Set(standIns.flatMap(({ shot }) => causeOf(shot) ?? []))];
}
