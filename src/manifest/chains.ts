import type { Need } from "./graph.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** Each clip of a chain begins from a picture of the one before, and its faults of colour and likeness with it. */
const LONGEST_CHAIN = 6;

/** Warns where a chain of followers and extensions becomes longer than what usually holds together: once a chain. */
export function warnOfLongChains(needs: readonly Need[], sheet: Sheet<ManifestText>): void {
  const parents = new Map(needs.map(({ shot, parent }) => [shot, parent]));
  for (const { shot, how, at } of needs) {
    if (lengthTo(shot, parents) !== LONGEST_CHAIN + 1) continue;
    const message = `shot ${quoted(shot)} is number ${LONGEST_CHAIN + 1} of a chain of shots that follow or extend one another`;
    const fix =
      how === "follows"
        ? "Colours and faces wander along a chain: begin a new one here, with image or references."
        : "Colours and faces wander along a chain: let a new shot begin here.";
    sheet.warning({ rule: "long-chain", at, message, fix });
  }
}

/** Shots from the first one to this; endless for a circle, which is reported elsewhere. */
function lengthTo(shot: string, parents: ReadonlyMap<string, string>): number {
  let length = 1;
  for (let parent = parents.get(shot); parent !== undefined; parent = parents.get(parent)) {
    if (length > parents.size) return Number.POSITIVE_INFINITY;
    length++;
  }
  return length;
}
