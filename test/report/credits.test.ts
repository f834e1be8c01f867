import { describe, expect, test } from "vitest";
import { countOf, showChange, showCount, showCredits, showDollars, showMoney } from "../../src/report/credits.ts";

describe("money", () => {
  test("credits come with what they cost in dollars", () => {
    expect(showMoney(240)).toBe("240 credits ($1.20)");
    expect(showMoney(28_800)).toBe("28,800 credits ($144.00)");
    expect(showMoney(0)).toBe("0 credits ($0.00)");
  });

  test("half cents are not rounded away", () => {
    expect(showDollars(5)).toBe("$0.025");
    expect(showDollars(1)).toBe("$0.005");
    expect(showDollars(-60)).toBe("-$0.30");
    expect(showDollars(1_234_567)).toBe("$6,172.835");
  });

  test("one credit is no credits", () => {
    expect(showCredits(1)).toBe("1 credit");
    expect(showCredits(12.5)).toBe("12.5 credits");
  });

  test("a change carries its sign", () => {
    expect([240, -60, 0].map(showChange)).toEqual(["+240 credits", "-60 credits", "0 credits"]);
  });

  test("counts are grouped by thousands and keep at most two digits behind the point", () => {
    expect([999, 1000, 1_234_567, 1234.5678, -0.001].map(showCount)).toEqual([
      "999",
      "1,000",
      "1,234,567",
      "1,234.57",
      "0",
    ]);
    expect(countOf(1, "shot")).toBe("1 shot");
    expect(countOf(2, "shot")).toBe("2 shots");
  });
});
