import type { Demand } from "../media/demands.ts";

/** A group of demands under a heading, printed as soon as it was measured. */
export interface Section {
  readonly title: string;
  readonly demands: readonly Demand[];
}

export function printSection({ title, demands }: Section): void {
  const rows = demands.map(({ what, demand, measured, isMet }) => [what, demand, measured, isMet ? "met" : "NOT MET"]);
  const head = [title, "demanded", "measured", ""];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => Math.min(60, row[column]?.length ?? 0))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  process.stdout.write(`${[head, ...rows].map(line).join("\n")}\n\n`);
}
