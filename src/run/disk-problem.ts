import type { Manifest } from "../manifest/manifest.ts";
import type { Step } from "../plan/step.ts";
import { showBytes } from "../shot/bytes.ts";
import type { Problem } from "../shot/problem.ts";
import { type DiskFailure, diskFailure } from "../world/disk-failure.ts";
import type { RunContext } from "./context.ts";
import { about } from "./purchase-problem.ts";

/** How much a disk should have free, and has. */
export interface DiskSpace {
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** The disk is too small for what a run would buy, so nothing is bought. */
export function tooSmallProblem(manifest: Manifest, folder: string, space: DiskSpace): Problem {
  return {
    rule: "disk-space",
    message: `this run needs about ${showBytes(space.neededBytes)} of disk for ${folder}, and ${showBytes(space.freeBytes)} are free there. Nothing was bought`,
    fix: "Make room, choose shots with --only, or name a folder on another disk with --output.",
    place: { file: manifest.shown, line: 1, column: 1 },
  };
}

/** The disk has filled up meanwhile: what is bought next might find no room. */
export function noRoomProblem(manifest: Manifest, folder: string, space: DiskSpace): Problem {
  return {
    rule: "disk-space",
    message: `buying stopped as the disk is nearly full: ${showBytes(space.freeBytes)} are free for ${folder}, and what is paid and the next purchase need about ${showBytes(space.neededBytes)}`,
    fix: "Make room and run the same command again; what is bought is kept and not paid for twice.",
    place: { file: manifest.shown, line: 1, column: 1 },
  };
}

const FAILED: Readonly<Record<DiskFailure, readonly [string, string]>> = {
  full: ["no room left on the disk", "Make room and run the same command again"],
  denied: ["it may not be written", "Give yourself the right to write there and run the same command again"],
  link: ["a link stands in its place", "Take the link away and run the same command again"],
  io: ["the disk failed", "Look after the disk (room, quota, the system's log) and run the same command again"],
};

/**
 * A step that the disk kept from its end. Nothing is lost: what is paid is in the ledger, and what came of a file is kept.
 *
 * @returns undefined when the error says nothing of the disk
 */
export function diskProblem(
  error: unknown,
  step: Step,
  { manifest, batchFolder }: Pick<RunContext, "manifest" | "batchFolder">,
): Problem | undefined {
  const failure = diskFailure(error);
  if (!failure) return undefined;
  const [why, fix] = FAILED[failure];
  const words = `: ${why} (${(error as Error).message}; ${batchFolder})`;
  const wayOut = `${fix}: it goes on where this one stopped and buys nothing twice.`;
  const rule = `disk-${failure}`;
  if (step.kind === "join") {
    return { rule, message: `film "${step.sequence}" could not be written${words}`, fix: wayOut, place: null };
  }
  return about({ manifest, shot: step.shot, take: step.take }, rule, `${undone(step)}${words}`, wayOut);
}

function undone(step: Exclude<Step, { kind: "join" }>): string {
  switch (step.kind) {
    case "submit":
      return "was not sent, as a file it needs could not be read or written";
    case "fetch":
      return `is made and paid, but its ${step.resolution} file could not be written`;
    case "check":
      return `is fetched, but its ${step.resolution} file could not be checked and named`;
    case "poll":
    case "upgrade":
      return "is bought, but what came of it could not be written";
  }
}
