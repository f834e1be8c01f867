import { expect, test } from "vitest";
import { unaffordable } from "../../src/run/spending-problem.ts";

test("a price of fractions that comes to the cap, the day or the balance just so is affordable", () => {
  const credits = 0.1 + 0.1 + 0.1;
  const cost = { own: credits, together: credits, manifests: 1 };
  const cap = { credits: 0.3, place: null };
  const purse = { caps: { run: cap, day: cap }, spentToday: 0, balance: 0.3 };
  expect(unaffordable(cost, purse)).toBeUndefined();
  const over = { ...cost, own: 0.31, together: 0.31 };
  expect(unaffordable(over, purse)?.problem.rule).toBe("budget-run");
  expect(unaffordable(over, { ...purse, caps: { run: undefined, day: cap } })?.problem.rule).toBe("budget-day");
  expect(unaffordable(over, { ...purse, caps: { run: undefined, day: undefined } })?.problem.rule).toBe("balance");
});
