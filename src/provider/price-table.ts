import type { PriceTable } from "../shot/price.ts";

/**
 * Credits for a video of 8 seconds as the vendor's price page had them. Other figures were measured at other times
 * (168 for Fast), so the plan shows the date and a manifest may replace any of them.
 */
export const VEO_PRICES: PriceTable = {
  source: "built in",
  date: "2026-08-19",
  generate: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  extend: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  upgrade: { "1080p": 5, "4k": 120 },
};
