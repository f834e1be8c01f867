import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { keepWasmPlain } from "../../src/world/plain-wasm.ts";

const run = promisify(execFile);

/** What Node says of a flag that a program sets. */
async function saidOf(flag: string): Promise<string> {
  const { stderr } = await run(process.execPath, ["-e", `require("node:v8").setFlagsFromString("${flag}")`]);
  return stderr;
}

test("the way WebAssembly is compiled is changed where Node knows how, and nothing is said of it", async () => {
  expect(await saidOf("--made-up-flag")).toContain("--made-up-flag");
  expect(keepWasmPlain()).toBe(true);
  expect(await saidOf("--liftoff-only")).toBe("");
  expect(keepWasmPlain("26.0.0")).toBe(false);
});
