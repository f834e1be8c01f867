// npm run soak -- [--minutes N] [--seed S] [NAME…]: the long tests, for as long as asked; NAME picks some, as `crash` or `model`.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } },
  allowPositionals: true,
});
const seed = values.seed ?? String(randomInt(2 ** 31));
if (!(Number(values.minutes) > 0) || !/^\d{1,10}$/.test(seed)) {
  process.stderr.write("--minutes takes a number above 0, --seed a whole number\n");
  process.exit(2);
}
process.stdout.write(`soak: ${values.minutes} minutes each, seed ${seed}\n`);
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "soak", ...positionals], {
  stdio: "inherit",
  env: { ...process.env, SOAK_MINUTES: values.minutes, SOAK_SEED: seed },
});
process.exit(status ?? 1);
