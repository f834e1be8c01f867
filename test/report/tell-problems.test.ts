import { describe, expect, test } from "vitest";
import { PLAIN } from "../../src/report/style.ts";
import { nameShots, tellProblem, tellProblems } from "../../src/report/tell-problems.ts";
import { problem, shotId } from "./builders.ts";

describe("a problem", () => {
  test("begins with its place and ends with the way out", () => {
    expect(tellProblem(problem("refused", 'shot "door" was refused', 12), PLAIN)).toBe(
      'manifests/keeper.yaml:12:9: shot "door" was refused [refused]\n   Mend refused.',
    );
  });

  test("without place or fix is its message alone", () => {
    expect(tellProblem({ rule: "x", message: "it rains", fix: null, place: null }, PLAIN)).toBe("it rains [x]");
  });

  test("cannot steer the terminal, wherever the escape hides", () => {
    const told = tellProblem(
      { rule: "x", message: "a\u001b[2Jb", fix: "c\u0007", place: { file: "d\u001b.yaml", line: 1, column: 1 } },
      PLAIN,
    );
    expect(told).toBe("d\\x1b.yaml:1:1: a\\x1b[2Jb [x]\n   c\\x07");
  });
});

describe("many problems", () => {
  const of = (shot: string, message: string) => ({ shot: shotId(shot), problem: problem("failed", message) });

  test("that differ only in shot, take and moment are told once", () => {
    const found = [
      of("a", 'shot "a" (take 1) failed at 2026-07-25T17:20:00.000Z'),
      of("b", 'shot "b" (take 3) failed at 2026-07-25T17:21:00.000Z'),
      of("c", 'shot "c" (take 1) ran out'),
      of("b", 'shot "b" (take 4) failed at 2026-07-25T17:25:00.000Z'),
    ];
    expect(tellProblems(found, PLAIN)).toEqual([
      'shot "a" (take 1) failed at 2026-07-25T17:20:00.000Z [failed]\n   Mend failed.\n   The same holds for 1 more shot: b.',
      'shot "c" (take 1) ran out [failed]\n   Mend failed.',
    ]);
  });

  test("an id inside another word is not taken for the shot", () => {
    const found = [of("door", 'shot "door" (take 1): outdoor'), of("lamp", 'shot "lamp" (take 1): outlamp')];
    expect(tellProblems(found, PLAIN)).toHaveLength(2);
  });
});

test("names are listed as people do, and counted beyond twenty", () => {
  expect([["a"], ["a", "b"], ["a", "b", "c"]].map(nameShots)).toEqual(["a", "a and b", "a, b and c"]);
  const many = Array.from({ length: 1_022 }, (_, index) => `s${index}`);
  expect(nameShots(many)).toMatch(/^s0, s1, .*, s19 and 1,002 more$/);
});
