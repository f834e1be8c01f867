import type { PriceTable } from "../shot/price.ts";
import type { UpgradeResolution } from "../shot/resolution.ts";
import type { TakeRequest } from "../shot/take.ts";

/** Table price of one take, in credits. */
export function takePrice(request: TakeRequest, prices: PriceTable): number {
  return request.kind === "extend" ? prices.extend[request.model] : prices.generate[request.model];
}

/** Table price of making a take larger, in credits. */
export function upgradePrice(resolution: UpgradeResolution, prices: PriceTable): number {
  return prices.upgrade[resolution];
}
