import type { Model } from "./model.ts";
import type { UpgradeResolution } from "./resolution.ts";

/** What the vendor asks for, in credits. Data with a date: prices change, so none is ever a constant in code. */
export interface PriceTable {
  /** where the figures come from, as shown in the plan: `built in` or the file's path */
  readonly source: string;
  /** the day the figures were read, `YYYY-MM-DD` */
  readonly date: string;
  readonly generate: Readonly<Record<Model, number>>;
  readonly extend: Readonly<Record<Model, number>>;
  readonly upgrade: Readonly<Record<UpgradeResolution, number>>;
}

/** One credit in US dollars. @see kie.ai price page, as of August 2026 */
export const DOLLARS_PER_CREDIT = 0.005;

/** A table that replaces some figures of another one. */
export interface PriceOverrides {
  readonly source: string;
  readonly date: string;
  readonly generate?: Partial<PriceTable["generate"]>;
  readonly extend?: Partial<PriceTable["extend"]>;
  readonly upgrade?: Partial<PriceTable["upgrade"]>;
}

/** The table with the overridden figures in place; it takes the overrides' source and date. */
export function overridePrices(table: PriceTable, overrides: PriceOverrides | undefined): PriceTable {
  if (!overrides) return table;
  return {
    source: overrides.source,
    date: overrides.date,
    generate: { ...table.generate, ...overrides.generate },
    extend: { ...table.extend, ...overrides.extend },
    upgrade: { ...table.upgrade, ...overrides.upgrade },
  };
}

/** Sums of fractions carry dust: three times 0.1 is more than 0.3 to a computer. Far below what any vendor charges. */
const DUST_CREDITS = 1e-6;

/** Whether credits pass a limit. */
export function isAbove(credits: number, limitCredits: number): boolean {
  return credits - limitCredits > DUST_CREDITS;
}
