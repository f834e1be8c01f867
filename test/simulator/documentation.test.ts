import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ENDPOINT_NAMES } from "../../src/simulator/endpoint.ts";
import { FAILURE_NAMES } from "../../src/simulator/failure.ts";
import { FAULT_NAMES } from "../../src/simulator/faults.ts";
import { SWITCHES } from "../../src/simulator/switches.ts";

const page = await readFile(new URL("../../docs/simulator.md", import.meta.url), "utf8");

test("every switch stands in the documentation with its default and how sure we are of it", () => {
  const rows = Object.entries(SWITCHES).map(
    ([name, { usual, confidence, about }]) =>
      `| \`${name}\` | \`${JSON.stringify(usual)}\` | ${confidence} | ${about} |`,
  );
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

test("every endpoint, every failure and every fault of its own name is documented", () => {
  const inFamilies = /^(html-\d+(-after)?|code-\d+|fail:.*)$/;
  const names = [...ENDPOINT_NAMES, ...FAILURE_NAMES, ...FAULT_NAMES.filter((name) => !inFamilies.test(name))];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
