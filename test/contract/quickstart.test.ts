import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { planFaults } from "../../src/simulator/faults.ts";
import { simulate, temporaryFolder } from "../simulator/real-world.ts";

const SAMPLE = fileURLToPath(new URL("../fixtures/vendor/quickstart-sample.cjs", import.meta.url));

test("the vendor's own sample brings a video home from the simulator, where it looks for it", async ({
  onTestFinished,
}) => {
  // The sample parses `data.resultUrls` as JSON text; the vendor's newer pages and live answers put an array elsewhere.
  const faults = planFaults({ resultUrlsPlace: "data", resultUrlsFormat: "jsonString" });
  const simulator = await simulate(onTestFinished, { faults });
  const cwd = await temporaryFolder(onTestFinished);
  const env = { PATH: process.env["PATH"], SIMULATOR_ORIGIN: simulator.origin };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SAMPLE], { cwd, env, timeout: 20_000 });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/Task submitted: [0-9a-f]{32}\n[\s\S]*Video downloaded: cute_cat\.mp4\nComplete!/);
  expect((await readFile(`${cwd}/cute_cat.mp4`)).subarray(4, 8).toString()).toBe("ftyp");
  expect(simulator.purchases().charges).toMatchObject([{ endpoint: "generate", credits: 250, status: "settled" }]);
});
