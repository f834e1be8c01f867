import { expect, test } from "vitest";
import { openFolder } from "./manifest-folder.ts";

test("a chain of more than six shots warns once, at the shot that makes it so", async ({ onTestFinished }) => {
  const next = (index: number) => `  - { id: s${index}, prompt: A road, follows: s${index - 1} }`;
  const shots = ["  - { id: s1, prompt: A road }", ...Array.from({ length: 7 }, (_, index) => next(index + 2))];
  const folder = await openFolder({ "film.yaml": `shots:\n${shots.join("\n")}\n` }, onTestFinished);
  const read = await folder.read();
  expect(read.ok && read.warnings.map(({ rule, place }) => ({ rule, line: place.line }))).toEqual([
    { rule: "long-chain", line: 8 },
  ]);
});
