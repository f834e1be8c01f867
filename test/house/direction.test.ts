import { resolve } from "node:path";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { expect, test } from "vitest";

/** Fewer modules than this and the cruiser has gone blind: with an unknown TypeScript it sees none and is content. */
const FEWEST_MODULES = 80;

test("every folder of src/ imports only from those above it, and the simulator from nouns and ports alone", async () => {
  const options = await extractOptions(resolve(".dependency-cruiser.cjs"));
  const result = await cruise(["src"], options, undefined, { tsConfig: extractTsConfig("tsconfig.json") });
  if (typeof result.output === "string") throw new Error("the cruiser answered with text");
  const { summary, modules } = result.output;
  expect(summary.violations.map(({ from, to, rule }) => `${from} -> ${to}: ${rule.name}`)).toEqual([]);
  expect(modules.filter(({ source }) => source.startsWith("src/")).length).toBeGreaterThan(FEWEST_MODULES);
  expect(modules.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(FEWEST_MODULES);
});
