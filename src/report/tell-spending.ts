import type { DaySpending } from "../ledger/ledger.ts";
import { countOf, showCredits, showMoney } from "./credits.ts";
import { padEnd, padStart } from "./printable.ts";
import { paint, type Style } from "./style.ts";

/** What `spend` prints: a line a day, oldest first, and the sum. */
export function tellSpending(days: readonly DaySpending[], style: Style): string {
  if (days.length === 0) return "Nothing was bought from this machine with this key and address.\n";
  const rows = days.map((day) => ({
    day: day.day,
    credits: showMoney(day.credits),
    purchases: countOf(day.purchases, "purchase"),
    note: noteOf(day),
  }));
  const width = (name: "credits" | "purchases") => Math.max(...rows.map((row) => row[name].length));
  const lines = rows.map(({ day, credits, purchases, note }) =>
    `${day}  ${padStart(credits, width("credits"))}  ${padEnd(purchases, width("purchases"))}${note}`.trimEnd(),
  );
  const total = days.reduce((sum, { credits }) => sum + credits, 0);
  const about = `At table price, as the caps count it. Takes that were found again with salvage are in no day.`;
  return `${[...lines, paint(style, "bold", `Total: ${showMoney(total)}`), about].join("\n")}\n`;
}

function noteOf({ unconfirmedCredits }: DaySpending): string {
  return unconfirmedCredits === 0 ? "" : `  of these ${showCredits(unconfirmedCredits)} unconfirmed`;
}
