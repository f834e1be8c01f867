import type { PriceTable } from "../shot/price.ts";

/** What the simulator charges unless told otherwise. @see kie.ai price page as read in August 2026; play money in any case */
export const SIMULATED_PRICES: PriceTable = {
  source: "simulator",
  date: "2026-08-19",
  generate: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  extend: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
  upgrade: { "1080p": 5, "4k": 120 },
};
