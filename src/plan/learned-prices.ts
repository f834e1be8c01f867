import type { AccountState, WorkKind } from "../ledger/ledger.ts";
import { MODELS } from "../shot/model.ts";
import type { PriceTable } from "../shot/price.ts";

/** A price of the table that the vendor does not seem to ask any more. Credits. */
export interface LearnedPrice {
  readonly kind: WorkKind;
  readonly table: number;
  readonly took: number;
  /** how often in a row */
  readonly times: number;
}

/** One look may be an accident, as where somebody else uses the account; the same figure again is a price. */
const FEWEST_LOOKS = 2;

/** Prices that were seen to be others than the table's. Caps go on with the table: only a person changes what may be spent. */
export function learnedPrices(table: PriceTable, charges: AccountState["charges"]): readonly LearnedPrice[] {
  return tableRows(table).flatMap(([kind, price]) => {
    const seen = charges.get(kind) ?? [];
    const took = seen.at(-1);
    if (took === undefined || isSame(took, price)) return [];
    const other = seen.findLastIndex((each) => !isSame(each, took));
    const times = seen.length - 1 - other;
    return times < FEWEST_LOOKS ? [] : [{ kind, table: price, took, times }];
  });
}

function tableRows({ generate, extend, upgrade }: PriceTable): readonly (readonly [WorkKind, number])[] {
  return [
    ...MODELS.map((model) => [`generate:${model}`, generate[model]] as const),
    ...MODELS.map((model) => [`extend:${model}`, extend[model]] as const),
    ...(["1080p", "4k"] as const).map((resolution) => [`upgrade:${resolution}`, upgrade[resolution]] as const),
  ];
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.01;
}
