import type { History } from "./history.ts";

/** What was tried so far, over any number of schedules. */
export interface Tally {
  readonly schedules: number;
  readonly runs: number;
  readonly deaths: number;
  readonly purchases: number;
  readonly faults: number;
  readonly virtualHours: number;
}

export const NOTHING_TRIED: Tally = { schedules: 0, runs: 0, deaths: 0, purchases: 0, faults: 0, virtualHours: 0 };

export function count(tally: Tally, { runs, arrivals, end }: History): Tally {
  return {
    schedules: tally.schedules + 1,
    runs: tally.runs + runs.length,
    deaths: tally.deaths + runs.filter((run) => run.end === "died").length,
    purchases: tally.purchases + end.charges.length,
    faults: tally.faults + arrivals.filter(({ fault }) => fault !== undefined).length,
    virtualHours: tally.virtualHours + runs.reduce((sum, { tookMs }) => sum + tookMs / 3_600_000, 0),
  };
}

/** One line for whoever watches. */
export function tell(tally: Tally): string {
  const { schedules, runs, deaths, purchases, faults, virtualHours } = tally;
  return `${schedules} schedules: ${runs} runs, ${deaths} of them killed, ${purchases} purchases, ${faults} faults, ${Math.round(virtualHours)} virtual hours`;
}
