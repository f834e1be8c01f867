import type { BatchState, Take } from "../ledger/batch-state.ts";
import { type Manifest, parentOf, type Shot } from "../manifest/manifest.ts";
import { isOutOfUse } from "../plan/standing.ts";
import { isPassedOver } from "../plan/verdict.ts";
import type { Wish } from "../plan/view.ts";
import type { ShotId } from "../shot/id.ts";
import { EXIT, problem, Refusal } from "./exit.ts";

/** Flags that choose shots. */
export interface WishFlags {
  readonly only?: readonly string[];
  readonly force?: readonly string[];
  readonly retryFailed?: boolean;
}

/** Ends that `--retry-failed` buys again, beside those that a check brought about. An unconfirmed purchase is not among them: it may be paid and on its way. */
const RETRIED = ["refused", "failed", "lost"];

/** What the flags ask for in one batch. */
export function wishOf(flags: WishFlags, manifest: Manifest, state: BatchState): Wish {
  const renew = new Map<ShotId, { above: number; why: "forced" | "tried again" }>();
  for (const shot of manifest.shots) {
    const takes = state.takes.get(shot.id) ?? [];
    // A take that was put off was never bought: it is the one to be bought now.
    const above = takes.findLast(({ purchase }) => purchase !== "deferred")?.number ?? 0;
    if (flags.force?.includes(shot.id)) renew.set(shot.id, { above, why: "forced" });
    else if (flags.retryFailed && endedBadly(takes, shot)) renew.set(shot.id, { above, why: "tried again" });
  }
  return { only: selectionOf(flags.only, manifest), renew };
}

/** @throws Refusal when a flag names what is in none of the manifests */
export function refuseUnknownShots(flags: WishFlags, manifests: readonly Manifest[]): void {
  const ids = manifests.flatMap(({ shots }) => shots.map(({ id }) => id));
  const named = (flags.force ?? []).filter((name) => !ids.some((id) => id === name));
  const fitting = (flags.only ?? []).filter((pattern) => !ids.some((id) => matches(pattern, id)));
  const files = manifests.map(({ shown }) => shown).join(", ");
  const problems = [
    ...named.map((name) =>
      problem("unknown-shot", `--force ${name}: no such shot in ${files}`, "Name a shot by its id."),
    ),
    ...fitting.map((pattern) =>
      problem("unknown-shot", `--only ${pattern}: fits no shot in ${files}`, "* stands for any letters, ? for one."),
    ),
  ];
  if (problems.length > 0) throw new Refusal(EXIT.usage, problems);
}

/**
 * Judged by the newest request alone: that an older wording was made once is no comfort. One unconfirmed take among them
 * keeps the shot: it may be paid and on its way.
 */
function endedBadly(takes: readonly Take[], shot: Shot): boolean {
  // A second try that was put off was no try: the first one's end still stands.
  const sent = takes.filter(({ purchase }) => purchase !== "deferred");
  const newest = sent.filter(({ requestHash }) => requestHash === takes.at(-1)?.requestHash);
  if (newest.some(({ purchase }) => purchase === "unconfirmed" || purchase === "submitting")) return false;
  return (
    newest.every((take) => isOutOfUse(take, shot)) &&
    newest.some((take) => RETRIED.includes(take.purchase) || isPassedOver(take, shot))
  );
}

/** The shots that fit, with the parents they need. */
function selectionOf(patterns: readonly string[] | undefined, { shots }: Manifest): ReadonlySet<ShotId> | undefined {
  if (!patterns || patterns.length === 0) return undefined;
  const byId = new Map(shots.map((shot) => [shot.id, shot]));
  const selected = new Set<ShotId>();
  const select = (id: ShotId) => {
    const shot = byId.get(id);
    if (!shot || selected.has(id)) return;
    selected.add(id);
    const parent = parentOf(shot);
    if (parent !== undefined) select(parent);
  };
  for (const { id } of shots) if (patterns.some((pattern) => matches(pattern, id))) select(id);
  return selected;
}

/** `*` stands for any letters, `?` for one; all else for itself. */
function matches(pattern: string, id: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(id);
}
