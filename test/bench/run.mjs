// npm run bench:join -- [--only exactness,speed] [--clips 2,10,300] [--size 720p,1080p,4k] [--rounds 5]: every target of joining, demanded and measured.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const outfile = `${root}node_modules/.cache/callsheet-bench/bench.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ["test/bench/bench.ts"],
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  outfile,
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
