import type { Take } from "../ledger/batch-state.ts";
import { commandLine } from "../manifest/command-line.ts";
import type { Problem } from "../shot/problem.ts";
import type { Resolution } from "../shot/resolution.ts";
import { absentFiles } from "./shelf.ts";
import type { View } from "./view.ts";

/** How long the vendor keeps records and files. @see kie.ai Getting Started, Get Veo3.1 Video Details */
const KEPT_DAYS = 14;
/** From here on it is said: some days are left to do something. */
const TOLD_FROM_DAYS = 10;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Takes that are paid for, not on disk, and about to be deleted by the vendor, or deleted already.
 *
 * @param now - epoch milliseconds
 */
export function fadingProblems(view: View, now: number): readonly Problem[] {
  return [...view.state.takes.values()].flat().flatMap((take) =>
    absentFiles(take, view.shelf).flatMap(({ resolution, since }) => {
      const days = Math.floor((now - since) / DAY_MS);
      return days < TOLD_FROM_DAYS ? [] : [problemOf(take, resolution, days, view)];
    }),
  );
}

function problemOf({ shot, number }: Take, resolution: Resolution, days: number, { manifest }: View): Problem {
  const place = manifest.shots.find(({ id }) => id === shot)?.place ?? null;
  const kept =
    days < KEPT_DAYS
      ? `the vendor deletes it after ${KEPT_DAYS} days`
      : `the vendor deletes after ${KEPT_DAYS} days, so it may be gone`;
  return {
    rule: "fading-take",
    message: `shot "${shot}" (take ${number}) was bought ${days} days ago, and its ${resolution} file is not here: ${kept}`,
    fix: `Fetch it now: ${commandLine(manifest, "salvage")}. It buys nothing.`,
    place,
  };
}
