import type { History } from "./history.ts";

/** What was tried so far, over any number of schedules, and how often. */
export type Tally = Readonly<Record<(typeof COUNTED)[number], number>>;

const COUNTED = [
  "schedules",
  "runs",
  "killed",
  "faults",
  "purchases",
  "tries again",
  "callbacks",
  "claims settled",
  "films",
  "films with stand-ins",
  "virtual hours",
] as const;

export const NOTHING_TRIED: Tally = tallyOf(() => 0);

export function count(tally: Tally, { runs, batches, arrivals, joins, callbacks, troubled, end }: History): Tally {
  const events = end.events.flat().map(({ event }) => event);
  const wanted = batches.map(({ manifest }) => new Map(manifest.shots.map((shot) => [shot.id, shot])));
  const retried = end.events.flatMap((each, batch) =>
    each.filter(({ event }) => {
      if (event.event !== "submitting") return false;
      const shot = wanted[batch]?.get(event.shot);
      return shot?.retry !== undefined && event.take > shot.takes;
    }),
  );
  const here: Tally = {
    schedules: 1,
    runs: runs.length,
    killed: runs.filter((run) => run.end === "died").length,
    faults: arrivals.filter(({ fault }) => fault !== undefined).length,
    purchases: end.charges.length,
    "tries again": retried.length,
    callbacks,
    "claims settled": troubled.events.flat().filter(({ event }) => event.event === "adopted").length,
    films: events.filter(({ event }) => event === "joined").length,
    "films with stand-ins": joins.filter(
      ({ batch, shows }) =>
        shows.some((task) => task.startsWith("slate of ")) || shows.length < (wanted[batch]?.size ?? 0),
    ).length,
    "virtual hours": runs.reduce((sum, { tookMs }) => sum + tookMs / 3_600_000, 0),
  };
  return tallyOf((name) => tally[name] + here[name]);
}

/** One line for whoever watches. */
export function tell(tally: Tally): string {
  return COUNTED.map((name) => `${Math.round(tally[name])} ${name}`).join(", ");
}

function tallyOf(figure: (name: (typeof COUNTED)[number]) => number): Tally {
  return Object.fromEntries(COUNTED.map((name) => [name, figure(name)])) as Tally;
}
