import type { BatchState } from "../ledger/batch-state.ts";
import type { WorkKind } from "../ledger/ledger.ts";
import type { BalanceTrace } from "./balance-trace.ts";
import { workKind } from "./poll.ts";

/**
 * What one purchase cost, as the balance tells it: only where it moved for nothing but purchases of one kind, all of this
 * batch and none of them in doubt. Undefined everywhere else.
 *
 * @param state - after the run
 */
export function chargeByBalance(
  state: BatchState,
  { since, fell, explained, doubtful }: BalanceTrace,
): { readonly kind: WorkKind; readonly credits: number } | undefined {
  const bought = purchasesSince(state, since);
  const [first] = bought;
  const isAlone = bought.every(({ kind }) => kind === first?.kind);
  const isAll = bought.reduce((sum, { credits }) => sum + credits, 0) === explained;
  if (!first || !isAlone || !isAll || doubtful > 0 || fell <= 0) return undefined;
  return { kind: first.kind, credits: Math.round((fell / bought.length) * 100) / 100 };
}

function purchasesSince(state: BatchState, since: number): readonly { kind: WorkKind; credits: number }[] {
  return [...state.takes.values()].flat().flatMap((take) => {
    const isBought = take.purchase === "generating" || take.purchase === "made";
    const itself =
      isBought && take.intendedAt >= since ? [{ kind: workKind(take.request), credits: take.credits }] : [];
    const upgrades = [...take.upgrades].flatMap(([resolution, upgrade]) => {
      const isOrdered = upgrade.state === "upgrading" || upgrade.state === "upgraded";
      const kind: WorkKind = `upgrade:${resolution}`;
      return isOrdered && upgrade.since >= since ? [{ kind, credits: upgrade.credits }] : [];
    });
    return [...itself, ...upgrades];
  });
}
