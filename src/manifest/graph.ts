import type { Path } from "./located.ts";
import { nearest } from "./nearest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** That one shot needs another. */
export interface Need {
  readonly shot: string;
  readonly how: "follows" | "extends";
  readonly parent: string;
  /** where the parent's name stands */
  readonly at: Path;
}

/** The names of shots, and whether all of them are known: with one missing, no other name can be called unknown. */
export interface ShotNames {
  readonly ids: ReadonlySet<string>;
  readonly complete: boolean;
}

/** Reports a name that no shot has. */
export function checkShotName(name: string, at: Path, who: string, names: ShotNames, sheet: Sheet<ManifestText>): void {
  if (names.ids.has(name) || !names.complete) return;
  const meant = nearest(name, names.ids);
  const message = `${who} ${quoted(name)}, which is no shot of this manifest`;
  const fix = meant === undefined ? "Write the id of a shot." : `Write ${meant}.`;
  sheet.problem({ rule: "unknown-shot", at, message, fix });
}

/** Reports every circle of shots that wait for each other, once each, at the need that stands first in the file. */
export function checkCircles(needs: readonly Need[], sheet: Sheet<ManifestText>): void {
  const needOf = new Map<string, Need>();
  for (const need of needs) if (!needOf.has(need.shot)) needOf.set(need.shot, need);

  const walkOf = new Map<string, Need>(); // which walk, named by its first need, came past a shot
  for (const first of needs) {
    let need: Need | undefined = first;
    while (need && !walkOf.has(need.shot)) {
      walkOf.set(need.shot, first);
      need = needOf.get(need.parent);
    }
    if (need && walkOf.get(need.shot) === first) reportCircle(need, needOf, sheet);
  }
}

function reportCircle(start: Need, needOf: ReadonlyMap<string, Need>, sheet: Sheet<ManifestText>): void {
  const circle = [start];
  for (let need = needOf.get(start.parent); need && need !== start; need = needOf.get(need.parent)) circle.push(need);
  const steps = circle.map((need, index) => `${index === 0 ? "" : "which "}${need.how} ${quoted(need.parent)}`);
  const message = `shot ${quoted(start.shot)} ${steps.join(", ")}: each waits for the other, so none can begin`;
  const alone = `shot ${quoted(start.shot)} ${start.how} itself`;
  sheet.problem({
    rule: "shot-circle",
    at: start.at,
    message: circle.length === 1 ? alone : message,
    fix: circle.length === 1 ? "Write the id of another shot." : "Let one of them begin without the others.",
  });
}
