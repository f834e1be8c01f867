import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestJsonSchema } from "../../src/manifest/schema.ts";

const schema = manifestJsonSchema();

test("the schema for editors is the one that manifests are judged by", async () => {
  const file = join(import.meta.dirname, "../../manifest.schema.json");
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(file);
});

test("every key is described, and every block takes keys of one's own", () => {
  const keys = [...keysBelow(schema, "")];
  expect(keys.length).toBeGreaterThan(60);
  expect(keys.filter(({ node }) => typeof node["description"] !== "string").map(({ path }) => path)).toEqual([]);
  const blocks = [{ path: "", node: schema }, ...keys].filter(({ node }) => node["additionalProperties"] === false);
  expect(blocks.filter(({ node }) => !node["patternProperties"]).map(({ path }) => path)).toEqual([]);
});

type Node = Record<string, unknown>;

function* keysBelow(node: Node, path: string): Generator<{ readonly path: string; readonly node: Node }> {
  for (const [key, value] of Object.entries((node["properties"] ?? {}) as Record<string, Node>)) {
    yield { path: `${path}/${key}`, node: value };
    yield* keysBelow(value, `${path}/${key}`);
  }
  const inner = [node["items"], ...((node["anyOf"] as unknown[]) ?? [])];
  for (const each of inner) if (typeof each === "object" && each !== null) yield* keysBelow(each as Node, `${path}/*`);
}
